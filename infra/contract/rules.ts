/** What is never done to a released topic, and what to do instead. */
export const contractRules = {
  removed: 'A member stays as long as its topic: leave it out of records where it is absent, and keep it in the schema',
  required: 'Which members every record has does not change: a new one is optional',
  type: 'A member keeps its type: add an optional member of the other type beside it',
  unit: 'A member keeps its unit: add an optional member in the other unit, whose name says so',
  codes:
    'Codes are added only to lists that take codes that readers do not know, and none is taken away: add an optional member for the others',
  bounds: 'A member keeps the limits of its values: add an optional member with the others',
  key: 'A topic keeps its key: by it consumers find what belongs together, and Kafka keeps the order',
  partitions: 'A topic keeps its number of partitions: with another one keys move, and the order of what is under way is lost',
  retention: 'A topic keeps records at least as long as released, and in the same way: readers come back within that time',
  topic: 'A topic stays until the next version of it has run beside it in a release',
} as const satisfies Readonly<Record<string, string>>

export type ContractRule = keyof typeof contractRules
