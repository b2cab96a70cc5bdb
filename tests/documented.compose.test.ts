import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '@tickhouse/stack'
import { eventually } from '@tickhouse/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ComposeProject, docker, reasonToSkip } from './compose.ts'
import { Duty } from './documented/places.ts'
import { Reader } from './documented/reader.ts'

const reason = await reasonToSkip()
if (reason !== undefined) it.skip(`statements with docker compose (skipped, because ${reason})`, () => {})

const duty = new Duty('compose')
const [up, down] = [duty.take('docker compose up --wait'), duty.take('docker compose down')]
const verify = duty.take('docker compose run --rm cli verify')
const three = duty.take('docker compose up --wait --scale sink=3')
const monitoring = duty.take('docker compose --profile monitoring up --wait')
const save = duty.takeOne(/questdb-files save/)
const [stop, restore] = [duty.take('docker compose stop sink questdb'), duty.takeOne(/questdb-files restore/)]
const removed = duty.take('docker compose rm --stop collector')
const follow = duty.take('docker compose logs -f collector sink')
const [live, profile] = [duty.takeOne(/^cat >.env/), duty.take('docker compose --profile live up --wait')]
const [secure, secureVerify] = [duty.takeOne(/secure.yml up --wait$/), duty.takeOne(/secure.yml run --rm cli verify$/)]
const digests = duty.takeOne(/RepoDigests/)
const outside = duty.takeOne(/^export COMPOSE_FILE=/)
const local = duty.take('npm start -- --docker')
/** Whatever may be asked of, and done to, containers that run. */
const others = duty.rest().filter(({ text }) => /^docker (compose (up|logs|ps|exec|run|port|stats|restart)|system df)\b|^curl /.test(text))

