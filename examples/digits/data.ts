import { createRequire } from 'node:module'
import { mulberry32, shuffled } from '../random.ts'

export const CLASSES = 10
/** Pixels along one side of a picture. */
export const SIDE = 28
export const PIXELS: number = SIDE * SIDE

const HELD_OUT = 2000
const SEED = 2023

/** Numbers in row-major order with their shape: what the functions of xent take as it is. */
export interface Matrix {
  readonly data: Float32Array
  readonly shape: readonly [rows: number, columns: number]
}

/** Pictures, one to a row, each pixel from 0 (paper) to 1 (ink), and the digits that they show. */
export interface Digits {
  readonly images: Matrix
  readonly labels: Int32Array
}

export interface Split {
  readonly training: Digits
  readonly heldOut: Digits
}

/** The 10,000 digits of the package `mnist`, all zeros first, then all ones, and so on. */
export const loadDigits = (): Digits => {
  const pixels = Array.from({ length: CLASSES }, (_, digit) => readPixels(digit))
  const labels = pixels.flatMap((ofDigit, digit) => new Array<number>(ofDigit.length / PIXELS).fill(digit))
  const images = { data: Float32Array.from(pixels.flat()), shape: [labels.length, PIXELS] } as const
  return { images, labels: Int32Array.from(labels) }
}

const require = createRequire(import.meta.url)

const readPixels = (digit: number): readonly number[] => {
  const { data }: { data: number[] } = require(`mnist/src/digits/${digit}.json`)
  return data
}

/** Sets digits apart that training never sees. The shuffle has a fixed seed, so the split is always the same. */
export const splitDigits = (digits: Digits): Split => {
  const count = digits.labels.length
  const inOrder = takeDigits(digits, shuffled(digits.labels.keys(), mulberry32(SEED)))
  return {
    training: sliceDigits(inOrder, 0, count - HELD_OUT),
    heldOut: sliceDigits(inOrder, count - HELD_OUT, count),
  }
}

/** The digits from `start` to before `end`, without a copy. */
export const sliceDigits = ({ images, labels }: Digits, start: number, end: number): Digits => {
  const own = labels.subarray(start, end)
  const data = images.data.subarray(start * PIXELS, end * PIXELS)
  return { images: { data, shape: [own.length, PIXELS] }, labels: own }
}

const takeDigits = ({ images, labels }: Digits, indices: readonly number[]): Digits => {
  const data = new Float32Array(indices.length * PIXELS)
  indices.forEach((index, row) => {
    data.set(images.data.subarray(index * PIXELS, (index + 1) * PIXELS), row * PIXELS)
  })
  return {
    images: { data, shape: [indices.length, PIXELS] },
    labels: Int32Array.from(indices, (index) => labels[index]!),
  }
}
