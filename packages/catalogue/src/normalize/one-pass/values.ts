import type { FrameBytes } from './frame-bytes.ts'
import { type ItemPlan, slotCount, slots } from './plan.ts'

/** Items with more keys that the catalogue does not know are left to the long way. */
const MAX_UNKNOWN = 64

/** The texts of one item by slot: where they stand in the frame. Of several texts of one FID the last counts. */
export class ItemValues {
  /** 0 where the item has no such FID. */
  readonly from = new Int32Array(slotCount)
  readonly to = new Int32Array(slotCount)
  /** FIDs that are none of the dataset, in their order. */
  readonly unknown = new Int32Array(MAX_UNKNOWN)
  unknownCount = 0

  /** Takes the values of an item; false for too many unknown ones. */
  take({ pairFrom, pairTo, fids, from, to }: FrameBytes, item: number, { owns }: ItemPlan): boolean {
    const values = this.from.fill(0)
    const ends = this.to
    const end = pairTo[item]!
    this.unknownCount = 0
    for (let pair = pairFrom[item]!; pair < end; pair++) {
      const fid = fids[pair]!
      const slot = slots[fid]!
      if (slot >= 0 && owns[slot] === 1) {
        values[slot] = from[pair]!
        ends[slot] = to[pair]!
      } else if (this.unknownCount === MAX_UNKNOWN) return false
      else this.unknown[this.unknownCount++] = fid
    }
    return true
  }
}
