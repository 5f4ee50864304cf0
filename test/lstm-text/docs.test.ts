import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

const sourcesIn = (folder: string, extension: string): string =>
  readdirSync(`${root}${folder}`)
    .filter((name) => name.endsWith(extension))
    .map((name) => readFileSync(`${root}${folder}/${name}`, 'utf8'))
    .join('\n')

/** Rows of the table that has the program of TensorFlow 1.x beside ours. */
const rows = readFileSync(`${root}docs/lstm-text.md`, 'utf8')
  .split('## Line by line')[1]!
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split(' | ').map((cell) => /`(.*)`/.exec(cell)?.[1] ?? ''))

it('docs/lstm-text.md shows lines of the programs that are run', () => {
  const [python, typescript] = [sourcesIn('oracle/lstm-text', '.py'), sourcesIn('examples/lstm-text', '.ts')]
  expect(rows.length).toBeGreaterThan(10)
  for (const [theirs, ours] of rows) {
    expect(python).toContain(theirs)
    expect(typescript).toContain(ours)
  }
})
