// How long it takes until another thread does something, and what that makes of a small call. Prints JSON.
import { setTimeout as pause } from 'node:timers/promises'
import { createEngine, type XentEngine } from 'xent'
import { startThread } from '../packages/xent/src/engine/threads/host.ts'
import { isPending, producerOf, RING_BYTES } from '../packages/xent/src/engine/threads/ring.ts'
import type { Assignment } from '../packages/xent/src/engine/threads/worker.ts'
import { median } from './results.ts'

/** Medians, in microseconds. */
export interface Latencies {
  /** Until a task of nothing is done by a thread that sleeps, and by one that has just done another. */
  readonly asleep: number
  readonly awake: number
  /** A call of 64x1000: of one thread, of several that wait for it, and of several that sleep. */
  readonly alone: number
  readonly shared: number
  readonly sharedAsleep: number
  readonly aloneAsleep: number
}

const ROUNDS = 301
const IDLE = 4

const medianOf = async (run: () => void, idle: number): Promise<number> => {
  const times: number[] = []
  for (let k = 0; k < ROUNDS; k++) {
    if (idle) await pause(idle)
    const start = performance.now()
    run()
    times.push(performance.now() - start)
  }
  return 1000 * median(times)
}

const taskOfNothing = async (): Promise<() => void> => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
  await new Promise<void>((resolve) => {
    const assignment: Assignment = {
      memory,
      modules: [],
      functions: [],
      ring: 0,
      words: RING_BYTES / 4,
      thread: 1,
    }
    startThread({ message: () => resolve(), ended: () => {} }).post(assignment)
  })
  const ring = new Int32Array(memory.buffer)
  const { publish } = producerOf(ring)
  return () => {
    const ticket = publish()
    while (isPending(ring, ticket));
  }
}

const callOf = (engine: XentEngine): (() => void) => {
  const logits = engine.allocate([64, 1000], 'float32')
  ;(logits.data as Float32Array).forEach((_, k, data) => {
    data[k] = 8 * Math.sin(k)
  })
  const labels = new Int32Array(64)
  const loss = engine.sync.sparseSoftmaxCrossEntropyWithLogits
  for (let k = 0; k < 20_000; k++) loss({ labels, logits })
  return () => loss({ labels, logits })
}

const nothing = await taskOfNothing()
const one = callOf(await createEngine('wasm'))
const several = callOf(await createEngine('threads'))
const latencies: Latencies = {
  asleep: await medianOf(nothing, IDLE),
  awake: await medianOf(nothing, 0),
  alone: await medianOf(one, 0),
  shared: await medianOf(several, 0),
  sharedAsleep: await medianOf(several, IDLE),
  aloneAsleep: await medianOf(one, IDLE),
}
console.log(JSON.stringify(latencies))
process.exit()
