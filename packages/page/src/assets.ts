import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file that the browser asks for. */
export interface Asset {
  readonly type: string
  readonly body: Buffer
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const folder = join(import.meta.dirname, '..', 'public')

/** All that is served, by its path; nothing comes from elsewhere, so the page works without a network. */
export function loadAssets(): ReadonlyMap<string, Asset> {
  const own = readdirSync(folder).map(name => [`/${name}`, join(folder, name)] as const)
  const plots = [
    ['/uplot.js', fileURLToPath(import.meta.resolve('uplot/dist/uPlot.esm.js'))],
    ['/uplot.css', fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css'))],
  ] as const
  const files = [...own, ...plots].filter(([, file]) => extname(file) in types)
  const assets = new Map(files.map(([path, file]) => [path, { type: types[extname(file)]!, body: readFileSync(file) }]))
  return assets.set('/', assets.get('/index.html')!)
}
