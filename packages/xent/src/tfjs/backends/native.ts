import { type Tensor, type TensorInfo, tidy } from '@tensorflow/tfjs-core'
import type { Native, Runner, Tensors } from '../kernel.ts'

export interface NativeBackend {
  readonly binding: { readonly TF_ATTR_TYPE: number }
  getDTypeInteger(dtype: string): number
  executeMultipleOutputs(
    name: string,
    attributes: readonly { name: string; type: number; value: number }[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[]
}

/** Results are tensors already; what they are composed of is disposed. */
export const runNative = (backend: NativeBackend): Runner => {
  const native: Native = (operation, types, inputs, outputs) => {
    const attributes = Object.entries(types).map(([name, dtype]) => ({
      name,
      type: backend.binding.TF_ATTR_TYPE,
      value: backend.getDTypeInteger(dtype),
    }))
    return backend.executeMultipleOutputs(operation, attributes, inputs, outputs)
  }
  return (kernel, inputs, attributes) =>
    tidy(() => kernel.native(native, inputs as Tensors<keyof typeof inputs>, attributes))
}
