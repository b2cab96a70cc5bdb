/** How `unreadable` stands in a row: `{"851":"abc","15":"x"}` becomes `851=abc;15=x`. */
export function unreadableText(texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts)
    .map(([fid, raw]) => `${fid}=${raw}`)
    .join(';')
}
