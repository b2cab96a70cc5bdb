import type { Command } from 'commander'
import { serviceVerb } from '../service-verb.ts'

/** `tickhouse simulate`: the simulated venue alone, in the foreground. */
export function simulate(): Command {
  return serviceVerb({
    verb: 'simulate',
    service: 'simulator',
    description: "Run the simulator alone: the venue's REST and WebSocket side on one port",
    examples: ['SIMULATOR_PORT=8443 SIMULATOR_RATE=500 tickhouse simulate', 'SIMULATOR_FRAMES=./my-frames tickhouse simulate'],
  })
}
