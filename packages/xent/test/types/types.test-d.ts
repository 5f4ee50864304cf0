import { describe, expectTypeOf, it } from 'vitest'
import { softmaxCrossEntropyWithLogits as v1 } from '../../src/compat/v1/index.ts'
import {
  createEngine,
  type Differentiable,
  type FloatTensor,
  hessianVectorProduct,
  type SparseArgs,
  softmaxCrossEntropyWithLogits,
  sparseSoftmaxCrossEntropyWithLogits,
  valueAndGrad,
  type WeightedArgs,
  weightedCrossEntropyWithLogits,
  type XentEngine,
} from '../../src/index.ts'

const dense = { labels: [[1, 0]], logits: [[1, 2]] }

describe('types', () => {
  it('a loss takes one object of named arguments and gives a FloatTensor', () => {
    expectTypeOf(sparseSoftmaxCrossEntropyWithLogits).toEqualTypeOf<Differentiable<SparseArgs, 'logits'>>()
    expectTypeOf(sparseSoftmaxCrossEntropyWithLogits).parameter(0).toEqualTypeOf<SparseArgs>()
    expectTypeOf(softmaxCrossEntropyWithLogits(dense)).toEqualTypeOf<FloatTensor>()
    // @ts-expect-error a positional call
    softmaxCrossEntropyWithLogits([[1, 0]], [[1, 2]])
    // @ts-expect-error labels are missing
    softmaxCrossEntropyWithLogits({ logits: [[1, 2]] })
    // @ts-expect-error no such argument
    softmaxCrossEntropyWithLogits({ ...dense, axes: 1 })
    // @ts-expect-error no such policy
    sparseSoftmaxCrossEntropyWithLogits({ labels: [0], logits: [[1, 2]], outOfRange: 'ignore' })
  })

  it('valueAndGrad knows the gradients that were asked for, and refuses others', () => {
    const both = valueAndGrad(softmaxCrossEntropyWithLogits, ['logits', 'labels'])(dense)
    expectTypeOf(both.grad).toEqualTypeOf<{ readonly logits: FloatTensor; readonly labels: FloatTensor }>()
    const one = valueAndGrad(softmaxCrossEntropyWithLogits, 'logits')(dense, { upstream: 0.5 })
    expectTypeOf(one.grad).toEqualTypeOf<{ readonly logits: FloatTensor }>()
    expectTypeOf(valueAndGrad(weightedCrossEntropyWithLogits, 'posWeight'))
      .parameter(0)
      .toEqualTypeOf<WeightedArgs>()
    // @ts-expect-error class indices have no gradient
    valueAndGrad(sparseSoftmaxCrossEntropyWithLogits, 'labels')
    // @ts-expect-error a misspelt name
    valueAndGrad(softmaxCrossEntropyWithLogits, ['logit'])
    // @ts-expect-error version 1 has no gradient into the labels
    valueAndGrad(v1, 'labels')
    const unwanted = { out: { grad: { labels: new Float32Array(2) } } }
    // @ts-expect-error an array for a gradient that was not asked for
    valueAndGrad(softmaxCrossEntropyWithLogits, 'logits')(dense, unwanted)
    // @ts-expect-error not a function of this library
    valueAndGrad((args: object) => args, 'logits')
  })

  it('hessianVectorProduct gives a FloatTensor for a name and a record for a list', () => {
    const single = hessianVectorProduct(softmaxCrossEntropyWithLogits, 'logits')(dense, [[1, 0]])
    expectTypeOf(single).toEqualTypeOf<FloatTensor>()
    const listed = hessianVectorProduct(softmaxCrossEntropyWithLogits, ['logits', 'labels'])(dense, {
      logits: [[1, 0]],
      labels: [[0, 0]],
    })
    expectTypeOf(listed).toEqualTypeOf<{ readonly logits: FloatTensor; readonly labels: FloatTensor }>()
    // @ts-expect-error a tangent is missing
    hessianVectorProduct(softmaxCrossEntropyWithLogits, ['logits', 'labels'])(dense, { logits: [[1, 0]] })
    // @ts-expect-error no such argument
    hessianVectorProduct(softmaxCrossEntropyWithLogits, 'weights')
  })

  it('an engine has the same functions, which return promises', () => {
    expectTypeOf(createEngine).returns.resolves.toEqualTypeOf<XentEngine>()
    expectTypeOf<XentEngine['softmax']>().returns.resolves.toEqualTypeOf<FloatTensor>()
    // @ts-expect-error no such engine
    createEngine('cuda')
    const use = async (engine: XentEngine): Promise<void> => {
      const mine = await engine.valueAndGrad(engine.softmaxCrossEntropyWithLogits, 'labels')(dense)
      expectTypeOf(mine.grad).toEqualTypeOf<{ readonly labels: FloatTensor }>()
      await engine.valueAndGrad(softmaxCrossEntropyWithLogits, 'labels')(dense)
      // @ts-expect-error class indices have no gradient
      engine.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'labels')
    }
    expectTypeOf(use).toBeFunction()
  })
})
