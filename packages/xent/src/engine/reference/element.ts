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

export const elementValue = ({ above, below, tail }: Sigmoid, label: number, weight: number): number =>
  product(1 - label, above + tail) + product(weight * label, below + tail)

export const logitSlope = ({ positive, negative }: Sigmoid, label: number, weight: number): number =>
  (1 - label) * positive - weight * label * negative

/** weight·softplus(−x) − softplus(x), sorted so that weight 1 leaves exactly −x. */
export const labelSlope = ({ above, below, tail }: Sigmoid, weight: number): number =>
  (weight - 1) * tail + (product(weight, below) - above)

export const weightSlope = ({ below, tail }: Sigmoid, label: number): number => product(label, below + tail)
