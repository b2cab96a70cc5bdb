/** Something that the person at the command line can mend: said as it is, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
