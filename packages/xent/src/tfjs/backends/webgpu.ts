import type { TensorInfo } from '@tensorflow/tfjs-core'
import { sizeOf } from '../../tensor/shape.ts'
import type { Runner } from '../kernel.ts'
import { combinations, isPerRow, type Program, readerOf, runOnGpu } from './gpu.ts'
import { prelude } from './prelude.ts'

export interface WebgpuBackend {
  runWebGPUProgram(program: WgslProgram, inputs: readonly TensorInfo[], dtype: string): TensorInfo
  disposeData(dataId: object): boolean
}

/** A program as the webgpu backend of TensorFlow.js takes it. */
interface WgslProgram {
  readonly variableNames: readonly string[]
  readonly outputShape: readonly number[]
  /** Programs of one key are compiled once for all shapes of the same ranks. */
  readonly shaderKey: string
  readonly dispatchLayout: { readonly x: readonly number[] }
  readonly dispatch: readonly [number, number, number]
  readonly workgroupSize: readonly [number, number, number]
  /** Gives the program `uniforms.size`. */
  readonly size: true
  readonly getUserCode: () => string
}

export const runOnWebgpu = (backend: WebgpuBackend): Runner =>
  runOnGpu({
    run: (program) => backend.runWebGPUProgram(wgslOf(program), Object.values(program.operands), 'float32'),
    free: ({ dataId }) => void backend.disposeData(dataId),
  })

const wgslPrelude: string = prelude(
  `fn choose(is: bool, yes: f32, no: f32) -> f32 { return select(no, yes, is); }
   fn nan() -> f32 { return uniforms.NAN; }
   fn whole(x: f32) -> i32 { return i32(x); }`,
  (name, parameters, expression) =>
    `fn ${name}(${parameters.map((p) => `${p}: f32`).join(', ')}) -> f32 { return ${expression}; }`,
)

const threads = 64

const wgslOf = ({ expression, operands, shape, reduction }: Program): WgslProgram => {
  const names = Object.keys(operands)
  const place = shape.length === 3 ? 'let at = getCoordsFromIndex(thread);' : ''
  const atOutput = names.map((name) => `let ${name} = ${readerOf(name)}ByOutputIndex(thread);`)
  const body = reduction
    ? `var result = ${combinations[reduction.combine].start};
       for (var j = at.y; j < ${reduction.classes}; j += ${reduction.stride}) {
         let index = f32(j);
         ${names.map((name) => `let ${name} = ${readerOf(name)}(at.x, ${isPerRow(operands[name]!) ? 0 : 'j'}, at.z);`).join('\n')}
         let value = ${expression};
         result = ${combinations[reduction.combine].step};
       }
       setOutputAtIndex(thread, result);`
    : `${shape.length === 3 ? 'let index = f32(at.y);' : ''}
       ${atOutput.join('\n')}
       setOutputAtIndex(thread, ${expression});`
  return {
    variableNames: names,
    outputShape: shape,
    shaderKey: `xent ${expression} ${JSON.stringify(reduction)} ${names.map((name) => isPerRow(operands[name]!))}`,
    dispatchLayout: { x: shape.map((_, axis) => axis) },
    dispatch: [Math.ceil(sizeOf(shape) / threads), 1, 1],
    workgroupSize: [threads, 1, 1],
    size: true,
    getUserCode: () => `${wgslPrelude}
      fn main(thread: i32) {
        if (thread >= uniforms.size) { return; }
        ${place}
        ${body}
      }`,
  }
}
