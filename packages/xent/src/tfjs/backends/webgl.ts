import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Runner } from '../kernel.ts'
import { combinations, isPerRow, type Program, readerOf, runOnGpu } from './gpu.ts'
import { prelude } from './prelude.ts'

export interface WebglBackend {
  runWebGLProgram(program: GlslProgram, inputs: readonly TensorInfo[], dtype: string): TensorInfo
  disposeData(dataId: object): boolean
}

/** A program as the webgl backend of TensorFlow.js takes it. */
interface GlslProgram {
  readonly variableNames: readonly string[]
  readonly outputShape: readonly number[]
  readonly userCode: string
}

export const runOnWebgl = (backend: WebglBackend): Runner =>
  runOnGpu({
    run: (program) => backend.runWebGLProgram(glslOf(program), Object.values(program.operands), 'float32'),
    free: ({ dataId }) => void backend.disposeData(dataId),
  })

const glslPrelude: string = prelude(
  `float choose(bool is, float yes, float no) { return is ? yes : no; }
   float nan() { return NAN; }
   int whole(float x) { return int(x); }`,
  (name, parameters, expression) =>
    `float ${name}(${parameters.map((p) => `float ${p}`).join(', ')}) { return ${expression}; }`,
)

const glslOf = ({ expression, operands, shape, reduction }: Program): GlslProgram => {
  const names = Object.keys(operands)
  const atOutput = names.map((name) => `float ${name} = ${readerOf(name)}AtOutCoords();`)
  const place = shape.length === 3 ? 'ivec3 at = getOutputCoords();' : ''
  const body = reduction
    ? `float result = ${combinations[reduction.combine].start};
       for (int k = 0; k < ${Math.ceil(reduction.classes / reduction.stride)}; k++) {
         int j = at.y + k * ${reduction.stride};
         if (j < ${reduction.classes}) {
           float index = float(j);
           ${names.map((name) => `float ${name} = ${readerOf(name)}(at.x, ${isPerRow(operands[name]!) ? 0 : 'j'}, at.z);`).join('\n')}
           float value = ${expression};
           result = ${combinations[reduction.combine].step};
         }
       }
       setOutput(result);`
    : `${shape.length === 3 ? 'float index = float(at.y);' : ''}
       ${atOutput.join('\n')}
       setOutput(${expression});`
  return {
    variableNames: names,
    outputShape: shape,
    userCode: `${glslPrelude}
      void main() {
        ${place}
        ${body}
      }`,
  }
}
