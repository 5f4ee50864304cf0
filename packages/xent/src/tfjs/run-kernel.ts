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
import { type Backend, runnerOf } from './backends/backend.ts'
import type { Kernel, Tensors } from './kernel.ts'

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
