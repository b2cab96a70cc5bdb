import type { Command } from 'commander'
import { acls } from './acls.ts'
import { archive } from './archive.ts'
import { calendar } from './calendar.ts'
import { catalogue } from './catalogue.ts'
import { deadLetters } from './dead-letters.ts'
import { doctor } from './doctor.ts'
import { gaps } from './gaps.ts'
import { instruments } from './instruments.ts'
import { page } from './page.ts'
import { plan } from './plan.ts'
import { rebuild } from './rebuild.ts'
import { replay } from './replay.ts'
import { sampleDay } from './sample-day.ts'
import { schemas } from './schemas.ts'
import { collect, simulate, sink } from './services.ts'
import { start } from './start.ts'
import { status } from './status.ts'
import { tables } from './tables.ts'
import { tail } from './tail.ts'
import { top } from './top.ts'
import { topics } from './topics.ts'
import { verify } from './verify.ts'

/** Every verb, in the order of the help. A new one is a file here and a word in this list. */
export const verbs: readonly (() => Command)[] = [
  start,
  sampleDay,
  status,
  top,
  page,
  tail,
  doctor,
  verify,
  gaps,
  deadLetters,
  rebuild,
  replay,
  archive,
  topics,
  schemas,
  acls,
  tables,
  catalogue,
  instruments,
  calendar,
  plan,
  collect,
  sink,
  simulate,
]
