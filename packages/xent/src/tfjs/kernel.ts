import {
  engine,
  getGradient,
  getKernel,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  registerGradient,
  registerKernel,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core'
import type { Shape } from '../tensor/shape.ts'
import { type Backend, runnerOf } from './backends/backend.ts'
import type { Gpu } from './backends/gpu.ts'
import type { HostArray } from './backends/host.ts'
import type { Native } from './backends/native.ts'

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

/** Runs a kernel on the backend of TensorFlow.js, which hears of it here for the first time. */
export const runKernel = <Input extends string, Attributes extends object>(
  kernel: Kernel<Input, Attributes>,
  inputs: Tensors<NoInfer<Input>>,
  attributes: NoInfer<Attributes>,
): Tensor => {
  register(kernel)
  return engine().runKernel(kernel.name, inputs, attributes as NamedAttrMap)
}

const register = <Input extends string, Attributes extends object>(
  kernel: Kernel<Input, Attributes>,
): void => {
  const { name: kernelName, inputs: names, gradients } = kernel
  const backend = engine().backend as Partial<Backend>
  const { backendName } = engine()
  if (!getKernel(kernelName, backendName)) {
    const run = runnerOf(backendName, backend)
    registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) =>
        run(kernel, inputs as NamedTensorInfoMap & Record<Input, TensorInfo>, attrs as Attributes),
    })
  }
  if (getGradient(kernelName)) return
  registerGradient({
    kernelName,
    inputsToSave: [...names],
    gradFunc: (dy, saved, attrs) => {
      const inputs = Object.fromEntries(names.map((name, k) => [name, saved[k]!])) as Record<Input, Tensor>
      return gradients(dy as Tensor, inputs, attrs as Attributes) as Record<string, () => Tensor>
    },
  })
}
