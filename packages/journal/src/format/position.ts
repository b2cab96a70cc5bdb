/** A place in the journal: the number of a segment file and a byte offset in it, always between two entries. */
export interface Position {
  readonly segment: number
  readonly offset: number
}

/** Before everything: reading from here begins with the oldest segment that is kept. */
export const beginning: Position = { segment: 0, offset: 0 }

/** Negative, zero or positive as `left` lies before, at or after `right`. */
export function comparePositions(left: Position, right: Position): number {
  return left.segment === right.segment ? left.offset - right.offset : left.segment - right.segment
}

/** The one that comes first. */
export function earlier(left: Position, right: Position): Position {
  return comparePositions(left, right) <= 0 ? left : right
}
