import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import worker_threads, { type Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { layoutModules } from '../../src/engine/wasm/generated/layout.ts'
import { piecesModules } from '../../src/engine/wasm/generated/pieces.ts'
import { bytesOf } from '../../src/engine/wasm/modules.ts'
import {
  createEngine,
  type FloatTensor,
  type Tensor,
  tensor,
  valueAndGrad,
  type XentEngine,
} from '../../src/index.ts'
import { kernels } from '../../src/nn/create-engine.ts'
import { type FloatName, normal, numbers, randomStream } from '../support.ts'

const wasm = await createEngine('wasm')

const bytes = ({ data }: Tensor, from = 0, count = data.length): string =>
  Buffer.from(data.slice(from, from + count).buffer).toString('hex')

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

/** Logits with rows of all kinds among them. */
const logitsOf = (shape: readonly number[], dtype: FloatName = 'float32'): Tensor => {
  const random = randomStream(product(shape))
  const data = Float64Array.from({ length: product(shape) }, (_, k) =>
    k % 99991 === 5 ? 40 : 3 * normal(random),
  )
  return tensor({ data, shape }, dtype)
}

const labelsOf = (shape: readonly number[], classes: number): Tensor<'int32'> => {
  const random = randomStream(classes)
  const data = Int32Array.from({ length: product(shape) }, () => Math.floor(classes * random()))
  return tensor({ data, shape }, 'int32') as Tensor<'int32'>
}

/** Every function of an engine on logits of a shape, its results one after the other. */
const everything = async (
  engine: XentEngine,
  shape: readonly number[],
  axis: number,
  dtype: FloatName,
): Promise<FloatTensor[]> => {
  const logits = logitsOf(shape, dtype)
  const labels = labelsOf(shape.toSpliced(axis, 1), shape[axis]!)
  const weights = tensor(
    { data: Float64Array.from({ length: shape.at(-1)! }, (_, k) => 1 + (k % 3)), shape: [shape.at(-1)!] },
    dtype,
  )
  const targets = tensor(
    { data: Float64Array.from({ length: product(shape) }, (_, k) => (k % 7) / 8), shape },
    dtype,
  )
  const sparse = engine.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')
  const dense = engine.valueAndGrad(engine.softmaxCrossEntropyWithLogits, ['logits', 'labels'])
  const weighted = engine.valueAndGrad(engine.weightedCrossEntropyWithLogits, [
    'logits',
    'labels',
    'posWeight',
  ])
  const results = [
    await sparse({ labels, logits, axis }, { upstream: 0.3 }),
    await dense({ labels: targets, logits, axis }),
    await weighted({ labels: targets, logits, posWeight: weights }),
  ]
  return [
    await engine.sparseSoftmaxCrossEntropyWithLogits({ labels, logits, axis }),
    await engine.softmax({ logits, axis }),
    await engine.logSoftmax({ logits, axis }),
    await engine.sigmoidCrossEntropyWithLogits({ labels: targets, logits }),
    ...results.flatMap(({ value, grad }) => [value, ...Object.values(grad)]),
  ]
}

// by rows, by pieces of rows, few classes, other axes
const shapes: readonly (readonly [shape: readonly number[], axis: number, dtype: FloatName])[] = [
  [[300, 1001], 1, 'float32'],
  [[2000, 100], 1, 'bfloat16'],
  [[40_000, 3], 1, 'float32'],
  [[40_001, 2], 1, 'float32'],
  [[5, 21, 700], 1, 'float32'],
  [[70, 8, 90], 1, 'float16'],
  [[6, 400, 50], 0, 'float32'],
  [[200, 300], 1, 'float64'],
  [[3, 50_257], 1, 'float32'],
  [[1, 131_079], 1, 'float32'],
  [[2, 70_000], 1, 'bfloat16'],
  [[90_000], 0, 'float32'],
]

describe('results of threads', () => {
  it.each([1, 2, 3, 8])('have the bits of one thread on %i', async (threads) => {
    const engine = await createEngine('threads', { threads })
    expect(engine.threads).toBe(threads)
    for (const [shape, axis, dtype] of shapes) {
      const expected = await everything(wasm, shape, axis, dtype)
      const actual = await everything(engine, shape, axis, dtype)
      const differing = expected.flatMap((one, k) => (bytes(one) === bytes(actual[k]!) ? [] : [k]))
      expect(differing, `on ${shape}, ${dtype}`).toEqual([])
    }
    engine.close()
  })

  it.each([3, 8])('of a long row are the same in a batch of any size on %i', async (threads) => {
    const engine = await createEngine('threads', { threads })
    const classes = 40_003
    const loss = engine.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')
    const all = logitsOf([40, classes])
    for (const rows of [1, 2, 5, 40]) {
      const part = { data: (all.data as Float32Array).subarray(0, rows * classes), shape: [rows, classes] }
      const one = { data: part.data.subarray((rows - 1) * classes), shape: [1, classes] }
      const among = await loss({ labels: new Int32Array(rows).fill(7), logits: part })
      const alone = await loss({ labels: [7], logits: one })
      expect(bytes(among.value, rows - 1, 1)).toBe(bytes(alone.value))
      expect(bytes(among.grad.logits, (rows - 1) * classes, classes)).toBe(bytes(alone.grad.logits))
    }
    engine.close()
  })

  it.each([
    ['confident', (k: number) => (k % 5001 === 17 ? 25 : Math.sin(k))],
    ['masked', (k: number) => (k % 3 ? Math.sin(k) : Number.NEGATIVE_INFINITY)],
    ['not a number', (k: number) => (k === 50_000 ? Number.NaN : Math.sin(k))],
    ['wide', (k: number) => 600 * Math.sin(k)],
    ['far from 0', (k: number) => 5000 + Math.sin(k)],
    ['infinite', (k: number) => (k === 3 ? Number.POSITIVE_INFINITY : Math.sin(k))],
  ])('of long rows that are %s have the bits of one thread', async (_, draw) => {
    const engine = await createEngine('threads', { threads: 3 })
    for (const dtype of ['float32', 'bfloat16'] as const) {
      const logits = tensor(
        { data: Float64Array.from({ length: 100_000 }, (_, k) => draw(k)), shape: [2, 50_000] },
        dtype,
      )
      const labels = [17, 49_999]
      const upstream = { data: Float64Array.of(2, -0.5), shape: [2] }
      const [ours, theirs] = await Promise.all(
        [engine, wasm].map(async (on) => [
          await on.softmax({ logits }),
          await on.sparseSoftmaxCrossEntropyWithLogits({ labels, logits }),
          await on
            .valueAndGrad(on.sparseSoftmaxCrossEntropyWithLogits, 'logits')({ labels, logits }, { upstream })
            .then(({ grad }) => grad.logits),
        ]),
      )
      expect(ours!.map((one) => bytes(one))).toEqual(theirs!.map((one) => bytes(one)))
    }
    engine.close()
  })

  it('go into arrays of the caller and of the engine, without a promise as well', async () => {
    const engine = await createEngine('threads', { threads: 2 })
    const shape = [500, 999]
    const given = logitsOf(shape)
    const labels = labelsOf([500], 999)
    const expected = await wasm.valueAndGrad(
      wasm.sparseSoftmaxCrossEntropyWithLogits,
      'logits',
    )({ labels, logits: given })
    const here = {
      logits: engine.allocate(shape, 'float32'),
      value: engine.allocate([500], 'float32'),
      gradient: engine.allocate(shape, 'float32'),
    }
    here.logits.data.set(given.data as Float32Array)
    // at an odd place, where copying to shared memory is another matter
    const elsewhere = new Float32Array(500 * 999 + 1).subarray(1)
    for (const logits of [given, here.logits]) {
      for (const gradient of [elsewhere, here.gradient]) {
        const out = { value: here.value, grad: { logits: gradient } }
        const loss = engine.sync.valueAndGrad(engine.sync.sparseSoftmaxCrossEntropyWithLogits, 'logits')
        const { value, grad } = loss({ labels, logits }, { out })
        expect(bytes(value)).toBe(bytes(expected.value))
        expect(bytes(grad.logits)).toBe(bytes(expected.grad.logits))
        numbers(grad.logits).length && (grad.logits.data as Float32Array).fill(0)
      }
    }
    engine.close()
  })
})

describe('an engine of threads', () => {
  it('runs calls that are made at the same time, large and small, one after the other', async () => {
    const engine = await createEngine('threads', { threads: 3 })
    const large = { labels: labelsOf([400], 1000), logits: logitsOf([400, 1000]) }
    const small = { labels: labelsOf([4], 10), logits: logitsOf([4, 10]) }
    const expected = [large, small].map((args) =>
      bytes(valueAndGrad(wasm.sparseSoftmaxCrossEntropyWithLogits, 'logits')(args).grad.logits),
    )
    const run = engine.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')
    const runNow = engine.sync.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')
    const pending = Array.from({ length: 30 }, (_, k) => run(k % 2 ? small : large))
    expect(bytes(runNow(large).grad.logits)).toBe(expected[0])
    const results = await Promise.all(pending)
    expect(results.map(({ grad }) => bytes(grad.logits))).toEqual(results.map((_, k) => expected[k % 2]))
    engine.close()
  })

  it('lets no input be written to, and no part of the caller’s array but the result', async () => {
    const engine = await createEngine('threads', { threads: 3 })
    const memory = engine.allocate([200_000], 'float32')
    const whole = memory.data as Float32Array
    const logits = whole.subarray(1, 1 + 77 * 1001)
    logits.set(logitsOf([77, 1001]).data as Float32Array)
    const before = logits.slice()
    const out = whole.subarray(90_000, 90_000 + 77 * 1001)
    whole.fill(-7, 80_000, 90_000).fill(-7, 90_000 + 77 * 1001)
    await engine.softmax({ logits: { data: logits, shape: [77, 1001] } }, { out })
    expect(logits).toEqual(before)
    expect(new Set([...whole.subarray(80_000, 90_000), ...whole.subarray(90_000 + 77 * 1001)])).toEqual(
      new Set([-7]),
    )
    engine.close()
  })

  it('refuses an array that overlaps another also when the memory has grown in between', async () => {
    const engine = await createEngine('threads', { threads: 2 })
    const array = engine.allocate([40, 1000], 'float32')
    const early = array.data as Float32Array
    engine.allocate([5_000_000], 'float32')
    expect(array.data.buffer).not.toBe(early.buffer)
    await expect(engine.softmax({ logits: array }, { out: early })).rejects.toMatchObject({ code: 'OUT' })
    engine.close()
  })

  it.each([0, 1.5, 257, Number.NaN])('refuses %d threads', async (threads) => {
    await expect(createEngine('threads', { threads })).rejects.toMatchObject({ code: 'VALUE' })
  })

  it('has all threads of the machine unless told otherwise', async () => {
    const engine = await createEngine('threads')
    expect(engine.threads).toBe((await import('node:os')).availableParallelism())
    engine.close()
    expect(wasm.threads).toBe(1)
  })
})

describe('what may go wrong with threads', () => {
  const started: Worker[] = []
  const RealWorker = worker_threads.Worker

  /** Keeps the workers that are started from now on, so that they can be lost. */
  const watchWorkers = (): void => {
    started.length = 0
    worker_threads.Worker = class extends RealWorker {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args)
        started.push(this)
      }
    }
  }

  afterEach(() => {
    worker_threads.Worker = RealWorker
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })

  const long = { labels: labelsOf([4000], 1000), logits: logitsOf([4000, 1000]) }

  it('a lost thread rejects the call that is under way, and the pool recovers', async () => {
    watchWorkers()
    const engine = await createEngine('threads', { threads: 3 })
    const loss = engine.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')
    const expected = bytes((await loss(long)).grad.logits)
    expect(started.length).toBe(2)
    // memory that others have had is what the next pool finds
    const used = engine.allocate([100_000], 'int32')
    used.data.fill(12345)
    used.free()
    // lost while it sleeps: the next call finds another
    void started[0]!.terminate()
    await vi.waitFor(() => expect(started.length).toBe(4), 5000)
    expect(bytes((await loss(long)).grad.logits)).toBe(expected)
    // lost while it computes
    let rejected = 0
    for (let attempt = 0; attempt < 50 && rejected === 0; attempt++) {
      const pending = Array.from({ length: 4 }, () => loss(long))
      void started.at(-1)!.terminate()
      for (const outcome of await Promise.allSettled(pending)) {
        if (outcome.status === 'fulfilled') expect(bytes(outcome.value.grad.logits)).toBe(expected)
        else {
          rejected++
          expect(outcome.reason).toMatchObject({
            code: 'ENGINE',
            message: expect.stringContaining('a thread was lost'),
          })
        }
      }
      // until the loss is noticed and others are there
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    expect(bytes((await loss(long)).grad.logits)).toBe(expected)
    expect(rejected).toBe(1)
    expect(
      bytes(engine.sync.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')(long).grad.logits),
    ).toBe(expected)
    engine.close()
  })

  it('close rejects what is under way and what comes, and ends every thread', async () => {
    watchWorkers()
    const engine = await createEngine('threads', { threads: 3 })
    const ends = started.map((worker) => new Promise((resolve) => worker.once('exit', resolve)))
    const pending = Array.from({ length: 3 }, () => engine.softmax({ logits: long.logits }))
    engine.close()
    const outcomes = await Promise.allSettled(pending)
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'ENGINE' })
    await expect(engine.softmax({ logits: [1, 2] })).rejects.toThrow('closed')
    expect(() => engine.sync.softmax({ logits: [1, 2] })).toThrow('closed')
    await Promise.all(ends)
  })

  it.each([
    [
      'there is no shared memory',
      () => vi.stubGlobal('SharedArrayBuffer', undefined),
      'cross-origin isolated',
    ],
    [
      'a page is not cross-origin isolated',
      () => vi.stubGlobal('crossOriginIsolated', false),
      'cross-origin isolated',
    ],
    [
      'no thread can be started',
      () => {
        worker_threads.Worker = class {
          constructor() {
            throw new Error('no more threads')
          }
        } as unknown as typeof Worker
      },
      'no more threads',
    ],
    [
      'a thread ends before it is ready',
      () => {
        worker_threads.Worker = class extends RealWorker {
          constructor(...args: ConstructorParameters<typeof Worker>) {
            super('throw new Error("not allowed")', args[1])
          }
        }
      },
      'not allowed',
    ],
  ])('where %s it says so and goes on with one', async (_, prepare, reason) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    prepare()
    const engine = await createEngine('threads', { threads: 4 })
    expect(engine.threads).toBe(1)
    expect(warn.mock.calls).toEqual([[expect.stringContaining(reason)]])
    expect(bytes(await engine.softmax({ logits: long.logits }))).toBe(
      bytes(await wasm.softmax({ logits: long.logits })),
    )
    engine.close()
  })

  it('a process ends although a pool is there, but not before its calls are done', async () => {
    const program = `
      import { createEngine } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)}
      const engine = await createEngine('threads', { threads: 4 })
      const logits = { data: new Float32Array(4_000_000), shape: [4, 1_000_000] }
      engine.softmax({ logits }).then((p) => console.log('done', p.size))`
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      timeout: 30_000,
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    })
    expect((await run).stdout).toBe('done 4000000\n')
  })
})

