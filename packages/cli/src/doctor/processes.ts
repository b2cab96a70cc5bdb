import { healthOf, type ProcessHealth } from '../run-status.ts'
import { fail, type Judgement, ok } from './finding.ts'
import type { Check } from './installation.ts'

/** Judges the processes of the running start. */
export function judgeProcesses(processes: readonly ProcessHealth[], data: string): Judgement[] {
  const ill = processes.filter(({ health }) => health !== 'ready')
  if (ill.length === 0) return [ok(`ready: ${processes.map(({ process }) => process).join(', ')}`)]
  return ill.map(({ process, health }) =>
    fail(`${process}: ${health}`, health === 'gone' ? `tickhouse start --data ${data}` : `less ${logFile(process, data)}`),
  )
}

/** The servers keep their logs beside their data. */
function logFile(process: string, data: string): string {
  return ['kafka', 'questdb'].includes(process) ? `${data}/${process}/${process}.log` : `${data}/logs/${process}.log`
}

/** The processes of the running start. */
export const processes: Check = {
  name: 'processes',
  needs: ['run'],
  look: async ({ run, data }) => judgeProcesses(await Promise.all(run!.processes.map(healthOf)), data),
}
