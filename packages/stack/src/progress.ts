/** Told in a sentence what is going on; called at the start, every two seconds, and at the end of what takes longer. */
export type OnProgress = (sentence: string) => void

/** Runs a step and tells about it: "Starting Kafka …", "Starting Kafka … 4 s", "Starting Kafka: done after 5.1 s". */
export async function withProgress<T>(step: string, onProgress: OnProgress, task: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const seconds = () => (performance.now() - startedAt) / 1000
  onProgress(`${step} …`)
  const ticker = setInterval(() => onProgress(`${step} … ${Math.round(seconds())} s`), 2000)
  try {
    const result = await task()
    onProgress(`${step}: done after ${seconds().toFixed(1)} s`)
    return result
  } finally {
    clearInterval(ticker)
  }
}
