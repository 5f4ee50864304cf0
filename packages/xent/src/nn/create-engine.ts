import type { AllocatedTensor } from '../engine/allocated-tensor.ts'
import { elements } from '../engine/elements.ts'
import type { Engine, KernelCall, Results, SyncEngine } from '../engine/engine.ts'
import { probabilities } from '../engine/probabilities.ts'
import { referenceEngine } from '../engine/reference/engine.ts'
import { denseRows, sparseRows } from '../engine/rows.ts'
import { wasmEngine } from '../engine/wasm/engine.ts'
import { complain, XentError } from '../error.ts'
import type { DType } from '../tensor/dtype.ts'
import type { TensorLike } from '../tensor/read.ts'
import type { Shape } from '../tensor/shape.ts'
import type { FloatTensor } from '../tensor/tensor.ts'
import { checkedAllocate } from './allocate.ts'
import { checkKeys } from './arguments.ts'
import { type AverageLossArgs, computeAverageLoss } from './average-loss.ts'
import {
  type CallOptions,
  type Defined,
  definition,
  definitionOf,
  finishValueAndGrad,
  type GradOptions,
  planValue,
  planValueAndGrad,
  type ValueAndGrad,
} from './differentiable.ts'
import {
  type CurvatureOptions,
  finishCurvature,
  type Products,
  planCurvature,
  type Tangents,
} from './hessian-vector-product.ts'
import { logSoftmax } from './log-softmax.ts'
import { reduceMean, reduceSum } from './reduce.ts'
import { type SigmoidArgs, sigmoidCrossEntropyWithLogits } from './sigmoid-cross-entropy.ts'
import { type SoftmaxArgs, softmax } from './softmax.ts'
import { type DenseArgs, softmaxCrossEntropyWithLogits } from './softmax-cross-entropy.ts'
import { type SparseArgs, sparseSoftmaxCrossEntropyWithLogits } from './sparse-softmax-cross-entropy.ts'
import { type WeightedArgs, weightedCrossEntropyWithLogits } from './weighted-cross-entropy.ts'

export type EngineName = 'reference' | 'wasm'

export interface EngineOptions {
  /** Plain SIMD, whose bits are the same on every machine; relaxed SIMD, which may be faster, rounds less often. */
  readonly deterministic?: boolean
}

/** A function of this library on an engine of one's own. */
export interface AsyncDifferentiable<Args, Key extends string> extends Defined<Args, Key> {
  (args: Args, options?: CallOptions): Promise<FloatTensor>
}

/** The functions of `xent`, each returning a promise, and the life of the engine that runs them. */
export interface XentEngine {
  readonly name: EngineName
  readonly softmax: AsyncDifferentiable<SoftmaxArgs, 'logits'>
  readonly logSoftmax: AsyncDifferentiable<SoftmaxArgs, 'logits'>
  readonly softmaxCrossEntropyWithLogits: AsyncDifferentiable<DenseArgs, 'logits' | 'labels'>
  readonly sparseSoftmaxCrossEntropyWithLogits: AsyncDifferentiable<SparseArgs, 'logits'>
  readonly sigmoidCrossEntropyWithLogits: AsyncDifferentiable<SigmoidArgs, 'logits' | 'labels'>
  readonly weightedCrossEntropyWithLogits: AsyncDifferentiable<
    WeightedArgs,
    'logits' | 'labels' | 'posWeight'
  >
  computeAverageLoss(args: AverageLossArgs): Promise<FloatTensor>
  reduceMean(tensor: TensorLike): Promise<FloatTensor>
  reduceSum(tensor: TensorLike): Promise<FloatTensor>
  /** Takes this engine's functions and those of `xent` alike. */
  valueAndGrad<Args, Key extends string, Wrt extends Key>(
    fn: Defined<Args, Key>,
    wrt: Wrt | readonly Wrt[],
  ): (args: Args, options?: GradOptions<Wrt>) => Promise<ValueAndGrad<Wrt>>
  hessianVectorProduct<Args, Key extends string, const Wrt extends NoInfer<Key> | readonly NoInfer<Key>[]>(
    fn: Defined<Args, Key>,
    wrt: Wrt,
  ): (args: Args, v: Tangents<Wrt>, options?: CurvatureOptions) => Promise<Products<Wrt>>
  /** A zero-filled array that the engine uses in place; it stays valid when the engine's memory grows. */
  allocate<D extends DType>(shape: Shape, dtype: D): AllocatedTensor<D>
  /** Gives up the engine's resources. Later calls reject with an XentError ENGINE. */
  close(): void
}

/**
 * An engine of one's own.
 *
 * @param name 'reference' is the definition, plain TypeScript in float64; 'wasm' is WebAssembly with SIMD
 * @throws XentError ENGINE for another name, or where this machine cannot run the engine
 * @example const engine = await createEngine('wasm')
 */
export const createEngine = async (name: EngineName, options: EngineOptions = {}): Promise<XentEngine> => {
  checkKeys('createEngine', 'options.', options, ['deterministic'])
  const engine = await start(name, options.deterministic ?? false)
  let isOpen = true
  const opened = (): Engine => {
    if (isOpen) return engine
    throw new XentError('ENGINE', `${name}: the engine is closed.`)
  }
  const run = async (call: KernelCall): Promise<Results> => opened().run(call)
  const bound = <Args, Key extends string>(fn: Defined<Args, Key>): AsyncDifferentiable<Args, Key> => {
    const def = definitionOf(fn)
    const call = async (args: Args, options?: CallOptions): Promise<FloatTensor> => {
      const results = await run(planValue(def, args, options))
      return results.value!
    }
    return Object.assign(call, { [definition]: def })
  }
  return {
    name,
    softmax: bound(softmax),
    logSoftmax: bound(logSoftmax),
    softmaxCrossEntropyWithLogits: bound(softmaxCrossEntropyWithLogits),
    sparseSoftmaxCrossEntropyWithLogits: bound(sparseSoftmaxCrossEntropyWithLogits),
    sigmoidCrossEntropyWithLogits: bound(sigmoidCrossEntropyWithLogits),
    weightedCrossEntropyWithLogits: bound(weightedCrossEntropyWithLogits),
    computeAverageLoss: async (args) => computeAverageLoss(args),
    reduceMean: async (tensor) => reduceMean(tensor),
    reduceSum: async (tensor) => reduceSum(tensor),
    valueAndGrad: (fn, wrt) => async (args, options) =>
      finishValueAndGrad(await run(planValueAndGrad(definitionOf(fn), wrt, args, options))),
    hessianVectorProduct: (fn, wrt) => async (args, v, options) =>
      finishCurvature(wrt, await run(planCurvature(definitionOf(fn), wrt, args, v, options))),
    allocate: (shape, dtype) => checkedAllocate(opened(), shape, dtype),
    close: () => {
      isOpen = false
    },
  }
}

const start = async (name: EngineName, deterministic: boolean): Promise<SyncEngine> => {
  switch (name) {
    case 'reference':
      return referenceEngine()
    case 'wasm':
      return startWasm(deterministic)
    default:
      throw complain('ENGINE', 'createEngine', 'name', "'reference' or 'wasm'", name)
  }
}

const startWasm = async (deterministic: boolean): Promise<SyncEngine> => {
  try {
    const engine = wasmEngine(deterministic)
    await engine.ready([sparseRows, denseRows, probabilities, elements].map(({ wasm }) => wasm!))
    return engine
  } catch (cause) {
    throw new XentError('ENGINE', `createEngine: WebAssembly with SIMD does not run here (${String(cause)}).`)
  }
}
