import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { entities } from '@tickhouse/catalogue'
import { describeWithOwnServers, type OwnServers, ownServers, scaledTimeout } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Duty } from './documented/places.ts'
import { type CommandEnd, Reader } from './documented/reader.ts'
import { cookbookPages } from './documented/recipes.ts'
import { type Answer, shownResults, textOf, withResults } from './documented/shown-results.ts'
import { Pipeline } from './pipeline.ts'

/** `UPDATE_COOKBOOK=true` writes what QuestDB answers into the pages, instead of comparing. */
const isUpdating = process.env['UPDATE_COOKBOOK'] === 'true'

const root = join(import.meta.dirname, '..')
const research = join('examples', 'research')
/** What the notebook shows, in its order. */
const pictures = ['price.png', 'order-book.png']
/** The day of which the pictures are that lie beside it; by itself it takes the latest. */
const pictured = 'DATE=2026-11-25'

/** Nothing is built, and what is not imported is not compiled; where there is no registry, it ends soon. */
const swiftPip = { PIP_NO_COMPILE: '1', PIP_ONLY_BINARY: ':all:', PIP_RETRIES: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1' }

const pages = cookbookPages()
const questions = pages.flatMap(({ path, text }) => shownResults(text, path))
const duty = new Duty('cookbook')
const days = duty.rest().filter(({ text }) => text.startsWith('npx tickhouse sample-day '))
const [install, execute] = [duty.takeOne(/pip install/), duty.takeOne(/nbconvert/)]

describeWithOwnServers('the cookbook', () => {
  let own: OwnServers
  let pipeline: Pipeline
  let reader: Reader
  let installing: Promise<CommandEnd>
  const answers = new Map<string, string>()

  beforeAll(async () => {
    own = await ownServers()
    pipeline = await Pipeline.open(own.proxied)
    const { brokers, questdb } = own.proxied
    const addresses = { KAFKA_BROKERS: brokers, QDB_CLIENT_CONF: questdb, QUESTDB_URL: own.proxied.httpUrl }
    reader = Reader.open({ ...addresses, SINK_GROUP: pipeline.group, ...swiftPip })
    cpSync(join(root, research), join(reader.folder, research), { recursive: true })
    installing = reader.run(install)
    await Promise.all([reader.done('npx tickhouse tables apply'), pipeline.start('sink')])
  }, scaledTimeout(120_000))

  afterAll(async () => {
    await reader?.close()
    await pipeline?.close()
    await own?.close()
  }, 60_000)

  it('a reader stores the sample days with the commands of the cookbook', { timeout: scaledTimeout(180_000) }, async () => {
    expect(days.length).toBeGreaterThan(0)
    for (const { text } of days) expect(await reader.done(duty.take(text))).toMatch(/^\d{4}-\d\d-\d\d: (complete|degraded) /m)
    // However long ago these dates will be, Kafka keeps them until they are stored and compared.
    const settings = await pipeline.bus().topics.settings(entities.map(({ topic }) => topic.name))
    expect(new Set([...settings.values()].map(({ 'retention.ms': kept }) => kept))).toEqual(new Set(['-1']))
  })

  it.each(questions)('$place: what is shown is what QuestDB answers', async ({ sql, place, shown }) => {
    const answer = textOf(await ask(duty.take(sql)))
    answers.set(place, answer)
    if (!isUpdating) expect(answer).toBe(shown)
  })

  it.runIf(isUpdating)('the pages show what QuestDB has answered', () => {
    for (const { path, text } of pages) {
      const results = shownResults(text, path).map(({ place }) => answers.get(place)!)
      writeFileSync(join(root, path), withResults(text, results))
    }
  })

  it('the notebook runs and ends in its pictures', { timeout: scaledTimeout(300_000) }, async ({ skip }) => {
    const installed = await installing
    if (installed.code !== 0) console.warn(`notebook: SKIPPED, because its packages cannot be installed: ${installed.output}`)
    skip(installed.code !== 0, 'its packages cannot be installed')
    await reader.done(execute)
    expect(picturesOf(reader.folder)).toHaveLength(pictures.length)
    await reader.done(`${pictured} ${execute}`)
    const shown = picturesOf(reader.folder)
    expect(shown).toHaveLength(pictures.length)
    for (const picture of shown) expect(widthOf(picture)).toBeGreaterThan(1_000)
    if (isUpdating) for (const [index, name] of pictures.entries()) writeFileSync(join(root, research, name), shown[index]!)
  })

  it('no statement of the cookbook is left that nothing has run', () => {
    expect(duty.rest()).toEqual([])
  })

  async function ask(sql: string): Promise<Answer> {
    const answering = await fetch(`${own.proxied.httpUrl}/exec?${new URLSearchParams({ query: sql })}`, {
      signal: AbortSignal.timeout(scaledTimeout(30_000)),
    })
    const answer = (await answering.json()) as Answer & { error?: string }
    if (answer.error !== undefined) throw new Error(`${answer.error}: ${sql}`)
    return answer
  }
})

/** The pictures in the page that the notebook became. */
function picturesOf(folder: string): Buffer[] {
  const page = readFileSync(join(folder, research, 'trading-day.html'), 'utf8')
  return [...page.matchAll(/<img [^>]*src="data:image\/png;base64,([\w+/=\s]+)"/g)].map(([, text]) => Buffer.from(text!, 'base64'))
}

/** The width of a PNG in pixels, as its header has it. */
function widthOf(png: Buffer): number {
  return png.readUInt32BE(16)
}
