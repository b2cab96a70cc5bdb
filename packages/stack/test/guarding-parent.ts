// Starts `sleep` under guard and tells its pid; run by guarded-spawn.test.ts as a process that is then killed.
import { spawnGuarded } from '../src/index.ts'

const child = spawnGuarded('sleep', ['300'], process.argv[2]!)
process.send!(child.pid)
