import { readFileSync, writeFileSync } from 'node:fs'

/** Puts Markdown between `<!-- name -->` and `<!-- /name -->` of a page, where that of an earlier run is. */
export const writeBlock = (page: string, name: string, markdown: string): void => {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const text = readFileSync(page, 'utf8')
  const [before, after] = [text.indexOf(start), text.indexOf(end)]
  if (before < 0 || after < before) throw new Error(`${page}: ${start} and ${end} are not there`)
  writeFileSync(page, `${text.slice(0, before)}${start}\n\n${markdown}\n\n${text.slice(after)}`)
}
