import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeNpy } from 'xent-formats'

// Every snippet of README and docs is run: a program must print what its comments say, a call of xent must succeed.

const root = fileURLToPath(new URL('../', import.meta.url))
const run = promisify(execFile)

interface Snippet {
  readonly file: string
  readonly language: string
  readonly code: string
  /** The block without a language that follows at once: what the command prints. */
  readonly output: string | undefined
}

const documents = async (): Promise<string[]> => {
  const packages = (await readdir(join(root, 'packages'))).map((name) => `packages/${name}/README.md`)
  const docs = (await readdir(join(root, 'docs')))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
  return ['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', ...docs, ...packages]
}

const snippetsOf = async (file: string): Promise<Snippet[]> => {
  const text = await readFile(join(root, file), 'utf8')
  const blocks = text.matchAll(/^```(\w+)\n(.*?)^```\n(?:\n```\n(.*?)^```)?/gms)
  return [...blocks].map(([, language, code, output]) => ({ file, language: language!, code: code!, output }))
}

const snippets = (await Promise.all((await documents()).map(snippetsOf))).flat()
const programs = snippets.filter(({ language }) => language === 'ts')
const commands = snippets
  .filter(({ language }) => language === 'sh')
  .flatMap(({ file, code, output }) =>
    [...code.matchAll(/^(?:npx )?xent (.+?)(?: +#.*)?$/gm)].map(([line, args]) => ({
      file,
      line,
      args: args!,
      output,
    })),
  )

/** The lines that a snippet promises: the comment behind each console.log. */
const promised = (code: string): string =>
  [...code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, text]) => `${text}\n`).join('')

/** Inside the repository, so that the packages are found, with the files that snippets speak of. */
let folder = ''

beforeAll(async () => {
  const cache = join(root, 'node_modules', '.cache')
  await mkdir(cache, { recursive: true })
  folder = await mkdtemp(join(cache, 'snippets-'))
  const logits = [2, 0.5, 1, 0.1, 1, 3, 3.1, 4, 2]
  await writeFile(join(folder, 'logits.npy'), encodeNpy({ data: Float32Array.from(logits), shape: [3, 3] }))
  await writeFile(join(folder, 'labels.npy'), encodeNpy({ data: Int32Array.of(0, 1, 2), shape: [3] }))
  await writeFile(join(folder, 'logits.csv'), '2,0.5,1\n0.1,1,3\n3.1,4,2\n')
  await writeFile(join(folder, 'labels.csv'), '0\n1\n2\n')
})

afterAll(() => rm(folder, { recursive: true }))

describe('the snippets of README and docs', () => {
  it('are there', () => {
    expect(programs.length).toBeGreaterThan(5)
    expect(commands.length).toBeGreaterThan(2)
    expect(commands.filter(({ output }) => output).length).toBeGreaterThan(1)
  })

  it.each(programs.map((snippet, k) => [`${snippet.file}, program ${k + 1}`, snippet.code] as const))(
    '%s',
    async (_, code) => {
      const { code: script } = await transform(code, { loader: 'ts', format: 'esm' })
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
        cwd: folder,
      })
      expect(stdout).toBe(promised(code))
    },
  )

  it.each(commands)('$file: $line', async ({ args, output }) => {
    const command = join(root, 'packages', 'cli', 'bin', 'xent.js')
    const { stdout } = await run(process.execPath, [command, ...args.split(' ')], { cwd: folder })
    if (output === undefined) expect(stdout).toContain('1.6905')
    else expect(stdout).toBe(output)
  })
})
