import { describe, expect, it } from 'vitest'
import { allocate as allocateIn, release } from '../../src/engine/wasm/allocation.ts'
import { createMemory, type Range } from '../../src/engine/wasm/memory.ts'
import {
  allocate,
  createEngine,
  softmax,
  sparseSoftmaxCrossEntropyWithLogits,
  tensor,
  valueAndGrad,
} from '../../src/index.ts'
import { engines, numbers, randomStream } from '../support.ts'

const fill = (array: Float32Array, seed: number): Float32Array => {
  const random = randomStream(seed)
  return array.map(() => 6 * random() - 3)
}

describe('the memory of the wasm engine', () => {
  it('hands out ranges that do not overlap, and takes them back', () => {
    const memory = createMemory()
    const random = randomStream(3)
    const held = new Set<Range>()
    for (let step = 0; step < 2000; step++) {
      if (held.size > 20 || (held.size > 0 && random() < 0.4)) {
        const range = [...held][Math.floor(random() * held.size)]!
        release(memory, range)
        held.delete(range)
      } else {
        const bytes = Math.floor(random() * 40_000)
        const range = allocateIn(memory, bytes)
        const end = range.start + range.size
        for (const other of held)
          expect(end <= other.start || other.start + other.size <= range.start).toBe(true)
        expect(range.start % 16).toBe(0)
        expect(range.size).toBeGreaterThanOrEqual(bytes)
        expect(end).toBeLessThanOrEqual(memory.views.buffer.byteLength)
        held.add(range)
      }
    }
    for (const range of held) release(memory, range)
    const size = memory.views.buffer.byteLength
    release(memory, allocateIn(memory, size - 65536 - 32))
    expect(memory.views.buffer.byteLength).toBe(size)
  })

  it('goes on after a request that it could not meet', () => {
    const memory = createMemory()
    memory.scratch(1000)
    expect(() => memory.scratch(2 ** 33)).toThrow('do not fit')
    const pointer = memory.scratch(1000)
    expect(allocateIn(memory, 1000).start).not.toBe(pointer)
  })

  it('stays small for inputs many times its size', async () => {
    const engine = await createEngine('wasm')
    const logits = { data: new Float32Array(8_000_000), shape: [8000, 1000] }
    const labels = new Int32Array(8000)
    const { value } = await engine.valueAndGrad(
      engine.sparseSoftmaxCrossEntropyWithLogits,
      'logits',
    )({ labels, logits })
    expect(value.data[7999]).toBe(Math.fround(Math.log(1000)))
    const probe = engine.allocate([1], 'float32')
    expect(probe.data.buffer.byteLength).toBeLessThan(1_000_000)
  })

  it('does not grow over 100,000 calls of changing shape', () => {
    const shapes = [
      [64, 2],
      [3, 100],
      [1, 1000],
      [17, 10],
    ]
    const inputs = shapes.map((shape) => ({
      logits: { data: fill(new Float32Array(shape[0]! * shape[1]!), 1), shape },
      labels: new Int32Array(shape[0]!),
    }))
    const run = (count: number): void => {
      for (let k = 0; k < count; k++)
        valueAndGrad(sparseSoftmaxCrossEntropyWithLogits, 'logits')(inputs[k % 4]!)
    }
    run(1000)
    const pages = (): number => {
      const probe = allocate([1], 'float32')
      const bytes = probe.data.buffer.byteLength
      probe.free()
      return bytes
    }
    const wasm = pages()
    const before = process.memoryUsage().rss
    run(100_000)
    expect(pages()).toBe(wasm)
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000)
  })
})

