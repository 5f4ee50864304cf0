import { isContiguous } from '../../tensor/strided.ts'
import type { Results } from '../engine.ts'
import type { DenseCall, RowsCall, SparseCall } from '../rows.ts'
import { factors, integers, operand, output, summedOutput } from './operands.ts'
import { bytesOf, type Host, innerLength, type KernelRun, type Kernels, rowWork, type Work } from './work.ts'

interface SparseExports {
  // scratch, x, labels, upstream, value, gradient, rows, classes
  readonly sparse32: KernelRun
  readonly sparse64: KernelRun
  /** Takes the length of a run of rows side by side, its stride, and that of the gradient as well. */
  readonly sparseLanes32: KernelRun
  readonly SCRATCH_BYTES: WebAssembly.Global
  readonly LANES_BYTES: WebAssembly.Global
  readonly LANES_BYTES_A_CLASS: WebAssembly.Global
}

/** Feeds the `sparse` module. */
export const planSparse = (exports: SparseExports, host: Host, call: SparseCall, results: Results): Work => {
  const { logits, axis, compute } = call
  const { shape } = logits
  const classes = shape[axis]!
  const inner = innerLength(shape, axis)
  const isInLanes = isForLanes(call)
  const rowKernel = compute === 'float64' ? exports.sparse64 : exports.sparse32
  const kernel = isInLanes ? exports.sparseLanes32 : rowKernel
  const x = operand(host, logits, compute, axis, isInLanes)
  const slope = output(host, results.logits, compute, axis, isInLanes)
  const kernels: Kernels = {
    operands: [
      x,
      integers(host.memory, call.target.labels),
      factors(host, results.logits && call.upstream),
      output(host, results.value, compute),
      slope,
    ],
    inputs: 3,
    scratch: isInLanes
      ? bytesOf(exports.LANES_BYTES) + classes * bytesOf(exports.LANES_BYTES_A_CLASS)
      : bytesOf(exports.SCRATCH_BYTES),
    run: (scratch, at, from, to) => {
      const rows = to - from
      const length = Math.min(inner, rows)
      const stride = 4 * (x.bytes ? length : inner)
      const toStride = 4 * (slope.bytes ? length : inner)
      kernel(scratch, at[0]!, at[1]!, at[2]!, at[3]!, at[4]!, rows, classes, length, stride, toStride)
    },
  }
  return rowWork(shape, axis, kernels, isInLanes)
}

/** In lanes sums of fewer classes would not be exact enough, and a tile of more not near enough. */
const LEAST_IN_LANES = 9
const MOST_IN_LANES = 4096

/** Whether the kernel is to take rows that lie side by side as they are, each a lane of its vectors. */
const isForLanes = ({ logits, axis, compute }: RowsCall): boolean => {
  const classes = logits.shape[axis]!
  if (axis === logits.shape.length - 1 || compute === 'float64' || !isContiguous(logits)) return false
  // of few rows most lanes would be empty
  return innerLength(logits.shape, axis) >= 4 && classes >= LEAST_IN_LANES && classes <= MOST_IN_LANES
}

interface DenseExports {
  // scratch, x, labels, upstream, value, gradients by x and labels, rows, classes, normalized
  readonly dense32: KernelRun
  readonly dense64: KernelRun
  readonly SCRATCH_BYTES: WebAssembly.Global
}

/** Feeds the `dense` module. */
export const planDense = (
  exports: DenseExports,
  host: Host,
  { logits, axis, compute, target, upstream }: DenseCall,
  results: Results,
): Work => {
  const { shape } = logits
  const kernel = compute === 'float64' ? exports.dense64 : exports.dense32
  return rowWork(shape, axis, {
    operands: [
      operand(host, logits, compute, axis),
      operand(host, target.labels, compute, axis),
      factors(host, upstream),
      output(host, results.value, compute),
      output(host, results.logits, compute, axis),
      summedOutput(host, results.labels, compute, shape, axis),
    ],
    inputs: 3,
    scratch: bytesOf(exports.SCRATCH_BYTES),
    run: (scratch, at, from, to) =>
      kernel(scratch, ...at, to - from, shape[axis]!, Number(target.normalized)),
  })
}
