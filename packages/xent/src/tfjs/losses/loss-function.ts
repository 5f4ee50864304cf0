import { type Tensor, tidy } from '@tensorflow/tfjs-core'
import { withDefaults } from '../../keras/options.ts'
import { floatsOf, numbersOf } from '../arguments.ts'

/** Compares labels and predictions, as tfjs-layers wants losses and metrics. */
export type Comparison = (yTrue: Tensor, yPred: Tensor) => Tensor

/**
 * A loss for TensorFlow.js, not reduced: `loss` or a metric of `model.compile`, or what `tf.grad` and
 * `optimizer.minimize` differentiate.
 */
export interface LossFunction {
  /** @returns a value for each example, of float32 */
  (yTrue: Tensor, yPred: Tensor): Tensor
  /** Whether labels are class indices. */
  readonly isSparse: boolean
  /** The metric that 'accuracy' means beside this loss, where that is not for the shape of the predictions to say. */
  readonly accuracy?: LossFunction | undefined
  /** Whether each label counts in a mean of the losses, as booleans, where not all do. */
  readonly isCounted?: ((yTrue: Tensor) => Tensor) | undefined
}

/** What a loss compares. */
export interface Pair {
  /** What errors name. */
  readonly fn: string
  /** Labels of any real type. */
  readonly yTrue: Tensor
  /** Predictions of float32. */
  readonly yPred: Tensor
}

/** All that is particular to a loss. */
interface Definition<Options extends object> {
  /** The name of the factory and of the functions that it makes, by which tfjs-layers logs them. */
  readonly name: string
  /** The options and their defaults. */
  readonly options: Required<Options>
  /** Whether labels are class indices. Default false. */
  readonly isSparse?: boolean
  /** The accuracy that matches the loss. */
  readonly accuracy?: (options: Required<Options>) => LossFunction
  /** Which labels count in a mean, where not all do. */
  readonly isCounted?: (options: Required<Options>) => ((yTrue: Tensor) => Tensor) | undefined
  /** Refuses options that make no sense whatever is compared. */
  readonly check?: (fn: string, options: Required<Options>) => void
  readonly compute: (pair: Pair, options: Required<Options>) => Tensor
}

/**
 * Makes the factory of a loss or a metric: options are checked when the function is made, tensors when it is called, and
 * what a call makes on the way is disposed.
 */
export const lossFactory =
  <Options extends object>(definition: Definition<Options>): ((options?: Options) => LossFunction) =>
  (given) => {
    const { name, isSparse = false, accuracy, isCounted, check, compute } = definition
    const options = withDefaults(name, definition.options, given)
    check?.(name, options)
    const loss: Comparison = (yTrue, yPred) =>
      tidy(name, () => {
        const labels = numbersOf(name, 'yTrue', yTrue)
        return compute({ fn: name, yTrue: labels, yPred: floatsOf(name, 'yPred', yPred) }, options)
      })
    return Object.assign(named(name, loss), {
      isSparse,
      accuracy: accuracy?.(options),
      isCounted: isCounted?.(options),
    })
  }

/** A loss or metric under the name by which tfjs-layers logs it. */
export const named = (name: string, compare: Comparison): Comparison =>
  Object.defineProperty((yTrue: Tensor, yPred: Tensor) => compare(yTrue, yPred), 'name', { value: name })
