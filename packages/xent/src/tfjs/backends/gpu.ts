import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Shape } from '../../tensor/shape.ts'
import type { Combination, Gpu, Operands, Runner } from '../kernel.ts'

/**
 * One program for the GPU. It sets each element of its result to an expression of the operands, which broadcast, or to the
 * combination of that expression's values at several classes.
 *
 * Expressions are written in what GLSL and WGSL have in common, with the functions of the prelude.
 */
export interface Program {
  readonly expression: string
  readonly operands: Operands
  readonly shape: Shape
  /** Combines the values at the element's own class and at every `stride`-th one after it. */
  readonly reduction?: Reduction
}

export interface Reduction {
  readonly combine: Combination
  readonly classes: number
  readonly stride: number
}

/** What runs programs. */
export interface ProgramRunner {
  run(program: Program): TensorInfo
  free(info: TensorInfo): void
}

/** A thread combines at most so many classes, or several share them and another program combines what they have. */
const classesAThread = 64

export const runOnGpu =
  (programs: ProgramRunner): Runner =>
  (kernel, inputs, attributes) => {
    const made: TensorInfo[] = []
    const run = (program: Program): TensorInfo => {
      const info = programs.run(program)
      made.push(info)
      return info
    }
    const reduce: Gpu['reduce'] = (combine, expression, operands, shape) => {
      const [outer = 1, classes = 1, inner = 1] = shape
      const stride = Math.max(1, Math.ceil(classes / classesAThread))
      const parts = [outer, stride, inner]
      const part = run({ expression, operands, shape: parts, reduction: { combine, classes, stride } })
      return stride === 1 ? part : reduce(combine, 'part', { part }, parts)
    }
    const map: Gpu['map'] = (expression, operands, shape) => run({ expression, operands, shape })
    let result: TensorInfo | undefined
    try {
      result = kernel.gpu({ map, reduce }, inputs, attributes)
      return { ...result, shape: [...kernel.shapeOf(inputs, attributes)] }
    } finally {
      for (const info of made) if (info !== result) programs.free(info)
    }
  }

/**
 * What a combination starts from, and how it goes on, in both languages. The lowest number stands for −Infinity, which cannot be
 * written; a row of nothing but that has no sum then.
 */
export const combinations: Readonly<Record<Combination, { readonly start: string; readonly step: string }>> =
  {
    max: { start: '-3.4e38', step: 'max(result, value)' },
    sum: { start: '0.0', step: 'result + value' },
  }

/** The name that both backends give the function that reads an operand. */
export const readerOf = (operand: string): string => `get${operand[0]!.toUpperCase()}${operand.slice(1)}`

/** Whether an operand of a reduction has one element for all classes. */
export const isPerRow = ({ shape }: TensorInfo): boolean => shape[1] === 1
