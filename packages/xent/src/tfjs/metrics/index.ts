/**
 * The metrics of Keras that go with its cross-entropies, for TensorFlow.js.
 *
 * @module
 */
export {
  type BinaryAccuracyOptions,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
} from './accuracies.ts'
export { sparseTopKCategoricalAccuracy, type TopKOptions, topKCategoricalAccuracy } from './top-k.ts'
