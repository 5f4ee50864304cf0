/** What the cross-entropies of Keras have in common. */
export interface CrossentropyOptions {
  /** Whether predictions are logits, not probabilities. Default false. */
  readonly fromLogits?: boolean
  /** How much of each label is spread evenly over all that it could be. Default 0. */
  readonly labelSmoothing?: number
  /** The axis of the classes. Default the last. */
  readonly axis?: number
}

export const crossentropyDefaults: Required<CrossentropyOptions> = {
  fromLogits: false,
  labelSmoothing: 0,
  axis: -1,
}
