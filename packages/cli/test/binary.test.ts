import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sparse, total } from './golden.ts'
import { type Finished, type Folder, temporaryFolder, toCsv } from './helpers.ts'

let folder: Folder
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

const binary = fileURLToPath(new URL('../bin/xent.js', import.meta.url))

const spawnXent = async (argv: readonly string[], stdin: string): Promise<Finished> => {
  const child = spawn(process.execPath, [binary, ...argv])
  child.stdin.end(stdin)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, stdout, stderr }
}

it('scores what is piped into the built binary', async () => {
  const labels = await folder.add('labels.csv', sparse.labels.join('\n'))
  const argv = ['score', '--logits', '-', '--labels', labels, '--json']
  const { code, stdout, stderr } = await spawnXent(argv, toCsv(sparse.logits))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({ count: 3, sum: expect.closeTo(total(sparse.losses), 6) })
})

it('ends the built binary with the exit code of the failure', async () => {
  const { code, stdout, stderr } = await spawnXent(
    ['score', '--logits', '-', '--labels', 'none.csv'],
    '1,2\n',
  )
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^error: none\.csv: .*ENOENT.*\n$/)
})
