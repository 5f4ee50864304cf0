import { describe, expectTypeOf, it } from 'vitest'
import { losses } from '../../src/compat/v1/index.ts'
import { type FloatTensor, type TensorLike, valueAndGrad } from '../../src/index.ts'
import {
  CategoricalCrossentropy,
  compileLoss,
  get,
  huber,
  Loss,
  SparseCategoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from '../../src/keras/index.ts'

const [yTrue, yPred] = [[[0, 1]], [[0.5, 0.5]]]

describe('types of xent/keras', () => {
  it('an instance is a function of labels, predictions and weights', () => {
    const loss = new CategoricalCrossentropy({ from_logits: true, labelSmoothing: 0.1 })
    expectTypeOf(loss(yTrue, yPred, { sampleWeight: [1], mask: [true] })).toEqualTypeOf<FloatTensor>()
    expectTypeOf(loss.perExample(yTrue, yPred)).toEqualTypeOf<FloatTensor>()
    // @ts-expect-error no such option
    new CategoricalCrossentropy({ fromLogit: true })
    // @ts-expect-error no such reduction
    new CategoricalCrossentropy({ reduction: 'average' })
    // @ts-expect-error predictions are missing
    loss(yTrue)
    // @ts-expect-error no such option of a call
    loss(yTrue, yPred, { weights: [1] })
  })

  it('valueAndGrad knows the gradients of a loss, and refuses others', () => {
    const { value, grad } = valueAndGrad(new CategoricalCrossentropy(), ['yPred', 'yTrue'])(yTrue, yPred, {
      upstream: 2,
    })
    expectTypeOf(value).toEqualTypeOf<FloatTensor>()
    expectTypeOf(grad).toEqualTypeOf<{ readonly yPred: FloatTensor; readonly yTrue: FloatTensor }>()
    const one = valueAndGrad(huber, 'yPred')(yTrue, yPred, { delta: 2, upstream: [1] })
    expectTypeOf(one.grad).toEqualTypeOf<{ readonly yPred: FloatTensor }>()
    // @ts-expect-error class indices have no gradient
    valueAndGrad(new SparseCategoricalCrossentropy(), 'yTrue')
    // @ts-expect-error class indices have no gradient
    valueAndGrad(sparseCategoricalCrossentropy, ['yTrue'])
    // @ts-expect-error a name of xent's other functions
    valueAndGrad(huber, 'logits')
  })

  it('get gives something to call, or null for null', () => {
    expectTypeOf(get('mse')(yTrue, yPred)).toEqualTypeOf<FloatTensor>()
    expectTypeOf(get(null)).toEqualTypeOf<null>()
    // @ts-expect-error no identifier
    get(3)
  })

  it('compileLoss wants labels and predictions in the form of the losses', () => {
    const loss = compileLoss(
      { a: 'mse', b: new SparseCategoricalCrossentropy() },
      { lossWeights: { a: 1, b: 2 } },
    )
    const arrays = { a: [[1]], b: [[1]] }
    expectTypeOf(loss(arrays, arrays)).toEqualTypeOf<FloatTensor>()
    const { grad } = valueAndGrad(loss, 'yPred')(arrays, arrays)
    expectTypeOf(grad.yPred).toEqualTypeOf<{ readonly a: FloatTensor; readonly b: FloatTensor }>()
    // @ts-expect-error the other output is missing
    loss({ a: [[1]] }, arrays)
    // @ts-expect-error no such output
    compileLoss({ a: 'mse' }, { lossWeights: { b: 1 } })
    expectTypeOf(compileLoss('mse').perOutput(yTrue, yPred)).toEqualTypeOf<FloatTensor>()
    expectTypeOf(compileLoss(['mse', 'mae']).perOutput([1, 2], [1, 2])).toEqualTypeOf<
      readonly [FloatTensor, FloatTensor]
    >()
  })

  it('a subclass has to say what its losses are', () => {
    // @ts-expect-error perExample is missing
    class Incomplete extends Loss {}
    class Complete extends Loss {
      perExample(_yTrue: TensorLike, y: TensorLike): TensorLike {
        return y
      }
    }
    expectTypeOf(new Complete()(yTrue, yPred)).toEqualTypeOf<FloatTensor>()
    expectTypeOf(Incomplete).not.toBeAny()
  })

  it('losses of version 1 take one object of named arguments', () => {
    const args = { labels: [1], predictions: [2] }
    expectTypeOf(losses.meanSquaredError(args)).toEqualTypeOf<FloatTensor>()
    expectTypeOf(valueAndGrad(losses.meanSquaredError, 'predictions')(args).grad).toEqualTypeOf<{
      readonly predictions: FloatTensor
    }>()
    // @ts-expect-error no gradient flows into these labels
    valueAndGrad(losses.softmaxCrossEntropy, 'onehotLabels')
    // @ts-expect-error positional arguments
    losses.meanSquaredError([1], [2])
  })
})
