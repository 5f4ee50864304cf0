import { readFileSync } from 'node:fs'
import { type Tensor, valueAndGrad, XentError } from '../../src/index.ts'
import { type GradientOptions, get, type Loss, type LossKey, type Reduction } from '../../src/keras/index.ts'
import { decode, type EncodedArray, type Failure } from '../conformance/call.ts'

// What Keras 2 and 3 make of their losses, as oracle/record_keras.py found it.

export type Library = 'keras2' | 'keras3'

export interface Success {
  readonly value: EncodedArray
  readonly gradients?: Readonly<Partial<Record<LossKey, EncodedArray>>>
}

export interface Run extends Partial<Readonly<Record<Library | 'both', Success | Failure>>> {
  readonly reduction: Reduction
  readonly weights?: string
  readonly mask?: string
}

/** A pair of labels and predictions, and ways to weigh and reduce their losses. */
export interface Group {
  readonly name: string
  readonly loss: string
  readonly config: Readonly<Record<string, unknown>>
  readonly yTrue: EncodedArray
  readonly yPred: EncodedArray
  readonly weights: Readonly<Record<string, EncodedArray>>
  readonly masks: Readonly<Record<string, EncodedArray>>
  readonly runs: readonly Run[]
}

export const fixture = <Case>(name: string): readonly Case[] =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')).cases

/** What a library made of a run, or nothing where it has no such loss or reduction. */
export const outcomeOf = (run: Run, library: Library): Success | Failure | undefined =>
  run[library] ?? run.both

export interface Found {
  readonly value: Tensor
  readonly gradients: Readonly<Partial<Record<LossKey, Tensor>>>
}

export const lossOf = (loss: string, config: object): Loss =>
  get({ class_name: loss, config: { ...config } }) as unknown as Loss

/** xent's result, or its error. */
export const found = (group: Group, run: Run): Found | XentError => {
  try {
    const loss = lossOf(group.loss, { ...group.config, reduction: run.reduction })
    const [yTrue, yPred] = [decode(group.yTrue), decode(group.yPred)]
    const options: GradientOptions = {
      ...(run.weights && { sampleWeight: decode(group.weights[run.weights]!) }),
      ...(run.mask && { mask: decode(group.masks[run.mask]!) }),
    }
    const value = loss(yTrue, yPred, options)
    const keys = wanted(run)
    if (keys.length === 0) return { value, gradients: {} }
    const upstream = {
      data: Float64Array.from({ length: value.size }, (_, k) => (value.rank === 0 ? 1 : (1 + k) / 4)),
      shape: value.shape,
    }
    const derived = valueAndGrad(loss, keys)(yTrue, yPred, { ...options, upstream })
    if (String(derived.value) !== String(value)) throw new Error('valueAndGrad gives another value')
    return { value, gradients: derived.grad }
  } catch (error) {
    if (error instanceof XentError) return error
    throw error
  }
}

/** The gradients that a library recorded and xent has. */
const wanted = (run: Run): LossKey[] => {
  const keys = (['keras2', 'keras3'] as const).flatMap((library) => {
    const outcome = outcomeOf(run, library)
    return outcome && 'gradients' in outcome ? (Object.keys(outcome.gradients ?? {}) as LossKey[]) : []
  })
  return [...new Set(keys)]
}
