import type { Plan } from '../../../keras/plan.ts'
import { isFloat } from '../../../tensor/dtype.ts'
import { encoded } from '../../../tensor/encoding.ts'
import { read, type TensorLike } from '../../../tensor/read.ts'
import { sizeOf } from '../../../tensor/shape.ts'
import { elementsIn } from '../../../tensor/strided.ts'
import { Tensor } from '../../../tensor/tensor.ts'
import { type LossFunction, lossFunction } from './loss-function.ts'
import { type ReducedArgs, weighted } from './weighting.ts'

export interface WeightedLossArgs extends ReducedArgs {
  /** Losses of one's own: any real type, any shape. */
  readonly losses: TensorLike
}

const name = 'computeWeightedLoss'

/**
 * Losses, weighted and reduced.
 *
 * Σ w · loss, divided as the reduction says
 *
 * @param losses any shape
 * @returns a scalar, or with `reduction: 'none'` the weighted losses; dtype of losses, float32 for integers
 * @throws XentError SHAPE_MISMATCH where weights do not fit, MISSING_ARGUMENT, REDUCTION
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/losses/compute_weighted_loss
 */
export const computeWeightedLoss: LossFunction<WeightedLossArgs, 'losses'> = /*#__PURE__*/ lossFunction({
  name,
  required: [],
  converted: ['losses'],
  optional: ['reduction'],
  keys: { losses: 'yPred' },
  plan: (args: WeightedLossArgs) => weighted(name, identityPlan(args.losses), args),
})

/** The losses themselves, each of which changes with itself alone. */
const identityPlan = (like: TensorLike): Plan => {
  const losses = read(name, 'losses', like, 'float32')
  const { shape } = losses
  const dtype = isFloat(losses.dtype) ? losses.dtype : 'float32'
  return {
    shape,
    dtype,
    run: (factors) => {
      const slopes = typeof factors === 'number' ? new Float64Array(sizeOf(shape)).fill(factors) : factors
      const yPred = new Tensor(encoded(slopes, dtype), shape, dtype)
      return { values: elementsIn('float64', losses), gradients: { yPred } }
    },
  }
}
