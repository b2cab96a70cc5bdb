import { messageOf, padText } from '@tickhouse/runtime'
import { addressesCheck } from './addresses.ts'
import { type Check, type CheckVerdict, type Finding, type Installation, type Judgement, skipped } from './check.ts'
import { clockCheck, timeZoneCheck } from './clock.ts'
import { diskCheck } from './disk.ts'
import { refusedItemsCheck, silentItemsCheck } from './items.ts'
import { journalLockCheck } from './journal-lock.ts'
import { lagCheck } from './lag.ts'
import { passwordsCheck } from './passwords.ts'
import { processesCheck, reachKafka, reachQuestdb } from './processes.ts'
import { retentionCheck } from './retention.ts'
import { collectorNamesCheck, duplicateLoginCheck, sharedItemsCheck } from './several-collectors.ts'
import { newestRowCheck, suspendedCheck, tablesCheck } from './tables.ts'
import { tokenCheck } from './token.ts'
import { replicasCheck, topicsCheck } from './topics.ts'
import { viewsCheck } from './views.ts'

/** Every check besides whether the servers answer, in the order of the report. A new one is a check in the file of its subject, and a word in this list. */
export const checks: readonly Check[] = [
  processesCheck,
  collectorNamesCheck,
  clockCheck,
  timeZoneCheck,
  tokenCheck,
  duplicateLoginCheck,
  topicsCheck,
  replicasCheck,
  tablesCheck,
  viewsCheck,
  suspendedCheck,
  newestRowCheck,
  refusedItemsCheck,
  silentItemsCheck,
  sharedItemsCheck,
  lagCheck,
  journalLockCheck,
  diskCheck,
  retentionCheck,
  passwordsCheck,
  addressesCheck,
]

const timeoutMs = 20_000

/** Looks at everything, changes nothing, and ends: a check that cannot be made is skipped with the reason. */
export async function examine(installation: Installation): Promise<Finding[]> {
  const [kafka, questdb] = await Promise.all([reachKafka(installation), reachQuestdb(installation)])
  const missing = missingParts(installation, { kafka, questdb })
  const judgements = await Promise.all(checks.map(check => judge(check, installation, missing)))
  const findings = checks.flatMap(({ name }, index) => judgements[index]!.map(judgement => ({ check: name, ...judgement })))
  return [{ check: 'kafka', ...kafka }, { check: 'questdb', ...questdb }, ...findings]
}

const noServices = 'no start runs in the data folder (--data names another one), and COLLECTOR_URL is not set'

type Missing = Readonly<Partial<Record<Check['needs'][number], string>>>

/** Why something that checks need is not there. */
function missingParts(
  { journalDirectories, services }: Installation,
  { kafka, questdb }: { kafka: Judgement; questdb: Judgement },
): Missing {
  return {
    ...(kafka.verdict === 'ok' ? {} : { kafka: 'needs Kafka, see above' }),
    ...(questdb.verdict === 'ok' ? {} : { questdb: 'needs QuestDB, see above' }),
    ...(journalDirectories.length === 0 ? { journal: 'JOURNAL_DIR is not set, and no start runs' } : {}),
    ...(services === undefined ? { services: noServices } : {}),
  }
}

async function judge(check: Check, installation: Installation, missing: Missing): Promise<readonly Judgement[]> {
  const reason = check.needs.map(need => missing[need]).find(word => word !== undefined)
  if (reason !== undefined) return [skipped(reason)]
  try {
    return await check.look(installation, AbortSignal.timeout(timeoutMs))
  } catch (error) {
    return [skipped(`could not be looked at: ${messageOf(error)}`)]
  }
}

/** The findings as a person reads them: one line each, below it what mends it, and the counts at the end. */
export function report(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const lines = findings.flatMap(({ check, verdict, found, mend }) => [
    `${padText(verdict, 7, false)}  ${padText(check, width, false)}  ${found}`,
    ...(mend === null ? [] : [`${' '.repeat(width + 9)}  → ${mend}`]),
  ])
  return [...lines, '', counts(findings)]
}

function counts(findings: readonly Finding[]): string {
  const verdicts: readonly CheckVerdict[] = ['ok', 'warn', 'fail', 'skipped']
  return verdicts.map(verdict => `${findings.filter(finding => finding.verdict === verdict).length} ${verdict}`).join(', ')
}
