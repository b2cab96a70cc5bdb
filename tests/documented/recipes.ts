import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
const folder = 'docs/cookbook'

/** A page of the cookbook: its path from the root, and its text. */
export interface Page {
  readonly path: string
  readonly text: string
}

/** A section of a page that answers one question. */
export interface Recipe {
  readonly title: string
  /** What a link to it ends with: `prices.md#bars-and-vwap`. */
  readonly anchor: string
  readonly text: string
}

/** The pages of the cookbook, its index excepted. */
export function cookbookPages(): Page[] {
  const names = readdirSync(join(root, folder)).filter(name => name.endsWith('.md') && name !== 'README.md')
  return names.map(name => ({ path: `${folder}/${name}`, text: readFileSync(join(root, folder, name), 'utf8') }))
}

/** The index of the cookbook. */
export function cookbookIndex(): string {
  return readFileSync(join(root, folder, 'README.md'), 'utf8')
}

/** The recipes of a page in their order. */
export function recipesOf({ path, text }: Page): Recipe[] {
  const [, ...sections] = text.split(/^## /m)
  return sections.map(section => {
    const title = section.slice(0, section.indexOf('\n'))
    const name = title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-')
    return { title, anchor: `${path.slice(folder.length + 1)}#${name}`, text: section }
  })
}
