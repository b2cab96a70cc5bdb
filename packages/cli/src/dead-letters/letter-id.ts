/** The part of a dead letter that names it. */
export interface LetterName {
  readonly session: string
  /** `*` where it is unknown. */
  readonly dataset: string
  readonly seq: number
  readonly stage: string
}

/** `*` means something to a shell. */
const unknownDataset = 'unknown'
const sinkSuffix = '/sink'

/** A dead letter's id: the record that it stands for, `session/dataset/seq`, and `/sink` behind it when that is who wrote it. */
export function idOf({ session, dataset, seq, stage }: LetterName): string {
  return `${session}/${dataset === '*' ? unknownDataset : dataset}/${seq}${stage === 'sink' ? sinkSuffix : ''}`
}

/** The name in an id; without `/sink` it stands for every letter about that record. Undefined for what is no id. */
export function nameIn(id: string): (Omit<LetterName, 'stage'> & { readonly stage?: string }) | undefined {
  const isSink = id.endsWith(sinkSuffix)
  const [, session, dataset, seq] = /^(.+)\/([^/]+)\/(\d+)$/.exec(isSink ? id.slice(0, -sinkSuffix.length) : id) ?? []
  if (session === undefined || dataset === undefined || !Number.isSafeInteger(Number(seq))) return undefined
  return { session, dataset: datasetNamed(dataset), seq: Number(seq), ...(isSink && { stage: 'sink' }) }
}

/** The dataset as the table has it. */
export function datasetNamed(dataset: string): string {
  return dataset === unknownDataset ? '*' : dataset
}
