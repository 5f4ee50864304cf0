import type { Matrix } from './helpers.ts'

/** The seeds' float32 run of the sparse loss. The predictions are 0, 2, 1. */
export const sparse: { logits: Matrix; labels: number[]; losses: number[] } = {
  logits: [
    [2, 0.5, 1],
    [0.1, 1, 3],
    [3.1, 4, 2],
  ],
  labels: [0, 1, 2],
  losses: [0.4643688, 2.1742544, 2.4330187],
}

/** The seeds' logits of the dense losses. The predictions are 0, 1, 2, 1, 1. */
export const logits: Matrix = [
  [12, 3, 2],
  [3, 10, 1],
  [1, 2, 5],
  [4, 6.5, 1.2],
  [3, 6, 1],
]

/** The seeds' float64 run of the softmax loss. */
export const softmax: { labels: Matrix; losses: number[] } = {
  labels: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [1, 0, 0],
    [0, 1, 0],
  ],
  losses: [1.68795487e-4, 1.03475622e-3, 6.58839038e-2, 2.58349207, 5.49852354e-2],
}

/** The seeds' float64 run of the sigmoid loss. */
export const sigmoid: { labels: Matrix; losses: Matrix } = {
  labels: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [1, 1, 0],
    [0, 1, 0],
  ],
  losses: [
    [6.14419348e-6, 3.04858735, 2.12692801],
    [3.04858735, 4.53988992e-5, 1.31326169],
    [1.31326169, 2.12692801, 6.71534849e-3],
    [1.81499279e-2, 1.50231016e-3, 1.46328247],
    [3.04858735, 2.47568514e-3, 1.31326169],
  ],
}

/** The sum of the sigmoid losses with the positive terms weighted: where a label is 1 nothing else is left. */
export const weightedSum = (weightOf: (column: number) => number): number =>
  total(
    sigmoid.losses.map((row, r) =>
      total(row.map((loss, c) => loss * (sigmoid.labels[r]![c] ? weightOf(c) : 1))),
    ),
  )

export const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
