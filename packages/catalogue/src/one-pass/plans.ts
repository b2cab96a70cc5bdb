import { venueDatasets } from '../entities.ts'
import { type ItemPlan, planOf } from './plan.ts'

/** The plans of all datasets, by the two characters of their types as a number, high byte first. */
export const plansByType: ReadonlyMap<number, ItemPlan> = new Map(
  venueDatasets.map(dataset => [(dataset.type.charCodeAt(0) << 8) | dataset.type.charCodeAt(1), planOf(dataset)]),
)
