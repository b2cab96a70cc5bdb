import { type JsonSchema, unitKeyword } from '@tickhouse/catalogue'
import { escaped, prose } from './html.ts'

/** The members of a record as a table. */
export function memberTable({ properties, required }: JsonSchema): string {
  const always = new Set(required as readonly string[])
  const rows = Object.entries(properties as Readonly<Record<string, JsonSchema>>).map(([name, member]) =>
    rowOf(name, member, always.has(name)),
  )
  return `<div class="scroll"><table>
<thead><tr><th>member</th><th>type</th><th>unit</th><th>meaning</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table></div>`
}

function rowOf(name: string, member: JsonSchema, isRequired: boolean): string {
  const mark = isRequired ? ' <span class="always" title="in every record">always</span>' : ''
  return `<tr><td><code>${escaped(name)}</code>${mark}</td><td>${typeText(member)}</td><td>${unitText(member)}</td><td>${meaning(member)}</td></tr>`
}

/** The type of a member in words. */
function typeText(member: JsonSchema): string {
  const { type, enum: closed, anyOf } = member
  if (Array.isArray(closed)) return closed.map(value => `<code>${escaped(String(value))}</code>`).join(' ')
  if (Array.isArray(anyOf)) return 'code'
  if (type === 'array') return listText(member)
  return type === 'string' ? 'text' : String(type)
}

/** `list of texts`, `10 numbers`, `3 × 10 numbers`. */
function listText({ items, minItems }: JsonSchema): string {
  const { type, items: inner, minItems: length } = items as JsonSchema
  if (type === 'array') return `${minItems} × ${listText({ items: inner, minItems: length })}`
  const elements = type === 'string' ? 'texts' : 'numbers'
  return minItems === undefined ? `list of ${elements}` : `${minItems} ${elements}`
}

function unitText({ [unitKeyword]: unit }: JsonSchema): string {
  return unit === undefined
    ? ''
    : [unit]
        .flat()
        .map(one => `<span class="unit">${escaped(String(one))}</span>`)
        .join(', ')
}

/** What a member means; unit and codes, which its description names as well, have places of their own. */
function meaning(member: JsonSchema): string {
  const text = String(member['description'] ?? '')
  const [words, codes] = text.split(/\. Codes: /) as [string, string?]
  const plain = words.replace(new RegExp(` \\(${member[unitKeyword]}\\)$`), '')
  return codes === undefined ? prose(plain) : `${prose(plain)}${codeList(codes, member)}`
}

function codeList(codes: string, { anyOf }: JsonSchema): string {
  const [known] = anyOf as [{ enum: readonly string[] }]
  const items = codes.split(/, (?=`)/).map(code => `<li>${prose(code)}</li>`)
  return `<details><summary>${known.enum.length} codes; others may come</summary><ul>${items.join('')}</ul></details>`
}
