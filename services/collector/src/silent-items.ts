/** Items of one kind and venue: they trade at the same hours. The clock, µs, stands still while nothing comes of any of them. */
export interface ItemGroup {
  readonly items: WatchedItem[]
  nowUs: number
  lookedUs: number
  lastTimestamp: number
  records: number
}

/** A registered item, and how it flows in the session that is published. */
export interface WatchedItem {
  /** As registered. */
  readonly item: string
  readonly types: readonly string[]
  records: number
  /** Capture time of its last record, µs; 0 before the first. */
  lastTimestamp: number
  /** The same by the clock of its group. */
  lastUs: number
  longestPauseUs: number
}

const leastRecords = 20
const farLonger = 5

/** The items of a group that are silent while others of it flow: of which nothing came at all, or nothing for far longer than ever before. */
export function silentItems({ items, nowUs, records }: ItemGroup, silenceUs: number): WatchedItem[] {
  if (nowUs <= silenceUs || records < leastRecords) return []
  const spoke = items.filter(item => item.records > 0)
  const flowing = spoke.filter(({ lastUs }) => nowUs - lastUs <= silenceUs).length
  if (flowing === 0) return []
  const isOpen = flowing * 2 >= spoke.length
  const isSilent = (item: WatchedItem) =>
    item.records === 0 ||
    (isOpen && item.records >= leastRecords && nowUs - item.lastUs > Math.max(silenceUs, farLonger * item.longestPauseUs))
  return items.filter(isSilent)
}
