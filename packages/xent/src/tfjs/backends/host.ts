import type { TensorInfo } from '@tensorflow/tfjs-core'
import { sizeOf } from '../../tensor/shape.ts'
import type { HostArray, Runner } from '../kernel.ts'

export interface CpuBackend {
  readSync(dataId: object): unknown
  makeTensorInfo(shape: readonly number[], dtype: string, values: Float32Array): TensorInfo
}

export interface WasmBackend {
  typedArrayFromHeap(info: TensorInfo): HostArray['data']
  makeOutput(shape: readonly number[], dtype: string): TensorInfo
  disposeData(dataId: object): boolean
}

export const runOnCpu =
  (backend: CpuBackend): Runner =>
  (kernel, inputs, attributes) => {
    const shape = kernel.shapeOf(inputs, attributes)
    const out = new Float32Array(sizeOf(shape))
    kernel.host(
      arraysOf(inputs, ({ dataId }) => backend.readSync(dataId) as HostArray['data']),
      attributes,
      out,
    )
    return backend.makeTensorInfo(shape, 'float32', out)
  }

/** xent's kernels read the heap's arrays block by block, and write their results into it. */
export const runOnWasm =
  (backend: WasmBackend): Runner =>
  (kernel, inputs, attributes) => {
    // first, because the heap may grow, which leaves no view of it as it was
    const output = backend.makeOutput(kernel.shapeOf(inputs, attributes), 'float32')
    try {
      kernel.host(
        arraysOf(inputs, (info) => backend.typedArrayFromHeap(info)),
        attributes,
        backend.typedArrayFromHeap(output) as Float32Array,
      )
    } catch (error) {
      backend.disposeData(output.dataId)
      throw error
    }
    return output
  }

const arraysOf = <Input extends string>(
  inputs: Readonly<Record<Input, TensorInfo>>,
  dataOf: (info: TensorInfo) => HostArray['data'],
): Record<Input, HostArray> => {
  const arrays: Partial<Record<Input, HostArray>> = {}
  for (const name in inputs) arrays[name] = { data: dataOf(inputs[name]), shape: inputs[name].shape }
  return arrays as Record<Input, HostArray>
}
