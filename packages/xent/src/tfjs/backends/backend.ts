import { XentError } from '../../error.ts'
import type { Runner } from '../kernel.ts'
import { type CpuBackend, runOnCpu, runOnWasm, type WasmBackend } from './host.ts'
import { type NativeBackend, runNative } from './native.ts'
import { runOnWebgl, type WebglBackend } from './webgl.ts'
import { runOnWebgpu, type WebgpuBackend } from './webgpu.ts'

/** What the kinds of backends can do. */
export type Backend = CpuBackend & WasmBackend & WebglBackend & WebgpuBackend & NativeBackend

/**
 * How kernels run on a backend. It is known by what it can do and not by its name, so that those which build on another,
 * as the one of React Native does on webgl, are served as well.
 */
export const runnerOf = (name: string, backend: Partial<Backend>): Runner => {
  if (backend.runWebGPUProgram) return runOnWebgpu(backend as WebgpuBackend)
  if (backend.runWebGLProgram) return runOnWebgl(backend as WebglBackend)
  if (backend.typedArrayFromHeap) return runOnWasm(backend as WasmBackend)
  if (backend.executeMultipleOutputs) return runNative(backend as NativeBackend)
  if (backend.makeTensorInfo && backend.readSync) return runOnCpu(backend as CpuBackend)
  throw new XentError(
    'ENGINE',
    `xent/tfjs: expected a backend of TensorFlow.js like cpu, wasm, webgl, webgpu or tensorflow, received '${name}', which has none of their ways to run a kernel.`,
  )
}
