import { headerColumns, type KitColumn, type KitDataset, kitDatasets } from './columns.ts'

const isOfHeader = new Set(headerColumns.map(({ name }) => name))

/** The TypeScript kit's types, and the table that its decoder works by. */
export function typescriptKit(): string {
  return [
    '// Generated from packages/catalogue by `npm run generate`. A column of the catalogue is a member here; absent is left out.',
    '',
    ...docOf('What every record has. Times are integers: microseconds since 1970-01-01 UTC.'),
    ...interfaceOf('RecordHeader', '', headerColumns),
    ...kitDatasets.flatMap(datasetLines),
    ...docOf('Dataset → its record.'),
    'export interface RecordTypes {',
    ...kitDatasets.map(({ name, typeName }) => `  ${name}: ${typeName}`),
    '}',
    '',
    ...docOf('Dataset → topic, version of its schema, type of the venue, and what each column holds.'),
    'export const schemas = {',
    ...kitDatasets.flatMap(schemaLines),
    '} as const',
    '',
  ].join('\n')
}

function datasetLines({ typeName, topic, description, columns }: KitDataset): string[] {
  return [
    ...docOf(`${description}. Topic \`${topic}\`.`),
    ...interfaceOf(
      typeName,
      ' extends RecordHeader',
      columns.filter(({ name }) => !isOfHeader.has(name)),
    ),
  ]
}

function interfaceOf(name: string, base: string, columns: readonly KitColumn[]): string[] {
  const members = columns.flatMap(column => [
    ...docOf(column.doc).map(line => `  ${line}`),
    `  ${column.name}${column.required ? '' : '?'}: ${typeOf(column)}`,
  ])
  // An interface without members is a name for its base.
  return members.length === 0 ? [`export type ${name} = RecordHeader`, ''] : [`export interface ${name}${base} {`, ...members, '}', '']
}

function docOf(text: string): string[] {
  return [`/** ${text.replaceAll('*/', '* /')} */`]
}

function typeOf({ kind, words }: KitColumn): string {
  if (words !== undefined) return words.map(word => `'${word}'`).join(' | ')
  switch (kind) {
    case 'number':
    case 'integer':
    case 'time':
      return 'number'
    case 'text':
      return 'string'
    case 'ladder':
      return '(number | null)[]'
    case 'ladders':
      return '(number | null)[][]'
    case 'fids':
      return 'Record<string, string>'
    case 'texts':
      return 'string[]'
  }
}

function schemaLines({ name, topic, version, type, columns }: KitDataset): string[] {
  return [
    `  ${name}: {`,
    `    topic: '${topic}',`,
    `    version: ${version},`,
    `    type: ${type === null ? 'null' : `'${type}'`},`,
    `    required: [${columns.flatMap(column => (column.required ? [`'${column.name}'`] : [])).join(', ')}],`,
    `    columns: { ${columns.map(column => `${column.name}: '${column.kind}'`).join(', ')} },`,
    '  },',
  ]
}