describe.each(engines)('allocate on $name', (engine) => {
  it('gives zero-filled arrays that calls read and write in place with the same bits', async () => {
    const shape = [130, 77]
    const data = fill(new Float32Array(130 * 77), 2)
    const labels = Int32Array.from({ length: 130 }, (_, k) => k % 77)
    const logits = engine.allocate(shape, 'float32')
    const gradient = engine.allocate(shape, 'float32')
    const value = engine.allocate([130], 'float32')
    expect(new Set(numbers(logits))).toEqual(new Set([0]))
    ;(logits.data as Float32Array).set(data)
    const loss = engine.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')
    const elsewhere = await loss({ labels, logits: { data, shape } })
    const here = await loss({ labels, logits }, { out: { value, grad: { logits: gradient } } })
    expect(here.grad.logits.data.buffer).toBe(gradient.data.buffer)
    expect(numbers(gradient)).toEqual(numbers(elsewhere.grad.logits))
    expect(numbers(value)).toEqual(numbers(elsewhere.value))
    expect(numbers(logits)).toEqual(Array.from(data))
    for (const array of [logits, gradient, value]) array.free()
  })

  it('gives arrays that outlive a growth of the memory, as arguments and as results', async () => {
    const small = engine.allocate([4, 5], 'float32')
    ;(small.data as Float32Array).set(fill(new Float32Array(20), 3))
    const before = numbers(await engine.softmax({ logits: small }))
    const large = engine.allocate([3_000_000], 'float64')
    expect(numbers(await engine.softmax({ logits: small }))).toEqual(before)
    expect(small.data.length).toBe(20)
    large.free()
    small.free()
  })

  it('lets one call grow the memory under the arrays that it was given', async () => {
    const classes = 2_000_000
    const fresh = await createEngine(engine.name === 'reference' ? 'reference' : 'wasm')
    const labels = fresh.allocate([1], 'int32')
    const upstream = fresh.allocate([1], 'float64')
    const value = fresh.allocate([1], 'float64')
    upstream.data[0] = 2
    const { grad } = await fresh.valueAndGrad(fresh.sparseSoftmaxCrossEntropyWithLogits, 'logits')(
      {
        labels: { data: labels.data, shape: [1] },
        logits: { data: new Float64Array(classes), shape: [1, classes] },
      },
      { upstream: { data: upstream.data, shape: [1] }, out: { value: value.data } },
    )
    expect(value.data[0]).toBeCloseTo(Math.log(classes), 12)
    expect(grad.logits.data[1]).toBeCloseTo(2 / classes, 18)
    fresh.close()
  })

  it.each([
    ['float32', [2, 20, 9000], 1],
    ['float32', [2, 3, 9000], 1],
    ['bfloat16', [40, 5000], 1],
    ['float16', [5000, 40], 0],
  ] as const)(
    'lets it grow under %s arrays of shape %j with classes along %d, too',
    async (dtype, shape, axis) => {
      const fresh = await createEngine(engine.name === 'reference' ? 'reference' : 'wasm')
      const size = shape.reduce((a, b) => a * b, 1)
      const given = tensor({ data: Float64Array.from({ length: size }, (_, k) => Math.sin(k)), shape }, dtype)
      const logits = fresh.allocate(shape, dtype)
      logits.data.set(given.data as Float32Array)
      const labels = { data: new Int32Array(size / shape[axis]!), shape: shape.filter((_, k) => k !== axis) }
      const pages = logits.data.buffer.byteLength
      const here = await fresh.sparseSoftmaxCrossEntropyWithLogits({ labels, logits, axis })
      if (engine.name !== 'reference') expect(logits.data.buffer.byteLength).toBeGreaterThan(pages)
      const elsewhere = await fresh.sparseSoftmaxCrossEntropyWithLogits({ labels, logits: given, axis })
      expect(numbers(here)).toEqual(numbers(elsewhere))
      fresh.close()
    },
  )

  it('gives an array back at the end of the block that is using it', () => {
    const seen = (() => {
      using array = engine.allocate([3], 'float32')
      return array
    })()
    if (engine.name !== 'reference') expect(() => seen.data).toThrow('given back')
  })

  it('refuses the data of an array that was given back, or a shape that is none', () => {
    const array = engine.allocate([3], 'float32')
    array.free()
    array.free()
    if (engine.name !== 'reference') expect(() => array.data).toThrow('given back')
    expect(() => engine.allocate([-1], 'float32')).toThrow('expected a shape')
  })
})

describe('out', () => {
  it('receives the results in the arrays given, of the value and of each gradient', () => {
    const out = { value: new Float32Array(2), grad: { logits: new Float32Array(4) } }
    const args = { labels: [1, 0], logits: { data: Float32Array.of(1, 2, 3, 5), shape: [2, 2] } }
    const { value, grad } = valueAndGrad(sparseSoftmaxCrossEntropyWithLogits, 'logits')(args, { out })
    expect(value.data).toBe(out.value)
    expect(grad.logits.data).toBe(out.grad.logits)
    const fresh = valueAndGrad(sparseSoftmaxCrossEntropyWithLogits, 'logits')(args)
    expect(numbers(out.value)).toEqual(numbers(fresh.value))
    expect(numbers(out.grad.logits)).toEqual(numbers(fresh.grad.logits))
    const p = new Float32Array(2)
    softmax({ logits: [0, 0] }, { out: p })
    expect(Array.from(p)).toEqual([0.5, 0.5])
  })
})
