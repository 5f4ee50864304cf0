import { type Comparison, type LossFunction, named } from '../losses/loss-function.ts'
import { binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy } from './accuracies.ts'

/**
 * A metric as tfjs-layers is to know it: 'accuracy' and 'crossentropy' become those that match a loss of `xent/tfjs`, under
 * the names by which tfjs-layers logs them.
 */
export const metricMatching = (
  loss: string | Comparison | undefined,
  metric: string | Comparison,
): string | Comparison => {
  if (!isOurs(loss)) return metric
  if (metric === 'accuracy' || metric === 'acc') return named('acc', loss.accuracy ?? accuracyByShape(loss))
  if (metric === 'crossentropy' || metric === 'ce') return named('ce', loss)
  return metric
}

const isOurs = (loss: string | Comparison | undefined): loss is LossFunction =>
  typeof loss === 'function' && 'isSparse' in loss

const accuracyByShape =
  ({ isSparse }: LossFunction): Comparison =>
  (yTrue, yPred) => {
    if (isSparse) return sparseCategoricalAccuracy()(yTrue, yPred)
    return (yPred.shape.at(-1) === 1 ? binaryAccuracy() : categoricalAccuracy())(yTrue, yPred)
  }
