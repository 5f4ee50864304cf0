import type { Add } from './rounding.ts'
import { product } from './row.ts'

/** The parts that the sigmoid losses are made of, at one logit. */
export interface Sigmoid {
  /** σ(x) and σ(−x), each exact however small. */
  readonly positive: number
  readonly negative: number
  /** max(x, 0), max(−x, 0) and log1p(exp(−|x|)): softplus(x) = above + tail, softplus(−x) = below + tail. */
  readonly above: number
  readonly below: number
  readonly tail: number
}

export const sigmoidParts = (x: number): Sigmoid => {
  const e = Math.exp(-Math.abs(x))
  const near = 1 / (1 + e)
  const far = e / (1 + e)
  return {
    positive: x >= 0 ? near : far,
    negative: x >= 0 ? far : near,
    above: Math.max(x, 0),
    below: Math.max(-x, 0),
    tail: Math.log1p(e),
  }
}

export const elementValue = (parts: Sigmoid, label: number, weight: number, add: Add): number =>
  add(product(1 - label, add(parts.above, parts.tail)), product(weight * label, add(parts.below, parts.tail)))

export const logitSlope = (
  { positive, negative }: Sigmoid,
  label: number,
  weight: number,
  upstream: number,
  add: Add,
): number => add(upstream * (1 - label) * positive, -upstream * weight * label * negative)

/** weight·softplus(−x) − softplus(x), sorted so that weight 1 leaves exactly −x. */
export const labelSlope = ({ above, below, tail }: Sigmoid, weight: number, add: Add): number =>
  add((weight - 1) * tail, product(weight, below) - above)

export const weightSlope = ({ below, tail }: Sigmoid, label: number, add: Add): number =>
  product(label, add(below, tail))
