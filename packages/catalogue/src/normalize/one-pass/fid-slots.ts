import { venueDatasets } from '../../entities.ts'
import { fidsOf } from '../../fids.ts'

/** One more than the greatest FID that a frame in the usual form can hold. */
const FID_LIMIT = 100_000

const fids = [...new Set(venueDatasets.flatMap(fidsOf))]

/** How many FIDs the catalogue knows: each has a slot, the same in all datasets. */
export const slotCount = fids.length

/** By FID: its slot, or -1. */
export const slots = new Int16Array(FID_LIMIT).fill(-1)
for (const [slot, fid] of fids.entries()) slots[fid] = slot
