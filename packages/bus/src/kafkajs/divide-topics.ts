/** A topic that a group reads. */
export interface DividedTopic {
  readonly topic: string
  readonly partitions: readonly number[]
  /** Bytes a second, as far as somebody has read it; undefined when nobody knows. */
  readonly rate: number | undefined
}

/** A member of the group: what it may be given, and what it had. */
export interface DividedMember {
  readonly id: string
  readonly topics: ReadonlySet<string>
  /** The partitions that it read until now, by topic. */
  readonly had: ReadonlyMap<string, readonly number[]>
}

/** What each member reads: partitions by topic. */
export type TopicDivision = Map<string, Map<string, number[]>>

/** What goes to one member: a topic, or a part of one. */
interface Piece {
  readonly topic: string
  readonly partitions: readonly number[]
  readonly cost: number
}

interface Share {
  readonly member: DividedMember
  readonly pieces: Piece[]
  cost: number
}

/** Of everything that is read, so much is spread by number: a topic costs something even when nothing comes. */
const standingPart = 0.1
/** A member keeps what it had up to this much of an equal share, or as much as somebody must have, since topics are not divided. */
const maxKept = 1.2

/**
 * Divides topics among the members of a group. All partitions of a topic go to one member, so that one process sees all of it and can put it in
 * order; only when there are more members than topics are the largest topics divided. The shares are equal by rate as far as rates are known; what a
 * member had it keeps, unless its share becomes too large. The outcome follows from what is given, in whatever order.
 */
export function divideTopics(topics: readonly DividedTopic[], members: readonly DividedMember[]): TopicDivision {
  const sorted = [...members].sort((a, b) => compare(a.id, b.id))
  const pieces = piecesOf(topics, sorted.length).sort(
    (a, b) => b.cost - a.cost || compare(a.topic, b.topic) || a.partitions[0]! - b.partitions[0]!,
  )
  const anew = sharesOf(sorted)
  for (const piece of pieces) give(lightest(anew, piece), piece)
  const equal = pieces.reduce((sum, { cost }) => sum + cost, 0) / Math.max(1, sorted.length)
  const most = Math.max(maxKept * equal, ...anew.map(({ cost }) => cost))
  const shares = sharesOf(sorted)
  for (const piece of pieces.filter(each => !keeps(shares, each, most))) give(lightest(shares, piece), piece)
  fillEmpty(shares)
  return new Map(shares.map(({ member, pieces: own }) => [member.id, byTopic(own)]))
}

function sharesOf(members: readonly DividedMember[]): Share[] {
  return members.map(member => ({ member, pieces: [], cost: 0 }))
}

function piecesOf(topics: readonly DividedTopic[], members: number): Piece[] {
  const present = topics.filter(({ partitions }) => partitions.length > 0).sort((a, b) => compare(a.topic, b.topic))
  const costs = costsOf(present)
  const counts = present.map(() => 1)
  for (let count = present.length; count < members; count++) {
    const largest = largestPiece(present, costs, counts)
    if (largest === undefined) break
    counts[largest]!++
  }
  return present.flatMap(({ topic, partitions }, index) => {
    const sorted = [...partitions].sort((a, b) => a - b)
    return Array.from({ length: counts[index]! }, (_, piece): Piece => {
      const own = sorted.slice(cut(sorted.length, piece, counts[index]!), cut(sorted.length, piece + 1, counts[index]!))
      return { topic, partitions: own, cost: (costs[index]! * own.length) / sorted.length }
    })
  })
}

/** The topic whose pieces are the largest, of those that can be divided further. */
function largestPiece(topics: readonly DividedTopic[], costs: readonly number[], counts: readonly number[]): number | undefined {
  let largest: number | undefined
  for (let index = 0; index < topics.length; index++) {
    if (counts[index]! >= topics[index]!.partitions.length) continue
    if (largest === undefined || costs[index]! / counts[index]! > costs[largest]! / counts[largest]!) largest = index
  }
  return largest
}

/** A topic of which nobody knows the rate counts as the average; where no rate is known, as many partitions as it has. */
function costsOf(topics: readonly DividedTopic[]): number[] {
  const known = topics.flatMap(({ rate }) => rate ?? [])
  const sum = known.reduce((total, rate) => total + rate, 0)
  if (sum === 0) return topics.map(({ partitions }) => partitions.length)
  const average = sum / known.length
  const standing = standingPart * average
  return topics.map(({ rate }) => (rate ?? average) + standing)
}

function cut(length: number, piece: number, pieces: number): number {
  return Math.floor((length * piece) / pieces)
}

/** True when the piece goes on with a member that had it. */
function keeps(shares: readonly Share[], piece: Piece, most: number): boolean {
  const owners = shares
    .map(share => ({ share, had: partitionsHad(share.member, piece) }))
    .filter(({ share, had }) => had > 0 && isMeant(share, piece))
    .sort((a, b) => b.had - a.had)
  for (const { share } of owners) {
    if (share.pieces.length > 0 && share.cost + piece.cost > most * (1 + Number.EPSILON * 64)) continue
    give(share, piece)
    return true
  }
  return false
}

function partitionsHad({ had }: DividedMember, { topic, partitions }: Piece): number {
  const before = had.get(topic) ?? []
  return partitions.filter(partition => before.includes(partition)).length
}

function isMeant({ member }: Share, { topic }: Piece): boolean {
  return member.topics.has(topic)
}

/** The member with the smallest share of those that read the topic; of all where none says so. */
function lightest(shares: readonly Share[], piece: Piece): Share {
  const meant = shares.filter(share => isMeant(share, piece))
  return (meant.length > 0 ? meant : shares).reduce((best, share) =>
    share.cost < best.cost || (share.cost === best.cost && share.pieces.length < best.pieces.length) ? share : best,
  )
}

function give(share: Share, piece: Piece): void {
  share.pieces.push(piece)
  share.cost += piece.cost
}

/** No member is left without work while another has two pieces. */
function fillEmpty(shares: readonly Share[]): void {
  for (const empty of shares.filter(({ pieces }) => pieces.length === 0)) {
    const from = shares
      .filter(share => share.pieces.length > 1 && share.pieces.some(piece => isMeant(empty, piece)))
      .reduce<Share | undefined>((most, share) => (most === undefined || share.cost > most.cost ? share : most), undefined)
    if (from === undefined) continue
    const piece = from.pieces.filter(each => isMeant(empty, each)).at(-1)!
    from.pieces.splice(from.pieces.indexOf(piece), 1)
    from.cost -= piece.cost
    give(empty, piece)
  }
}

function byTopic(pieces: readonly Piece[]): Map<string, number[]> {
  const topics = new Map<string, number[]>()
  for (const { topic, partitions } of pieces)
    topics.set(
      topic,
      [...(topics.get(topic) ?? []), ...partitions].sort((a, b) => a - b),
    )
  return topics
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
