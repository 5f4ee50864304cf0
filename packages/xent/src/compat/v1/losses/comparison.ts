import { type Element, sumOf } from '../../../keras/elementwise.ts'
import type { Pair } from '../../../keras/pair.ts'
import type { Plan } from '../../../keras/plan.ts'
import { rowsPlan } from '../../../keras/rows.ts'
import type { TensorLike } from '../../../tensor/read.ts'
import { type LossFunction, lossFunction } from './loss-function.ts'
import { castPair } from './pair.ts'
import { type ReducedArgs, weighted } from './weighting.ts'

export interface ComparisonArgs extends ReducedArgs {
  /** What is true: any real type, the shape of the predictions. */
  readonly labels: TensorLike
  /** What is predicted: any real type, any shape. Computed as float32, or float64 where it is that. */
  readonly predictions: TensorLike
}

/** A loss that compares labels with predictions, element by element or along an axis. */
export const comparison = <Args extends ComparisonArgs>(
  name: string,
  options: readonly string[],
  plan: (pair: Pair, args: Args) => Plan,
): LossFunction<Args, 'labels' | 'predictions'> =>
  lossFunction({
    name,
    required: ['labels', 'predictions'],
    optional: [...options, 'reduction'],
    keys: { labels: 'yTrue', predictions: 'yPred' },
    plan: (args) => {
      const names = { yTrue: 'labels', yPred: 'predictions' }
      const pair = castPair(name, names, args.labels, args.predictions)
      return weighted(name, plan(pair, args), args)
    },
  })

/** A loss for each element. */
export const elementsPlan = (pair: Pair, value: Element, byTrue: Element, byPred: Element): Plan =>
  rowsPlan(pair, [], sumOf(value, byTrue, byPred))

/** A loss for each element of the errors p − y. */
export const errorsPlan = (
  pair: Pair,
  value: (error: number) => number,
  slope: (error: number) => number,
): Plan =>
  elementsPlan(
    pair,
    (y, p) => value(p - y),
    (y, p) => -slope(p - y),
    (y, p) => slope(p - y),
  )