describe('threads for a long time', () => {
  it('100,000 calls take no more memory', { timeout: 120_000 }, async () => {
    const engine = await createEngine('threads', { threads: 2 })
    const small = { labels: labelsOf([64], 10), logits: logitsOf([64, 10]) }
    const large = { labels: labelsOf([40], 1000), logits: logitsOf([40, 1000]) }
    const loss = engine.sync.sparseSoftmaxCrossEntropyWithLogits
    const run = async (calls: number): Promise<void> => {
      for (let k = 0; k < calls; k++) {
        if (k % 100 === 0) await engine.sparseSoftmaxCrossEntropyWithLogits(large)
        else loss(k % 10 === 5 ? large : small)
      }
    }
    const pages = (): number => {
      const probe = engine.allocate([1], 'float32')
      const size = probe.data.buffer.byteLength
      probe.free()
      return size
    }
    await run(2000)
    const before = {
      pages: pages(),
      rss: process.memoryUsage().rss,
      handles: process.getActiveResourcesInfo().length,
    }
    await run(100_000)
    expect(pages()).toBe(before.pages)
    expect(process.memoryUsage().rss - before.rss).toBeLessThan(150_000_000)
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before.handles)
    engine.close()
  })

  it('200 engines, opened, used and closed, leave nothing behind', { timeout: 120_000 }, async () => {
    const args = { labels: labelsOf([40], 1000), logits: logitsOf([40, 1000]) }
    const handles = (): string[] =>
      process.getActiveResourcesInfo().filter((name) => /Worker|MessagePort/.test(name))
    const cycle = async (): Promise<void> => {
      const engine = await createEngine('threads', { threads: 2 })
      await engine.sparseSoftmaxCrossEntropyWithLogits(args)
      engine.close()
    }
    for (let k = 0; k < 20; k++) await cycle()
    await vi.waitFor(() => expect(handles()).toEqual([]), 5000)
    const before = process.memoryUsage().rss
    for (let k = 0; k < 200; k++) await cycle()
    await vi.waitFor(() => expect(handles()).toEqual([]), 5000)
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000)
  })
})

