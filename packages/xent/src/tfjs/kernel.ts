import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core'
import type { Shape } from '../tensor/shape.ts'

/** Tensors by the names of a kernel's inputs. */
export type Tensors<Input extends string> = Readonly<Record<Input, Tensor>>

/**
 * A kernel of TensorFlow.js with one float32 result, in a form for each kind of backend.
 *
 * It keeps for its gradient what came in and never what went out: TensorFlow.js cuts a kept result from its tape, so that
 * a derivative of a gradient that uses it is refused, or wrong.
 */
export interface Kernel<Input extends string, Attributes extends object> {
  readonly name: string
  readonly inputs: readonly Input[]
  /** The shape of the result. */
  readonly shapeOf: (inputs: Readonly<Record<Input, TensorInfo>>, attributes: Attributes) => Shape
  /** Fills `out` with the result, on the backends whose memory is the host's: cpu and wasm. */
  readonly host: (
    inputs: Readonly<Record<Input, HostArray>>,
    attributes: Attributes,
    out: Float32Array,
  ) => void
  /** Composes the result of programs, on webgl and webgpu. */
  readonly gpu: (gpu: Gpu, inputs: Readonly<Record<Input, TensorInfo>>, attributes: Attributes) => TensorInfo
  /** Composes the result of the operations of libtensorflow. */
  readonly native: (native: Native, inputs: Tensors<Input>, attributes: Attributes) => Tensor
  /** The gradients, composed of kernels that have gradients themselves. */
  readonly gradients: (
    dy: Tensor,
    inputs: Tensors<Input>,
    attributes: Attributes,
  ) => Partial<Record<Input, () => Tensor>>
}

/** Runs a kernel in its form for one backend. */
export type Runner = <Input extends string, Attributes extends object>(
  kernel: Kernel<Input, Attributes>,
  inputs: Readonly<Record<Input, TensorInfo>>,
  attributes: Attributes,
) => TensorInfo

/** A tensor's elements where they lie in the host's memory. */
export interface HostArray {
  readonly data: Float32Array | Int32Array | Uint8Array
  readonly shape: Shape
}

/** Inputs of a program, by the names that its expression has for their elements. */
export type Operands = Readonly<Record<string, TensorInfo>>

/** What becomes of the values of several classes. */
export type Combination = 'max' | 'sum'

/** What the form of a kernel for the GPU is built from. */
export interface Gpu {
  /** An expression for each element of `shape`, to which the operands broadcast. */
  map(expression: string, operands: Operands, shape: Shape): TensorInfo
  /**
   * The combination of an expression's values over the classes: [outer, classes, inner] becomes [outer, 1, inner].
   * Where operands are of rank 3 the expression knows its class as `index`.
   */
  reduce(combine: Combination, expression: string, operands: Operands, shape: Shape): TensorInfo
}

/** Runs an operation of libtensorflow; `types` names the attributes that hold a type. */
export type Native = (
  operation: string,
  types: Readonly<Record<string, string>>,
  inputs: readonly Tensor[],
  outputs: number,
) => Tensor[]
