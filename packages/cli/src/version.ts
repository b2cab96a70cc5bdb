/** The version of the command, and of everything that comes with it. */
export const version = '0.1.0'
