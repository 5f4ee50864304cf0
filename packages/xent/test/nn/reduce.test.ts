import { describe, expect, it } from 'vitest'
import { computeAverageLoss, reduceMean, reduceSum, tensor } from '../../src/index.ts'

describe('reduceMean and reduceSum', () => {
  it.each([
    [
      'nested numbers',
      [
        [1, 2],
        [3, 4],
      ],
      'float32',
      2.5,
      10,
    ],
    ['float64', Float64Array.of(0.1, 0.2, 0.3), 'float64', 0.20000000000000004, 0.6000000000000001],
    ['float16', tensor([1, 2, 4], 'float16'), 'float16', 2.333984375, 7],
    ['bfloat16', tensor([1, 2, 4], 'bfloat16'), 'bfloat16', 2.328125, 7],
    ['integers, as float64', Int32Array.of(1, 0, 1, 0), 'float64', 0.5, 2],
    ['int64, as float64', BigInt64Array.of(1n, 2n), 'float64', 1.5, 3],
    ['booleans, as float64', [true, false, true, true], 'float64', 0.75, 3],
    ['a scalar', 7, 'float32', 7, 7],
  ] as const)('reduce %s', (_, like, dtype, mean, sum) => {
    expect(reduceMean(like).dtype).toBe(dtype)
    expect(reduceMean(like).shape).toEqual([])
    expect(reduceMean(like).item()).toBe(mean)
    expect(reduceSum(like).item()).toBe(sum)
  })

  it('sum in float64 what float32 would lose', () => {
    const values = new Float32Array(20_000_001).fill(1)
    values[0] = 2 ** 24
    expect(reduceSum(values).item()).toBe(2 ** 24 + 20_000_000)
  })

  it('reduce no elements to NaN and to 0', () => {
    expect(reduceMean([]).item()).toBeNaN()
    expect(reduceSum(new Float32Array(0)).item()).toBe(0)
  })

  it('read strided views', () => {
    const view = { data: Float32Array.of(1, 9, 2, 9, 3, 9), shape: [3], strides: [2] }
    expect(reduceSum(view).item()).toBe(6)
  })
})

describe('computeAverageLoss', () => {
  it('divides by the first dimension, or by the global batch size', () => {
    expect(computeAverageLoss({ perExampleLoss: [1, 2, 3, 4] }).item()).toBe(2.5)
    expect(
      computeAverageLoss({
        perExampleLoss: [
          [1, 2],
          [3, 4],
        ],
      }).item(),
    ).toBe(5)
    expect(computeAverageLoss({ perExampleLoss: [1, 2, 3, 4], globalBatchSize: 8 }).item()).toBe(1.25)
    expect(computeAverageLoss({ perExampleLoss: [1, 2], globalBatchSize: 0 }).item()).toBe(0)
    expect(computeAverageLoss({ perExampleLoss: [] }).item()).toBe(0)
  })

  it('weights without putting the weights into the divisor', () => {
    expect(computeAverageLoss({ perExampleLoss: [1, 2], sampleWeight: [0.5, 0.25] }).item()).toBe(0.5)
    expect(
      computeAverageLoss({
        perExampleLoss: [
          [1, 2],
          [3, 4],
        ],
        sampleWeight: [1, 0],
      }).item(),
    ).toBe(1.5)
    expect(computeAverageLoss({ perExampleLoss: [1, 2], sampleWeight: [[3], [1]] }).item()).toBe(2.5)
    expect(computeAverageLoss({ perExampleLoss: [1, 2], sampleWeight: 2 }).item()).toBe(3)
  })

  it('keeps the digits of float64 losses', () => {
    const weighted = {
      perExampleLoss: Float64Array.of(1 / 3, 1 / 7),
      sampleWeight: Float64Array.of(0.1, 0.7),
    }
    expect(computeAverageLoss(weighted).item()).toBe(((1 / 3) * 0.1 + (1 / 7) * 0.7) / 2)
  })
})
