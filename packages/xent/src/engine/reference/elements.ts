import { zeros } from '../../tensor/dtype.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { ElementsCall } from '../elements.ts'
import type { Results } from '../engine.ts'
import { summerOf, writerOf } from '../staging.ts'
import { rowReader, rowWriter } from './access.ts'
import { elementValue, labelSlope, logitSlope, sigmoidParts, weightSlope } from './element.ts'
import { roundingTo } from './rounding.ts'
import { sumOver } from './row.ts'

/** The definition of the `elements` kernel: float64 throughout, along the last dimension. */
export const referenceElements = (call: ElementsCall, results: Results): void => {
  const { shape, compute } = call
  const length = shape.at(-1) ?? 1
  const readLogits = rowReader(call.logits, zeros(compute, length))
  const readLabels = rowReader(call.labels, zeros(compute, length))
  const readWeight = rowReader(call.posWeight ?? 1, zeros(compute, length))
  const readUpstream = rowReader(call.upstream, new Float64Array(length))
  const writer = (result: Tensor | undefined) => rowWriter(result && summerOf(result, shape), length)
  const writeValue = writer(results.value)
  const writeMean = rowWriter(results.mean && writerOf(results.mean), 1)
  const writeSlope = writer(results.logits)
  const writeLabelSlope = writer(results.labels)
  const writeWeightSlope = writer(results.posWeight)
  const rows = sizeOf(shape.slice(0, -1))
  for (let k = 0; k < rows; k++) {
    const parts = Array.from(readLogits(k), (logit) => sigmoidParts(logit, roundingTo(compute)))
    const z = readLabels(k)
    const w = readWeight(k)
    const u = readUpstream(k)
    writeValue(k, (j) => elementValue(parts[j]!, z[j]!, w[j]!))
    writeMean(k, () => sumOver(length, (j) => elementValue(parts[j]!, z[j]!, w[j]!)) / length)
    writeSlope(k, (j) => logitSlope(parts[j]!, z[j]!, w[j]!, u[j]!))
    writeLabelSlope(k, (j) => u[j]! * labelSlope(parts[j]!, w[j]!))
    writeWeightSlope(k, (j) => weightSlope(parts[j]!, z[j]!, u[j]!))
  }
}
