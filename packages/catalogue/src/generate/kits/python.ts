import { headerColumns, type KitColumn, type KitDataset, kitDatasets } from './columns.ts'

const isOfHeader = new Set(headerColumns.map(({ name }) => name))

/** The Python kit's dataclasses, and the table that its decoder works by. */
export function pythonKit(): string {
  return [
    '"""Generated from packages/catalogue by `npm run generate`. A column of the catalogue is a field here; absent is None."""',
    '',
    'from __future__ import annotations',
    '',
    'from dataclasses import dataclass',
    'from typing import Any, ClassVar, Literal',
    '',
    ...classLines('RecordHeader', '', 'What every record has. Times are integers: microseconds since 1970-01-01 UTC.', headerColumns, []),
    ...kitDatasets.flatMap(datasetLines),
    '',
    '#: Dataset -> its dataclass.',
    'RECORD_TYPES: dict[str, type[RecordHeader]] = {',
    ...kitDatasets.map(({ name, typeName }) => `    "${name}": ${typeName},`),
    '}',
    '',
  ].join('\n')
}

function datasetLines(dataset: KitDataset): string[] {
  const { typeName, topic, version, description, columns, type, name } = dataset
  const constants = [
    `    DATASET: ClassVar[str] = "${name}"`,
    `    TOPIC: ClassVar[str] = "${topic}"`,
    `    VERSION: ClassVar[int] = ${version}`,
    `    TYPE: ClassVar[str | None] = ${type === null ? 'None' : `"${type}"`}`,
    `    COLUMNS: ClassVar[dict[str, str]] = {${columns.map(column => `"${column.name}": "${column.kind}"`).join(', ')}}`,
    `    REQUIRED: ClassVar[tuple[str, ...]] = (${columns.flatMap(column => (column.required ? [`"${column.name}"`] : [])).join(', ')})`,
    '',
  ]
  const own = columns.filter(column => !isOfHeader.has(column.name))
  return classLines(typeName, '(RecordHeader)', `${description}. Topic \`${topic}\`.`, own, constants)
}

function classLines(name: string, base: string, doc: string, columns: readonly KitColumn[], constants: readonly string[]): string[] {
  const extra = base === '' ? [] : ['    #: Columns that are newer than this kit.', '    extra: dict[str, Any] | None = None']
  return [
    '',
    '@dataclass(slots=True, kw_only=True)',
    `class ${name}${base}:`,
    `    """${textOf(doc)}"""`,
    '',
    ...constants,
    ...columns.flatMap(column => [
      `    #: ${textOf(column.doc)}`,
      `    ${column.name}: ${typeOf(column)}${column.required ? '' : ' | None = None'}`,
    ]),
    ...extra,
    '',
  ]
}

function textOf(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"""', "'''")
}

function typeOf({ kind, words }: KitColumn): string {
  if (words !== undefined) return `Literal[${words.map(word => `"${word}"`).join(', ')}]`
  switch (kind) {
    case 'number':
      return 'float'
    case 'integer':
    case 'time':
      return 'int'
    case 'text':
      return 'str'
    case 'ladder':
      return 'list[float | None]'
    case 'ladders':
      return 'list[list[float | None]]'
    case 'fids':
      return 'dict[str, str]'
    case 'texts':
      return 'list[str]'
  }
}
