import { requireJournalWith } from '@tickhouse/audit'
import { koreanDateOf } from '@tickhouse/calendar'
import { publishReplay, readSpeed, type Selection, selectFrames, serveReplay } from '@tickhouse/replay'
import { counted, type Doing, UsageError } from '@tickhouse/runtime'
import { Command } from 'commander'
import { dataOption, port } from '../arguments.ts'
import { busFor, journalFolders, loadConnections } from '../connections.ts'
import { interruptible } from '../interruptible.ts'
import { complain, printLines } from '../output.ts'

interface Options {
  readonly date?: string
  readonly session?: string
  readonly from?: string
  readonly to?: readonly string[]
  readonly prefix: string
  readonly speed?: string
  readonly symbols?: readonly string[]
  readonly types?: readonly string[]
  readonly loop?: boolean
  readonly skipGaps?: boolean
  readonly port: number
  readonly journal?: string
  readonly data: string
}

const help = `
Without \`--to kafka\`: the frames, byte for byte, in the venue's own protocol on loopback, for any client of Kiwoom and for our collector. stdout
names the two addresses. Any key pair is accepted. Time begins with the first registration and stands still while nobody has any. A connection
ends where the captured one did. The exit code is 0 when the end was reached; Ctrl-C ends a loop.
With it: the records, as they were published then, to topics whose names begin with the prefix.

Times are those of capture, Korean: 09:00 of the date, or 2026-11-25T09:00. Of a journal that is being written, what is there now is replayed.

Examples:
  tickhouse replay --date yesterday
  tickhouse replay --date 2026-11-25 --from 09:00 --to 09:30 --speed 10 --port 8443
  tickhouse replay --session 1m82rkex8z2g --symbols 005930 000660_NX --types trade order_book --loop
  tickhouse replay --date yesterday --to kafka --prefix replay.
  tickhouse replay --date yesterday --from 09:00 --to 09:30 --to kafka --speed 1`

/** `tickhouse replay`: what was captured once more, to clients of the venue or to topics of its own. */
export function replay(): Command {
  return new Command('replay')
    .description("Replay what was captured: in the venue's own protocol, or to Kafka topics of its own")
    .option('--date <date>', 'Korean date: 2026-11-25, today or yesterday')
    .option('--session <id>', 'a session of the journal, instead of a date')
    .option('--from <time>', 'only what was captured from this time on')
    .option('--to <time|kafka>', 'only what was captured before this time; or kafka: publish the records; may be given twice', both)
    .option('--prefix <text>', 'with --to kafka: what the names of the topics begin with', 'replay.')
    .option('--speed <factor>', '1 for the original spacing, 10 for ten times as fast, max for no waiting (default: 1, to Kafka max)')
    .option('--symbols <codes...>', 'only these symbols, such as 005930 for all venues or 005930_NX')
    .option('--types <types...>', 'only these datasets or type codes, such as trade or 0B')
    .option('--loop', 'begin again at the end')
    .option('--skip-gaps', 'leave out the time between two sessions, and the end of the connection')
    .option('--port <port>', 'port on loopback; 0 takes a free one', port, 0)
    .option(
      '--journal <folder>',
      'journal to replay (default: JOURNAL_DIR, or that of the sample day of the date, or that of the data folder)',
    )
    .addOption(dataOption())
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const { time, isToKafka } = meantBy(options.to)
      const order = { ...options, symbols: words(options.symbols), types: words(options.types), to: time }
      const selection = await selectFrames({ ...order, directory: await journalOf(options) }, Date.now() * 1000)
      if (isToKafka) await publish(selection, options)
      else await serve(selection, options)
    })
}

/** The word that `--to` takes besides a time. */
const kafka = 'kafka'
const publishLimitMs = 24 * 3_600_000

function both(word: string, before: readonly string[] = []): readonly string[] {
  return [...before, word]
}

function meantBy(to: readonly string[] = []): { readonly time: string | undefined; readonly isToKafka: boolean } {
  const [time, ...more] = to.filter(word => word !== kafka)
  if (more.length > 0) throw new UsageError(`Expected one time and the word ${kafka} with --to at the most, was ${to.join(', ')}`)
  return { time, isToKafka: to.includes(kafka) }
}

/** Words apart from each other by spaces or commas. */
function words(list: readonly string[] | undefined): readonly string[] | undefined {
  return list?.flatMap(word => word.split(',')).filter(word => word !== '')
}

/** One journal is one connection of the venue: of several the one that is named, or that holds the session. */
async function journalOf({ journal, session, date, data }: Options): Promise<string> {
  const korean = date === undefined ? undefined : koreanDateOf(date, Date.now() * 1000)
  const folders = journal === undefined ? journalFolders(process.env, data, korean) : [journal]
  if (folders.length === 1) return folders[0]!
  if (session !== undefined) return requireJournalWith(session, folders)
  throw new UsageError(`Expected one journal, there are ${folders.join(', ')}: name one with --journal, or a session with --session`)
}

async function serve(selection: Selection, { speed = '1', loop = false, skipGaps = false, port: wanted }: Options): Promise<void> {
  const options = { port: wanted, speed: readSpeed(speed), isLooped: loop, skipsGaps: skipGaps }
  let sent = 0
  const serving = async (doing: Doing) => {
    await using cleanup = new AsyncDisposableStack()
    const replay = await serveReplay(selection, options, doing)
    cleanup.defer(() => replay.close())
    printLines([`KIWOOM_REST_URL=${replay.url}`, `KIWOOM_WS_URL=${replay.wsUrl}`])
    await replay.over.finally(() => {
      sent = replay.sent
    })
  }
  const undone = () => `${counted(sent, 'frame')} of ${selection.name} were sent, and the end was not reached.`
  await interruptible({ undone }, serving)
  complain(`${counted(sent, 'frame')} of ${selection.name} were sent; the replay is over.`)
}

async function publish(selection: Selection, { speed = 'max', loop, skipGaps = false, prefix, data }: Options): Promise<void> {
  if (loop === true) throw new UsageError('Expected no --loop with --to kafka: a topic that holds the day twice is not what was published')
  const { brokers } = loadConnections(process.env, data, ['brokers'])
  const bus = busFor('replay', brokers, process.env)
  const options = { prefix, speed: readSpeed(speed), skipsGaps: skipGaps }
  const undone = () => `The topics ${prefix}… hold a part of it: delete them, or choose another --prefix, and begin anew.`
  const limits = { ...(options.speed === Number.POSITIVE_INFINITY && { limitMs: publishLimitMs }), undone }
  const { records, topics } = await interruptible(limits, doing => publishReplay(selection, options, { bus, env: process.env, ...doing }))
  printLines([`${counted(records, 'record')} of ${selection.name} published to ${counted(topics.length, 'topic')} ${prefix}…`])
}
