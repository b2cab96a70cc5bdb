import { healthOf, type ProcessHealth, processesOf, titled } from '../run-status.ts'
import { fail, type Judgement, ok } from './finding.ts'
import type { Check } from './installation.ts'

/** Judges the processes of the running start in a folder, or those that the environment names. */
export function judgeProcesses(processes: readonly ProcessHealth[], data: string | undefined): Judgement[] {
  const ill = processes.filter(({ health }) => health !== 'ready')
  if (ill.length === 0) return [ok(`ready: ${processes.map(({ process }) => process).join(', ')}`)]
  return ill.map(({ process, health }) => fail(`${process}: ${health}`, data === undefined ? elsewhere : mendOf(process, health, data)))
}

const elsewhere = 'start it where it runs, or see what its log says'

function mendOf(process: string, health: string, data: string): string {
  return health === 'gone' ? `tickhouse start --data ${data}` : `less ${logFile(process, data)}`
}

/** The servers keep their logs beside their data. */
function logFile(process: string, data: string): string {
  return ['kafka', 'questdb'].includes(process) ? `${data}/${process}/${process}.log` : `${data}/logs/${process}.log`
}

/** The processes that are known. */
export const processes: Check = {
  name: 'processes',
  needs: ['services'],
  look: async ({ services, collectors, data }) => {
    const healths = await Promise.all(processesOf(services!).map(healthOf))
    return judgeProcesses(titled(healths, collectors), services!.run && data)
  },
}
