import { dictionary, dictionaryMarkdown, entities } from '@tickhouse/catalogue'
import { UsageError } from '@tickhouse/runtime'
import { Command, Option } from 'commander'
import { type Format, print, printExactly } from '../output.ts'

/** `tickhouse catalogue [dataset]`: what every dataset, table, view and column means. */
export function catalogue(): Command {
  return new Command('catalogue')
    .description('Print the datasets, or every column of one of them with FID, Korean title, meaning and unit')
    .argument('[dataset]', 'name of a dataset, of another table or of a view; `all` for every column of all of them')
    .addOption(new Option('--format <format>', 'how to print').choices(['table', 'json', 'markdown']).default('table'))
    .addHelpText('after', '\nExamples:\n  tickhouse catalogue\n  tickhouse catalogue trade\n  tickhouse catalogue all --format json')
    .action((dataset: string | undefined, { format }: { format: Format | 'markdown' }) => {
      if (format === 'markdown') printExactly(dictionaryMarkdown())
      else if (dataset === undefined) print(datasetRows(), ['dataset', 'type', 'title', 'topic', 'columns', 'description'], format)
      else print(columnRows(dataset), ['column', 'quest_type', 'fid', 'korean_title', 'description', 'unit'], format)
    })
}

function datasetRows() {
  return entities.map(({ name, venue, topic, table, description }) => ({
    dataset: name,
    type: venue?.type ?? null,
    title: venue?.title ?? null,
    topic: topic.name,
    columns: table.columns.length,
    description,
  }))
}

function columnRows(dataset: string) {
  if (dataset === 'all') return dictionary().map(row => ({ ...row, column: `${row.dataset}.${row.column}` }))
  const rows = dictionary().filter(row => row.dataset === dataset)
  if (rows.length > 0) return rows
  const known = new Set(dictionary().map(row => row.dataset))
  throw new UsageError(`Expected a dataset, was "${dataset}"; known are ${[...known].join(', ')}`)
}
