import { reshape, sum, type Tensor, type TensorInfo, transpose } from '@tensorflow/tfjs-core'
import { type Shape, sizeOf } from '../tensor/shape.ts'
import type { Gpu } from './kernel.ts'

/** The attribute of kernels that work along a class axis, which is counted from the front. */
export interface AlongAxis {
  readonly axis: number
}

/** A shape along its class axis: [outer, classes, inner]. */
export type Rows = readonly [outer: number, classes: number, inner: number]

export const rowsOf = (shape: Shape, axis: number): Rows => [
  sizeOf(shape.slice(0, axis)),
  shape[axis]!,
  sizeOf(shape.slice(axis + 1)),
]

/** The same data in another shape of as many elements. */
export const viewed = (info: TensorInfo, shape: Shape): TensorInfo => ({ ...info, shape: [...shape] })

/** What all rows share: the highest logit of each, and the sum of the exponentials of what the others are below it. */
export const softmaxParts = (
  gpu: Gpu,
  logits: TensorInfo,
): { readonly peak: TensorInfo; readonly total: TensorInfo } => {
  const peak = gpu.reduce('max', 'logits', { logits }, logits.shape)
  const total = gpu.reduce('sum', 'expOf(logits - peak)', { logits, peak }, logits.shape)
  return { peak, total }
}

/** The sum over the classes, with a dimension of 1 in their place. */
export const alongClasses = (tensor: Tensor, { axis }: AlongAxis): Tensor => sum(tensor, axis, true)

/** What there is for each row, with a dimension of 1 in the classes' place. */
export const perClass = (perRow: Tensor, { axis }: AlongAxis): Tensor =>
  reshape(perRow, perRow.shape.toSpliced(axis, 0, 1))

/** Does with a matrix, classes last, what libtensorflow does only with one, and puts the result's classes back. */
export const asMatrix = (tensor: Tensor, axis: number, compute: (matrix: Tensor) => Tensor): Tensor => {
  const { toMatrix, fromMatrix } = matrixAlong(tensor.shape, axis)
  return fromMatrix(compute(toMatrix(tensor)))
}

/** The ways from a shape to its matrix, classes last, and back. */
export const matrixAlong = (
  shape: Shape,
  axis: number,
): { readonly toMatrix: (tensor: Tensor) => Tensor; readonly fromMatrix: (matrix: Tensor) => Tensor } => {
  const order = shape.map((_, k) => k)
  const classesLast = order.toSpliced(axis, 1).concat(axis)
  const back = order.map((k) => classesLast.indexOf(k))
  const [outer, classes, inner] = rowsOf(shape, axis)
  return {
    toMatrix: (tensor) => reshape(transpose(tensor, classesLast), [outer * inner, classes]),
    fromMatrix: (matrix) =>
      transpose(
        reshape(
          matrix,
          classesLast.map((k) => shape[k]!),
        ),
        back,
      ),
  }
}
