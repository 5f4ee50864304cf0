/** The functions that are measured; the sparse loss is the one that everything is built for. */
export type FunctionName = 'sparse' | 'dense' | 'sigmoid' | 'softmax' | 'logSoftmax'

export type FloatName = 'float16' | 'bfloat16' | 'float32' | 'float64'

/** A function on arrays of one shape and type. */
export interface Workload {
  readonly fn: FunctionName
  readonly dtype: FloatName
  /** Of the logits. */
  readonly shape: readonly number[]
  /** The classes' dimension: the last as -1. */
  readonly axis: number
}

/** The function alone, or it and its gradient by the logits from one call. */
export type Part = 'value' | 'gradient'

export const partsOf = ({ fn }: Workload): readonly Part[] =>
  fn === 'softmax' || fn === 'logSoftmax' ? ['value'] : ['value', 'gradient']

/** Element (o, c, i) is at (o * classes + c) * inner + i. */
export interface Extents {
  readonly outer: number
  readonly classes: number
  readonly inner: number
}

export const extentsOf = ({ shape, axis }: Workload): Extents => {
  const at = axis < 0 ? axis + shape.length : axis
  return { outer: product(shape.slice(0, at)), classes: shape[at]!, inner: product(shape.slice(at + 1)) }
}

export const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1)

export const sizeOf = ({ shape }: Workload): number => product(shape)

/** Whether it is a matter of what a call costs, not of what the machine can do. */
export const isTiny = (workload: Workload): boolean => sizeOf(workload) < 100_000

/** Whether an array like the logits takes more than 32 MiB in float32. */
export const isLarge = (workload: Workload): boolean => sizeOf(workload) > 2 ** 23

/**
 * The tiny ones first, while the engines' compilers have seen nothing else; then the large ones, while a process has no
 * memory left over from others, which may do for a result or may not.
 */
export const inMeasuringOrder = (workloads: readonly Workload[]): readonly Workload[] => [
  ...workloads.filter(isTiny),
  ...workloads.filter(isLarge),
  ...workloads.filter((workload) => !isTiny(workload) && !isLarge(workload)),
]

/** Whether a result of the function has an entry per row, not per element. */
export const isPerRow = ({ fn }: Workload): boolean => fn === 'sparse' || fn === 'dense'

/** Shapes by the names that tables give them. */
export const shapeName = ({ shape, axis }: Workload): string =>
  axis === -1 ? shape.join('x') : `axis ${axis} of [${shape.join(', ')}]`

const functionNames: Readonly<Record<FunctionName, string>> = {
  sparse: 'sparse loss',
  dense: 'dense loss',
  sigmoid: 'sigmoid loss',
  softmax: 'softmax',
  logSoftmax: 'log-softmax',
}

export const functionName = ({ fn, dtype }: Workload): string =>
  `${functionNames[fn]}${dtype === 'float32' ? '' : `, ${dtype}`}`

export const titleOf = (workload: Workload): string => `${functionName(workload)}, ${shapeName(workload)}`

export const partName = (part: Part): string => (part === 'value' ? 'value' : 'value and gradient')

const workload = (
  fn: FunctionName,
  shape: readonly number[],
  { dtype = 'float32', axis = -1 }: { dtype?: FloatName; axis?: number } = {},
): Workload => ({ fn, dtype, shape, axis })

/** The sparse loss in float32. */
export const sparseWorkloads: readonly Workload[] = [
  workload('sparse', [64, 2]),
  workload('sparse', [64, 1000]),
  workload('sparse', [65536, 2]),
  workload('sparse', [65536, 10]),
  workload('sparse', [8192, 100]),
  workload('sparse', [4096, 1000]),
  workload('sparse', [512, 32000]),
  workload('sparse', [256, 50257]),
  workload('sparse', [128, 128256]),
  workload('sparse', [16, 262144]),
  workload('sparse', [8, 21, 256, 256], { axis: 1 }),
]

/** Those on which a quick run looks at all cores. */
export const quickThreadsWorkloads: readonly Workload[] = sparseWorkloads.filter(({ shape: [rows] }) =>
  [64, 65536, 4096, 512].includes(rows!),
)

/** The other functions, and the sparse loss in other types. */
export const otherWorkloads: readonly Workload[] = [
  ...(['dense', 'softmax', 'logSoftmax', 'sigmoid'] as const).flatMap((fn) =>
    [
      [65536, 10],
      [4096, 1000],
      [256, 50257],
    ].map((shape) => workload(fn, shape)),
  ),
  ...(['bfloat16', 'float16'] as const).flatMap((dtype) =>
    [
      [4096, 1000],
      [128, 128256],
    ].map((shape) => workload('sparse', shape, { dtype })),
  ),
  workload('sparse', [4096, 1000], { dtype: 'float64' }),
]

/** Those of the other functions that a quick run has time for. */
export const quickOtherWorkloads: readonly Workload[] = otherWorkloads.filter(
  ({ fn, shape, dtype }) =>
    shape[1] === 1000 && fn !== 'logSoftmax' && (dtype === 'float32' || dtype === 'bfloat16'),
)
