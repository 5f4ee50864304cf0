import type { AllocatedTensor } from '../engine/allocated-tensor.ts'
import { elements } from '../engine/elements.ts'
import type { Kernel, KernelCall, Results, SyncEngine } from '../engine/engine.ts'
import { probabilities } from '../engine/probabilities.ts'
import { referenceEngine } from '../engine/reference/engine.ts'
import { denseRows, sparseRows } from '../engine/rows.ts'
import { threadsEngine } from '../engine/threads/engine.ts'
import { MOST_THREADS } from '../engine/threads/ring.ts'
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
  type Differentiable,
  type Differentiation,
  definition,
  definitionOf,
  differentiable,
  finishValueAndGrad,
  type GradOptions,
  planValue,
  planValueAndGrad,
  type ValueAndGrad,
} from './differentiable.ts'
import {
  type CurvatureOptions,
  finishCurvature,
  type hessianVectorProduct,
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

export type EngineName = 'reference' | 'wasm' | 'threads'

export interface EngineOptions {
  /** Plain SIMD, whose bits are the same on every machine; relaxed SIMD, which may be faster, rounds less often. */
  readonly deterministic?: boolean
  /** For 'threads', how many compute: 1 to 256. Default: as many as the machine runs at a time. */
  readonly threads?: number
}

/** A function of this library on an engine of one's own. */
export interface AsyncDifferentiable<Args, Key extends string> extends Defined<Args, Key> {
  (args: Args, options?: CallOptions): Promise<FloatTensor>
}

/** The functions of `xent` on an engine of one's own. */
export interface SyncFunctions {
  readonly softmax: Differentiable<SoftmaxArgs, 'logits'>
  readonly logSoftmax: Differentiable<SoftmaxArgs, 'logits'>
  readonly softmaxCrossEntropyWithLogits: Differentiable<DenseArgs, 'logits' | 'labels'>
  readonly sparseSoftmaxCrossEntropyWithLogits: Differentiable<SparseArgs, 'logits'>
  readonly sigmoidCrossEntropyWithLogits: Differentiable<SigmoidArgs, 'logits' | 'labels'>
  readonly weightedCrossEntropyWithLogits: Differentiable<WeightedArgs, 'logits' | 'labels' | 'posWeight'>
  readonly computeAverageLoss: typeof computeAverageLoss
  readonly reduceMean: typeof reduceMean
  readonly reduceSum: typeof reduceSum
  readonly valueAndGrad: Differentiation
  readonly hessianVectorProduct: typeof hessianVectorProduct
}

/** The functions of `xent`, each returning a promise, and the life of the engine that runs them. */
export interface XentEngine {
  readonly name: EngineName
  /** How many threads compute. */
  readonly threads: number
  /**
   * The same functions without promises: a caller gets the result at once, and stands still until then. On the main thread
   * of a browser, which must not, 'threads' computes them on that thread alone.
   */
  readonly sync: SyncFunctions
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
 * @param name 'reference' is the definition, plain TypeScript in float64; 'wasm' is WebAssembly with SIMD; 'threads' is the
 *   same on all cores. Where threads may share no memory (a page that is not cross-origin isolated) that warns on the console,
 *   and runs on one
 * @throws XentError ENGINE for another name, or where this machine cannot run the engine; VALUE for a number of threads that
 *   is none
 * @example const engine = await createEngine('wasm')
 */
export const createEngine = async (name: EngineName, options: EngineOptions = {}): Promise<XentEngine> => {
  checkKeys('createEngine', 'options.', options, ['deterministic', 'threads'])
  return functionsOn(await start(name, options), name)
}

/** The functions on an engine. */
export const functionsOn = (engine: SyncEngine, name: EngineName): XentEngine => {
  let isOpen = true
  const opened = (): SyncEngine => {
    if (isOpen) return engine
    throw new XentError('ENGINE', `${name}: the engine is closed.`)
  }
  const run = async (call: KernelCall): Promise<Results> => opened().run(call)
  const runSync = (call: KernelCall): Results => opened().runSync(call)

  const bound = <Args, Key extends string>(fn: Defined<Args, Key>): AsyncDifferentiable<Args, Key> => {
    const def = definitionOf(fn)
    const call = async (args: Args, options?: CallOptions): Promise<FloatTensor> => {
      const results = await run(planValue(def, args, options))
      return results.value!
    }
    return Object.assign(call, { [definition]: def })
  }
  const boundSync = <Args, Key extends string>(fn: Defined<Args, Key>): Differentiable<Args, Key> =>
    differentiable(definitionOf(fn), runSync)
  return {
    name,
    threads: engine.threads ?? 1,
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
    sync: {
      softmax: boundSync(softmax),
      logSoftmax: boundSync(logSoftmax),
      softmaxCrossEntropyWithLogits: boundSync(softmaxCrossEntropyWithLogits),
      sparseSoftmaxCrossEntropyWithLogits: boundSync(sparseSoftmaxCrossEntropyWithLogits),
      sigmoidCrossEntropyWithLogits: boundSync(sigmoidCrossEntropyWithLogits),
      weightedCrossEntropyWithLogits: boundSync(weightedCrossEntropyWithLogits),
      computeAverageLoss,
      reduceMean,
      reduceSum,
      valueAndGrad: (fn, wrt) => (args, options) =>
        finishValueAndGrad(runSync(planValueAndGrad(definitionOf(fn), wrt, args, options))),
      hessianVectorProduct: (fn, wrt) => (args, v, options) =>
        finishCurvature(wrt, runSync(planCurvature(definitionOf(fn), wrt, args, v, options))),
    },
    allocate: (shape, dtype) => checkedAllocate(opened(), shape, dtype),
    close: () => {
      isOpen = false
      engine.close?.()
    },
  }
}

/** The kernels of all functions. */
export const kernels: readonly Kernel[] = [sparseRows, denseRows, probabilities, elements]

const start = async (
  name: EngineName,
  { deterministic = false, threads }: EngineOptions,
): Promise<SyncEngine> => {
  switch (name) {
    case 'reference':
      return referenceEngine()
    case 'wasm':
      return startWasm(deterministic)
    case 'threads':
      return startThreads(deterministic, threads)
    default:
      throw complain('ENGINE', 'createEngine', 'name', "'reference', 'wasm' or 'threads'", name)
  }
}

const startWasm = async (deterministic: boolean): Promise<SyncEngine> => {
  try {
    const engine = wasmEngine(deterministic)
    await engine.ready(kernels.map(({ wasm }) => wasm!))
    return engine
  } catch (cause) {
    throw new XentError('ENGINE', `createEngine: WebAssembly with SIMD does not run here (${String(cause)}).`)
  }
}

const startThreads = async (deterministic: boolean, threads: number | undefined): Promise<SyncEngine> => {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS)) {
    const expected = `a whole number from 1 to ${MOST_THREADS}`
    throw complain('VALUE', 'createEngine', 'options.threads', expected, threads)
  }
  try {
    return await threadsEngine(kernels, { threads, isDeterministic: deterministic })
  } catch (cause) {
    console.warn(
      `xent: createEngine('threads') goes on with one thread: ${cause instanceof Error ? cause.message : cause}`,
    )
    return startWasm(deterministic)
  }
}
