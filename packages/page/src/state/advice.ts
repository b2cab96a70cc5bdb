import type { Command } from '../observe/troubles.ts'

/** How things are mended where the page runs. */
export interface Advice {
  readonly command: Command
  /** Brings back a part that does not answer: `collector`, `sink`, `questdb`, `kafka`; of several the one at an address. */
  readonly revive: (part: string, url?: string) => string
}

/** Where a `start` watches over everything. */
export function adviceOfStart(data: string): Advice {
  const log = (part: string) => (['kafka', 'questdb'].includes(part) ? `${data}/${part}/${part}.log` : `${data}/logs/${part}.log`)
  return {
    command: words => `npx tickhouse ${words} --data ${data}`,
    revive: part => `tail ${log(part)}   (the start runs it again within seconds; if not, its log says why)`,
  }
}

/** Where everything runs in containers: the host of an address is the name of a service. */
export const adviceOfCompose: Advice = {
  command: words => `docker compose run --rm cli ${words}`,
  revive: (part, url) => {
    const service = (url && URL.parse(url)?.hostname) || part
    return `docker compose up --detach ${service}; docker compose logs --tail 20 ${service}`
  },
}

/** Where each part was started by hand. */
export const adviceByHand: Advice = {
  command: words => `npx tickhouse ${words}`,
  revive: part => revivals[part] ?? `start ${part}, and see what its log says`,
}

const revivals: Readonly<Record<string, string>> = { collector: 'npx tickhouse collect', sink: 'npx tickhouse sink' }