if (reason === undefined)
  describe('what the documentation says of docker compose', () => {
    let project: ComposeProject
    let reader: Reader

    beforeAll(async () => {
      const [prometheus, grafana] = await Promise.all([freePort(), freePort()])
      project = await ComposeProject.open('documented', {
        ...{ PROMETHEUS_PORT: String(prometheus), GRAFANA_PORT: String(grafana) },
        ...{ KIWOOM_REST_URL: 'http://venue:9400', KIWOOM_WS_URL: 'ws://venue:9400' },
      })
      reader = project.reader()
      await reader.done(up)
    }, 900_000)
    afterAll(async () => {
      await reader?.close()
      await project?.close()
    }, 180_000)

    const complete = async () => expect(await reader.done(verify)).toMatch(/^complete: [\d,]+ records/m)

    it.each(others)('$places.0: $text', { timeout: 300_000 }, async ({ text }) => {
      await reader.done(duty.take(text))
      if (/ (restart|stop) /.test(text)) await reader.done(up)
    })

    it('logs are followed until Ctrl-C', async () => {
      const running = reader.start(follow)
      await running.says(/collector-1 +\| .*\n(.*\n)*.*sink-1|sink-1 +\| .*\n(.*\n)*.*collector-1/)
      running.interrupt()
      await running.end
    })

    it('QuestDB is copied while it runs, restored, and filled from Kafka with what came after the copy', { timeout: 300_000 }, async () => {
      await reader.done(save)
      const { size } = statSync(join(reader.folder, 'questdb-backup.tar.zst'))
      console.log(`QuestDB in a copy: ${Math.round(size / 1024 ** 2)} MiB`)
      await reader.done(stop)
      await reader.done(restore)
      await reader.done(up)
      await complete()
    })

    it('a restore into a QuestDB that runs, and of half a copy, is refused before anything is removed', { timeout: 300_000 }, async () => {
      const running = await reader.run(restore)
      expect(running).toMatchObject({ code: 1, output: expect.stringContaining('QuestDB runs: docker compose stop sink questdb') })
      const half = `head --bytes 1M questdb-backup.tar.zst >half && ${restore.replace('questdb-backup.tar.zst', 'half')}`
      await reader.done(stop)
      const broken = await reader.run(half)
      expect(broken).toMatchObject({ code: 1, output: expect.stringContaining('Expected the whole of what save wrote') })
      await reader.done(up)
      await complete()
    })

    it('the trading days of a file of the operator count', async () => {
      const file = join(reader.folder, 'days.json')
      writeFileSync(file, JSON.stringify({ days: [{ date: '2026-11-25', kind: 'closed', reason: 'told by the operator' }] }))
      const shown = await reader.done(`TRADING_CALENDAR_FILE=${file} docker compose run --rm cli calendar --date 2026-11-25`)
      expect(shown).toContain('told by the operator')
    })

    it('a collector that was taken away comes back', { timeout: 300_000 }, async () => {
      await reader.done(`${removed} --force`)
      await reader.done(up)
      await complete()
    })

    it('three sinks share the work', { timeout: 300_000 }, async () => {
      await reader.done(three)
      await complete()
    })

    it('Prometheus and Grafana come with a profile', { timeout: 300_000 }, async context => {
      if (!(await isThere('grafana/grafana:12.1.1'))) return context.skip('the image of Grafana cannot be had here')
      await reader.done(monitoring)
    })

    it('images are pinned to their digests', { timeout: 300_000 }, async context => {
      const known = await docker(['image', 'inspect', '--format', '{{len .RepoDigests}}', 'apache/kafka:4.2.2', 'questdb/questdb:9.3.4'])
      if (known.split('\n').includes('0')) return context.skip('the images here were built and not pulled: they have no digests')
      await reader.done(digests)
      const images = (await project.containers()).map(({ Image }) => Image)
      expect(images).toEqual(expect.arrayContaining([expect.stringMatching(/kafka@sha256:/), expect.stringMatching(/questdb@sha256:/)]))
      await reader.done(up)
    })

    it('down leaves the data, and a real venue has a project of its own', { timeout: 400_000 }, async () => {
      await reader.done(down)
      await reader.done(`${up} && ${verify}`)
      await project.down()
      const keys = join(reader.folder, 'keys')
      mkdirSync(keys)
      writeFileSync(join(keys, 'appkey'), 'app\n')
      writeFileSync(join(keys, 'secret'), 'secret\n')
      const mock = live.replaceAll('/etc/tickhouse', keys)
      const venue = `docker run --detach --name ${project.name}-venue --network ${project.name}_default --network-alias venue --env SIMULATOR_HOST=0.0.0.0 \
        --env SIMULATOR_PORT=9400 --env SIMULATOR_APP_KEY=app --env SIMULATOR_SECRET_KEY=secret ${project.name}/simulator:local`
      try {
        // The network is there before the collector looks for the venue.
        await reader.done(mock.replace(profile, 'docker compose create'))
        await reader.done(venue)
        await reader.done(mock)
        await reader.done(profile)
        await complete()
      } finally {
        await docker(['rm', '--force', `${project.name}-venue`])
        await project.down()
        rmSync(join(reader.folder, '.env'))
      }
    })

    it('with a closed Kafka, from inside and from outside', { timeout: 400_000 }, async () => {
      try {
        await reader.done(secure)
        await eventually(async () => expect(await reader.done(secureVerify)).toMatch(/^complete: /m), {
          timeoutMs: 120_000,
          intervalMs: 2_000,
        })
        expect(await reader.done(outside.replace('127.0.0.1:9092', `127.0.0.1:${project.ports.kafka}`))).toMatch(/topics/)
      } finally {
        await reader.run(`${secure.replace(/up --wait$/, 'down --volumes --timeout 1')}`)
      }
    })

    it('npm start takes containers when it is told to', { timeout: 300_000 }, async () => {
      const user = Reader.open()
      try {
        const running = user.start(local)
        await running.says(/First new rows are visible/, 200_000)
        running.interrupt()
        expect(await running.end).toMatchObject({ code: 0, output: expect.stringMatching(/^complete: [\d,]+ records/m) })
      } finally {
        await user.close()
      }
    })

    it('no statement is left that nothing has run', () => {
      expect(duty.rest()).toEqual([])
    })
  })

async function isThere(image: string): Promise<boolean> {
  return await docker(['image', 'inspect', image])
    .catch(() => docker(['pull', '--quiet', image]))
    .then(
      () => true,
      () => false,
    )
}
