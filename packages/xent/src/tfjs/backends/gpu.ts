import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Shape } from '../../tensor/shape.ts'
import type { Runner } from './backend.ts'

/** Inputs of a program, by the names that its expression has for their elements. */
export type Operands = Readonly<Record<string, TensorInfo>>

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
  readonly combine: 'max' | 'sum'
  readonly classes: number
  readonly stride: number
}

/** What runs programs. */
export interface ProgramRunner {
  run(program: Program): TensorInfo
  free(info: TensorInfo): void
}

/** What the form of a kernel for the GPU is built from. */
export interface Gpu {
  /** An expression for each element of `shape`, to which the operands broadcast. */
  map(expression: string, operands: Operands, shape: Shape): TensorInfo
  /**
   * The combination of an expression's values over the classes: [outer, classes, inner] becomes [outer, 1, inner].
   * Where operands are of rank 3 the expression knows its class as `index`.
   */
  reduce(combine: Reduction['combine'], expression: string, operands: Operands, shape: Shape): TensorInfo
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

/** The name that both backends give the function that reads an operand. */
export const readerOf = (operand: string): string => `get${operand[0]!.toUpperCase()}${operand.slice(1)}`

/** Whether an operand of a reduction has one element for all classes. */
export const isPerRow = ({ shape }: TensorInfo): boolean => shape[1] === 1