describe('a kernel module', () => {
  const forms = [...kernels.map(({ wasm }) => wasm!.modules), piecesModules]
  const texts = [layoutModules.plain, ...forms.flatMap(({ relaxed, plain }) => [relaxed, plain])]

  it('writes what is there already when a second thread starts it', () => {
    for (const text of texts) {
      const memory = new WebAssembly.Memory({ initial: 1 })
      const module = new WebAssembly.Module(bytesOf(text))
      new WebAssembly.Instance(module, { env: { memory } })
      const constants = new Uint8Array(memory.buffer).slice()
      // whatever is written in passing would be seen by those who compute
      for (const [start, segment] of dataOf(bytesOf(text)))
        expect(segment).toEqual(constants.slice(start, start + segment.length))
    }
  })
})

/** The data segments of a module: their places and their bytes. */
const dataOf = (module: Uint8Array): [number, Uint8Array][] => {
  let at = 8
  const number = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = module[at++]!
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  while (at < module.length) {
    const id = module[at++]
    const size = number()
    if (id !== 11) {
      at += size
      continue
    }
    return Array.from({ length: number() }, () => {
      expect(module[at++]).toBe(0)
      expect(module[at++]).toBe(0x41)
      const start = number()
      expect(module[at++]).toBe(0x0b)
      const length = number()
      at += length
      return [start, module.slice(at - length, at)] as [number, Uint8Array]
    })
  }
  return []
}
