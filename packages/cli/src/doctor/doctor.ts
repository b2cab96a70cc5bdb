import { messageOf } from '@tickhouse/runtime'
import { addresses } from './addresses.ts'
import { clock } from './clock.ts'
import { collectorNames } from './collector-names.ts'
import { disk } from './disk.ts'
import { duplicateLogin } from './duplicate-login.ts'
import { type Finding, type Judgement, skipped } from './finding.ts'
import type { Check, Installation } from './installation.ts'
import { journalLock } from './journal-lock.ts'
import { lag } from './lag.ts'
import { newestRow } from './newest-row.ts'
import { passwords } from './passwords.ts'
import { processes } from './processes.ts'
import { reachKafka, reachQuestdb } from './reach.ts'
import { refusedItems } from './refused-items.ts'
import { replicas } from './replicas.ts'
import { retention } from './retention.ts'
import { sharedItems } from './shared-items.ts'
import { silentItems } from './silent-items.ts'
import { suspended } from './suspended.ts'
import { tables } from './tables.ts'
import { timeZone } from './time-zone.ts'
import { token } from './token.ts'
import { topics } from './topics.ts'

/** Every check besides whether the servers answer, in the order of the report. A new one is a file here and a word in this list. */
export const checks: readonly Check[] = [
  processes,
  collectorNames,
  clock,
  timeZone,
  token,
  duplicateLogin,
  topics,
  replicas,
  tables,
  suspended,
  newestRow,
  refusedItems,
  silentItems,
  sharedItems,
  lag,
  journalLock,
  disk,
  retention,
  passwords,
  addresses,
]

const patienceMs = 20_000

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
    return await check.look(installation, AbortSignal.timeout(patienceMs))
  } catch (error) {
    return [skipped(`could not be looked at: ${messageOf(error)}`)]
  }
}
