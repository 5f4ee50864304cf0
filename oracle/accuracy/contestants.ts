import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type XentEngine, XentError } from '../../packages/xent/src/index.ts'
import { type Call, failed } from '../../packages/xent/test/conformance/call.ts'
import { runCall } from '../../packages/xent/test/conformance/run.ts'
import { engines } from '../../packages/xent/test/support.ts'
import { folder } from '../environment.ts'
import { type Library, startPeers } from '../peers.ts'
import { decoded, elements, type Results } from './results.ts'
import { runTfjs, tfjsVersion } from './tfjs.ts'

/** A library, or one of our engines. */
export interface Contestant {
  readonly name: string
  readonly isOurs: boolean
  /** Name, version, and what else one must know to do the same. */
  about(): Promise<string>
  /** Gives nothing where there is no such function or no such type. */
  run(call: Call): Promise<Results | undefined>
  close(): void
}

/** The reference, whose results must be right. */
export const referenceName = 'xent reference'

/** Starts them all. */
export const startContestants = (): readonly Contestant[] => [
  // those of threads have the bits of one thread
  ...engines.filter(({ name }) => name !== 'threads').map(ours),
  peer('TensorFlow', 'tensorflow', 'eager'),
  peer('PyTorch', 'torch'),
  peer('JAX', 'jax', '`jit`'),
  {
    name: 'TensorFlow.js',
    isOurs: false,
    about: async () => `TensorFlow.js ${tfjsVersion} (CPU backend, the sparse loss on one-hot labels)`,
    run: runTfjs,
    close: () => {},
  },
]

const ours = (engine: XentEngine): Contestant => ({
  name: `xent ${engine.name}`,
  isOurs: true,
  about: async () => `xent ${version}`,
  run: (call) => runEngine(engine, call),
  close: () => engine.close(),
})

const { version } = JSON.parse(
  readFileSync(join(folder, '..', 'packages', 'xent', 'package.json'), 'utf8'),
) as { version: string }

const runEngine = async (engine: XentEngine, call: Call): Promise<Results | undefined> => {
  try {
    const { value, gradients } = await runCall(engine, call)
    if (!gradients.logits) return { value: elements(value) }
    const alone = await runCall(engine, { ...call, wrt: [] })
    return { value: elements(value), alone: elements(alone.value), gradient: elements(gradients.logits) }
  } catch (error) {
    if (error instanceof XentError && error.code === 'DTYPE') return undefined
    throw error
  }
}

/** Each library has a process of its own: they change global settings of each other. */
const peer = (name: string, library: Library, how?: string): Contestant => {
  const peers = startPeers()
  return {
    name,
    isOurs: false,
    about: async () => `${name} ${(await peers.versions([library]))[library]}${how ? ` (${how})` : ''}`,
    run: async (call) => {
      const outcome = (await peers.run([library], call))[library]
      if (!outcome) return undefined
      if (failed(outcome)) return dismissed(name, call, `${outcome.error.class}: ${outcome.error.text}`)
      const { dtype } = call.args.logits!
      // it would be judged by the wrong measure
      if (outcome.value.dtype !== dtype) return dismissed(name, call, `${outcome.value.dtype} for ${dtype}`)
      const gradient = outcome.gradients?.logits
      return { value: decoded(outcome.value), ...(gradient && { gradient: decoded(gradient) }) }
    },
    close: peers.close,
  }
}

const dismissed = (name: string, call: Call, why: string): undefined => {
  console.error(`accuracy: ${name}: ${call.function}: ${why}`)
}

/** The results of those that have the function and the type, by name. */
export const runAll = async (
  contestants: readonly Contestant[],
  call: Call,
): Promise<ReadonlyMap<string, Results>> => {
  const all = await Promise.all(contestants.map(async ({ name, run }) => [name, await run(call)] as const))
  return new Map(all.flatMap(([name, results]) => (results ? [[name, results] as const] : [])))
}
