import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonSchema } from '@tickhouse/catalogue'
import { expect, it } from 'vitest'
import { contractIn, generatedFolder } from '../contract/contract.ts'
import { topicsPage } from './page.ts'

const schemaAt = (path: string): JsonSchema => JSON.parse(readFileSync(join(generatedFolder, path), 'utf8'))
const document = JSON.parse(readFileSync(join(generatedFolder, 'asyncapi.json'), 'utf8'))
const page = topicsPage(document, schemaAt)
const sections = page.split('<section ').slice(1)

it('shows every topic with all its members, what is in every record, and an example', () => {
  const { topics } = contractIn(generatedFolder, 'now')
  expect(sections).toHaveLength(topics.length)
  for (const { name, schema } of topics) {
    const section = sections.find(text => text.includes(`>${name}</a></h2>`))!
    const members = [...section.matchAll(/<tr><td><code>(\w+)<\/code>/g)].map(([, member]) => member)
    expect(members, name).toEqual(Object.keys(schema['properties'] as object))
    expect(section.match(/class="always"/g)).toHaveLength((schema['required'] as readonly string[]).length)
    expect(section).toContain('Example: ')
  }
})

it('shows units and codes in places of their own', () => {
  const trade = sections.find(text => text.startsWith('id="trade"'))!
  expect(trade).toContain('<code>price</code></td><td>number</td><td><span class="unit">KRW</span></td><td>Last traded price</td>')
  expect(trade).toContain('<summary>5 codes; others may come</summary><ul><li><code>1</code> upper limit</li>')
  const book = sections.find(text => text.startsWith('id="order_book"'))!
  expect(book).toMatch(/<code>asks<\/code><\/td><td>3 × 10 numbers<\/td><td>.*KRW.*share.*share/)
})

it('needs nothing from elsewhere, and leads only to files of the repository', () => {
  const leads = [...page.matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, target]) => target!)
  expect(leads.filter(target => !/^(\.\.\/packages\/catalogue\/generated\/|contract\.md)/.test(target))).toEqual([])
  expect(page).not.toMatch(/@import|url\(/)
})

it('shows a text as it is, whatever it holds', () => {
  const [name, channel] = Object.entries(document.channels)[0] as [string, Record<string, unknown>]
  const hostile = { ...document, channels: { [name]: { ...channel, description: '<b>bold</b> & `<i>`' } } }
  expect(topicsPage(hostile, schemaAt)).toContain('<p>&lt;b&gt;bold&lt;/b&gt; &amp; <code>&lt;i&gt;</code>.</p>')
})
