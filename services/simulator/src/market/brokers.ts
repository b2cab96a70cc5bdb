import { signed, utf8 } from './text.ts'
import { type Maker, remembered, single, type World } from './world.ts'

/** The brokers of the captures, with their codes; inner spaces belong to the name. */
const brokers = (
  [
    ['KB증권', '017', false],
    ['키움증권', '050', false],
    ['삼  성', '030', false],
    ['유진투자증권', '008', false],
    ['한국투자증권', '003', false],
    ['NH투자증권', '012', false],
    ['신한투자증권', '002', false],
    ['골드만삭스', '045', true],
    ['씨티그룹', '037', true],
    ['JP모간서울', '033', true],
  ] as const
).map(([name, code, isForeign]) => ({ name: utf8(name), code, isForeign }))

const RANKS = 5

/** What each broker has sold or bought, and the step of its last update. */
interface Flow {
  readonly volumes: number[]
  readonly steps: number[]
}

/** 0F: the five largest sellers and buyers and the sum over foreign brokers; a plus may be missing, and zero comes as `0` and `+0`. */
export function brokerActivityMaker(world: World): Maker {
  const flows = new Map<string, { sell: Flow; buy: Flow }>()
  const flow = (): Flow => ({ volumes: brokers.map(() => world.random.integer(10_000, 300_000)), steps: brokers.map(() => 0) })
  return single('0F', item => {
    if (world.stock(item).quoteOf(world.view(item)) === null) return null
    const { sell, buy } = remembered(flows, item, () => ({ sell: flow(), buy: flow() }))
    grow(sell, world)
    grow(buy, world)
    const plusOfZero = world.random.chance(0.5)
    const buyers = ranked(buy)
    const rows = ranked(sell).map((seller, rank) => rowText(rank, seller, buyers[rank]!, sell, buy, plusOfZero))
    return `{${rows.join(',')},${foreignText(sell, buy)},"337":"${item.endsWith('_NX') ? '2' : '1'}"}`
  })
}

function grow(flow: Flow, { random }: World): void {
  for (let broker = 0; broker < brokers.length; broker++) {
    const step = random.chance(0.3) ? 0 : random.integer(1, 2_000)
    flow.steps[broker] = step
    flow.volumes[broker]! += step
  }
}

function ranked({ volumes }: Flow): number[] {
  return volumes
    .map((_, broker) => broker)
    .sort((a, b) => volumes[b]! - volumes[a]!)
    .slice(0, RANKS)
}

/** FIDs of a rank: name, volume, step, code, marker, first of the seller, then of the buyer. */
function rowText(rank: number, seller: number, buyer: number, sell: Flow, buy: Flow, plusOfZero: boolean): string {
  const half = (fids: readonly number[], broker: number, flow: Flow, foreign: string, noPlus: boolean) => {
    const step = flow.steps[broker]!
    const stepText = step === 0 ? (plusOfZero ? '+0' : '0') : noPlus ? `${step}` : signed(step)
    const { name, code, isForeign } = brokers[broker]!
    const values = [name, flow.volumes[broker]!, stepText, code, isForeign ? foreign : '!!!!']
    return fids.map((fid, index) => `"${fid + rank}":"${values[index]}"`).join(',')
  }
  return `${half([141, 161, 166, 146, 271], seller, sell, 'DHDB', false)},${half([151, 171, 176, 156, 281], buyer, buy, 'DGDB', rank === 2)}`
}

function foreignText(sell: Flow, buy: Flow): string {
  const total = (values: readonly number[]) => brokers.reduce((sum, { isForeign }, broker) => sum + (isForeign ? values[broker]! : 0), 0)
  const [sold, soldStep, bought, boughtStep] = [total(sell.volumes), total(sell.steps), total(buy.volumes), total(buy.steps)]
  return (
    `"261":"${sold}","262":"${signed(soldStep)}","263":"${bought}","264":"${signed(boughtStep)}",` +
    `"267":"${signed(bought - sold)}","268":"${signed(boughtStep - soldStep)}"`
  )
}
