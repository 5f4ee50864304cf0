// `npm run bench:tfjs`: a training step's loss and gradient by xent/tfjs beside TensorFlow.js's own loss, on its cpu and wasm
// backends, on the same logits and labels, in one run, a round of each in turn. Prints what it finds and writes the table of
// docs/tfjs.md.
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
// which registers the gradients, because the build of tfjs-core for Node leaves them out
import '@tensorflow/tfjs-layers'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs-core'
import { softmaxCrossEntropyWithLogits, sparseSoftmaxCrossEntropyWithLogits } from 'xent/tfjs'
import { machine } from '../machine.ts'
import { median } from '../results.ts'
import { writeBlock } from '../write-block.ts'
import { tableOf } from './table.ts'

const { values: options } = parseArgs({ options: { write: { type: 'boolean', default: false } } })

// else it prints advice
tf.enableProdMode()

const shapes: readonly (readonly [rows: number, classes: number])[] = [
  [64, 1000],
  [32, 32000],
  [8192, 10],
]
const rounds = 9
/** How long a round lasts at least, in milliseconds. */
const roundMs = 60

/** The mean loss of a batch, as a function of its logits. */
type Loss = (logits: tf.Tensor) => tf.Scalar

const mean = (losses: tf.Tensor): tf.Scalar => tf.mean(losses)

/** Labels are what each loss wants of them, before the clock starts. */
const contestantsOf = (ids: tf.Tensor1D, oneHot: tf.Tensor): Record<Contestant, Loss> => ({
  'xent sparse': (logits) => mean(sparseSoftmaxCrossEntropyWithLogits({ labels: ids, logits })),
  'xent dense': (logits) => mean(softmaxCrossEntropyWithLogits({ labels: oneHot, logits })),
  'TensorFlow.js': (logits) => tf.losses.softmaxCrossEntropy(oneHot, logits) as tf.Scalar,
})

const names = ['xent sparse', 'xent dense', 'TensorFlow.js'] as const
export type Contestant = (typeof names)[number]

export interface Found {
  readonly contestant: Contestant
  /** Kernels that a step runs. */
  readonly kernels: number
  /** Bytes that are held at the worst moment of a step, beside logits and labels. */
  readonly peakBytes: number
  readonly lossMs: number
  readonly stepMs: number
}

export interface Result {
  readonly backend: string
  readonly shape: readonly [number, number]
  readonly found: readonly Found[]
}

/** How long a call takes, of as many as fill a round. */
const timeOf = (call: () => void): number => {
  const start = performance.now()
  let calls = 0
  let end = start
  while (end - start < roundMs) {
    call()
    calls++
    end = performance.now()
  }
  return (end - start) / calls
}

const measure = async (backend: string, shape: readonly [number, number]): Promise<Result> => {
  await tf.setBackend(backend)
  tf.engine().startScope('measure')
  const [rows, classes] = shape
  const logits = tf.randomUniform([rows, classes], -8, 8, 'float32', 7)
  const ids = tf.tensor1d(
    Int32Array.from({ length: rows }, (_, k) => (k * 7919) % classes),
    'int32',
  )
  const losses = contestantsOf(ids, tf.cast(tf.oneHot(ids, classes), 'float32'))
  const forward = (loss: Loss) => () => tf.dispose(tf.tidy(() => loss(logits)))
  const step = (loss: Loss) => () => {
    const { value, grad } = tf.valueAndGrad(loss)(logits)
    tf.dispose([value, grad])
  }
  agree(
    names.map((name) => losses[name]),
    logits,
  )
  const times = names.map(() => ({ loss: [] as number[], step: [] as number[] }))
  for (let round = 0; round < rounds; round++)
    for (const [k, name] of names.entries()) {
      times[k]!.loss.push(timeOf(forward(losses[name])))
      times[k]!.step.push(timeOf(step(losses[name])))
    }
  const found: Found[] = []
  for (const [k, contestant] of names.entries()) {
    const before = tf.memory().numBytes
    const { kernels, peakBytes } = await tf.profile(step(losses[contestant]))
    found.push({
      contestant,
      kernels: kernels.length,
      peakBytes: peakBytes - before,
      lossMs: median(times[k]!.loss),
      stepMs: median(times[k]!.step),
    })
  }
  tf.engine().endScope()
  return { backend, shape, found }
}

/** All contestants have the same loss and gradient, or their times mean nothing. */
const agree = (losses: readonly Loss[], logits: tf.Tensor): void => {
  const results = losses.map((loss) => {
    const { value, grad } = tf.valueAndGrad(loss)(logits)
    return [value.dataSync(), grad.dataSync()] as const
  })
  const [first, ...others] = results
  const isClose = (a: ArrayLike<number>, b: Float32Array | Int32Array | Uint8Array): boolean =>
    b.every((x, k) => Math.abs(x - a[k]!) < 1e-5 * Math.max(1, Math.abs(x)))
  if (others.every((other) => other.every((numbers, k) => isClose(first![k]!, numbers)))) return
  throw new Error('the contestants disagree')
}

const results: Result[] = []
for (const backend of ['cpu', 'wasm'])
  for (const shape of shapes) {
    results.push(await measure(backend, shape))
    console.log(tableOf(results.slice(-1)))
  }

const about = `${machine(undefined)}, Node ${process.versions.node}, TensorFlow.js ${tf.version_core}; medians of ${rounds} rounds of ${roundMs} ms.`
console.log(about)

if (options.write) {
  const page = join(import.meta.dirname, '..', '..', 'docs', 'tfjs.md')
  writeBlock(page, 'bench:tfjs', `${about}\n\n${tableOf(results)}`)
}
