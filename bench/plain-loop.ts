// xent beside the loop that one writes by hand, on the same arrays in one run: medians, and the ratios between them.
import { cpus } from 'node:os'
import { allocate, sparseSoftmaxCrossEntropyWithLogits, valueAndGrad } from 'xent'

const ROWS = 4096
const CLASSES = 1000
const ROUNDS = 15

const random = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1]!

/** Median milliseconds of each candidate, their rounds interleaved so that all see the same machine. */
const time = (
  candidates: Readonly<Record<string, () => unknown>>,
  rounds: number,
): Record<string, number> => {
  const times: Record<string, number[]> = {}
  for (let round = -2; round < rounds; round++) {
    for (const [name, run] of Object.entries(candidates)) {
      const start = performance.now()
      run()
      const elapsed = performance.now() - start
      if (round >= 0) times[name] = [...(times[name] ?? []), elapsed]
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]))
}

/** What one writes without a library: two passes for the loss, a third for the gradient. */
const plainLoss = (
  logits: Float32Array,
  labels: Int32Array,
  classes: number,
  gradient?: Float32Array,
): Float32Array => {
  const losses = new Float32Array(labels.length)
  for (let row = 0; row < labels.length; row++) {
    const start = row * classes
    let max = -Infinity
    for (let j = start; j < start + classes; j++) max = Math.max(max, logits[j]!)
    let sum = 0
    for (let j = start; j < start + classes; j++) sum += Math.exp(logits[j]! - max)
    losses[row] = Math.log(sum) + max - logits[start + labels[row]!]!
    if (!gradient) continue
    for (let j = start; j < start + classes; j++) gradient[j] = Math.exp(logits[j]! - max) / sum
    gradient[start + labels[row]!]! -= 1
  }
  return losses
}

const checkClose = (a: ArrayLike<number>, b: ArrayLike<number>): void => {
  for (let k = 0; k < b.length; k++) {
    if (!(Math.abs(a[k]! - b[k]!) <= 1e-5)) throw new Error(`results differ at ${k}: ${a[k]} and ${b[k]}`)
  }
}

const next = random(1)
const logits = Float32Array.from({ length: ROWS * CLASSES }, () => 12 * next() - 6)
const labels = Int32Array.from({ length: ROWS }, () => Math.floor(next() * CLASSES))
const view = { data: logits, shape: [ROWS, CLASSES] }
const placed = allocate([ROWS, CLASSES], 'float32')
placed.data.set(logits as never)
const gradient = new Float32Array(logits.length)
const withGradient = valueAndGrad(sparseSoftmaxCrossEntropyWithLogits, 'logits')
const out = { grad: { logits: new Float32Array(logits.length) } }

checkClose(
  sparseSoftmaxCrossEntropyWithLogits({ labels, logits: view }).data as Float32Array,
  plainLoss(logits, labels, CLASSES),
)
plainLoss(logits, labels, CLASSES, gradient)
checkClose(withGradient({ labels, logits: view }, { out }).grad.logits.data as Float32Array, gradient)

const report = (title: string, times: Record<string, number>): void => {
  console.log(title)
  for (const [name, ms] of Object.entries(times)) {
    const rate = (ROWS * CLASSES) / ms / 1e6
    const ratio = times['plain loop']! / ms
    console.log(
      `  ${name.padEnd(18)} ${ms.toFixed(2).padStart(8)} ms ${rate.toFixed(3).padStart(8)} Gelt/s ${ratio.toFixed(1).padStart(6)}x`,
    )
  }
}

console.log(
  `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, one thread, medians of ${ROUNDS}`,
)
report(
  `sparse loss, float32 [${ROWS}, ${CLASSES}]`,
  time(
    {
      'plain loop': () => plainLoss(logits, labels, CLASSES),
      xent: () => sparseSoftmaxCrossEntropyWithLogits({ labels, logits: view }),
      'xent, in place': () => sparseSoftmaxCrossEntropyWithLogits({ labels, logits: placed }),
    },
    ROUNDS,
  ),
)
report(
  `sparse loss and gradient, float32 [${ROWS}, ${CLASSES}]`,
  time(
    {
      'plain loop': () => plainLoss(logits, labels, CLASSES, gradient),
      xent: () => withGradient({ labels, logits: view }, { out }),
    },
    ROUNDS,
  ),
)

const small = { data: logits.slice(0, 128), shape: [64, 2] }
const smallLabels = labels.slice(0, 64).map((label) => label % 2)
const CALLS = 20_000
const calls = time(
  {
    'plain loop': () => {
      for (let k = 0; k < CALLS; k++) plainLoss(small.data, smallLabels, 2)
    },
    xent: () => {
      for (let k = 0; k < CALLS; k++)
        sparseSoftmaxCrossEntropyWithLogits({ labels: smallLabels, logits: small })
    },
  },
  ROUNDS,
)
console.log('one call of 64 x 2, float32')
for (const [name, ms] of Object.entries(calls))
  console.log(`  ${name.padEnd(18)} ${((1000 * ms) / CALLS).toFixed(2).padStart(8)} us`)
