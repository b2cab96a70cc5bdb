/** Takes what is being done now; the sentence is only made when it is shown. */
export type Tell = (sentence: () => string) => void

/** What long work is given: who hears how far it is, and when it is to end. */
export interface Doing {
  readonly tell: Tell
  readonly signal: AbortSignal
}

/** For work that nobody watches. */
export const untold: Tell = () => {}
