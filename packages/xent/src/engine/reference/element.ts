import type { Rounding } from './rounding.ts'
import { product } from './row.ts'

/** The parts that the sigmoid losses are made of, at one logit. */
export interface Sigmoid {
  /** σ(x) and σ(−x), each exact however small. */
  readonly positive: number
  readonly negative: number
  /** The smaller of them. */
  readonly far: number
  /** max(x, 0), max(−x, 0) and log1p(exp(−|x|)): softplus(x) = above + tail, softplus(−x) = below + tail. */
  readonly above: number
  readonly below: number
  readonly tail: number
  readonly rounding: Rounding
}

export const sigmoidParts = (x: number, rounding: Rounding): Sigmoid => {
  const e = Number.isFinite(x) ? Math.max(rounding.least, Math.exp(-Math.abs(x))) : Math.exp(-Math.abs(x))
  const near = 1 / (1 + e)
  const far = e / (1 + e)
  return {
    positive: x >= 0 ? near : far,
    negative: x >= 0 ? far : near,
    far,
    above: Math.max(x, 0),
    below: Math.max(-x, 0),
    tail: Math.log1p(e),
    rounding,
  }
}

// σ and softplus are what they tend to far from 0, which may be exact, and a part that vanishes there: the last addition
// of each formula joins the two.

/** (1 − z)·softplus(x) + w·z·softplus(−x) */
export const elementValue = (
  { above, below, tail, rounding }: Sigmoid,
  label: number,
  weight: number,
): number => {
  const absent = 1 - label
  const present = weight * label
  return rounding.add(product(absent, above) + product(present, below), (absent + present) * tail)
}

/** u·((1 − z)·σ(x) − w·z·σ(−x)) */
export const logitSlope = (
  { positive, negative, far, rounding }: Sigmoid,
  label: number,
  weight: number,
  upstream: number,
): number => {
  const absent = upstream * (1 - label)
  const present = upstream * weight * label
  return positive >= negative
    ? rounding.add(absent, -(absent + present) * far)
    : rounding.add(-present, (absent + present) * far)
}

/** w·softplus(−x) − softplus(x), sorted so that weight 1 leaves exactly −x. */
export const labelSlope = ({ above, below, tail, rounding }: Sigmoid, weight: number): number =>
  rounding.add((weight - 1) * tail, product(weight, below) - above)

/** u·z·softplus(−x) */
export const weightSlope = ({ below, tail, rounding }: Sigmoid, label: number, upstream: number): number =>
  rounding.add(product(upstream * label, below), upstream * label * tail)
