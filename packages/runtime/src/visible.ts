/** Control characters, marks that change the direction of a line, separators of lines and paragraphs, and halves of surrogate pairs. */
const acting = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A text as a terminal may show it: what would act on the terminal, or end the line, is written out as `\u001b` is. */
export function visible(text: string): string {
  return text.replace(acting, character => short[character] ?? escaped(character.codePointAt(0)!))
}

/** A text of several lines, each as a terminal may show it. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n')
}

/** JSON in which what would act on a terminal is written as JSON's own escapes: it parses to the same value, character for character. */
export function visibleJson(json: string): string {
  return json.replace(acting, character =>
    character === '\n' ? character : Array.from({ length: character.length }, (_, index) => escaped(character.charCodeAt(index))).join(''),
  )
}

function escaped(code: number): string {
  const digits = code.toString(16)
  return code > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`
}
