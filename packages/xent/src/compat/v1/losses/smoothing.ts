import { type Pair, relabeled } from '../../../keras/pair.ts'
import type { ReducedArgs } from './weighting.ts'

export interface SmoothedArgs extends ReducedArgs {
  /** α, how far the labels are moved towards being the same for all outcomes; not at all where it is not above 0. Default 0. */
  readonly labelSmoothing?: number
}

/** The pair with labels (1 − α) · y + α / outcomes. */
export const smoothed = (pair: Pair, { labelSmoothing = 0 }: SmoothedArgs, outcomes: number): Pair =>
  labelSmoothing > 0 ? relabeled(pair, 1 - labelSmoothing, labelSmoothing / outcomes) : pair
