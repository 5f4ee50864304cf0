import * as v1 from '../../src/compat/v1/index.ts'
import { type Defined, Tensor, type TensorLike, tensor, type XentEngine } from '../../src/index.ts'
import { type Call, decode, type EncodedArray } from './call.ts'

/** What xent makes of a call: the names are those of a library's outcome. */
export interface Results {
  readonly value: Tensor
  readonly gradients: Readonly<Record<string, Tensor>>
  readonly products: Readonly<Record<string, Tensor>>
}

/** Runs a call on an engine, second order only where the call has tangents. */
export const runCall = async (engine: XentEngine, call: Call, gradient?: 'tensorflow'): Promise<Results> => {
  const args = {
    ...mapped(call.args, (array) => array && decode(array)),
    ...call.options,
    ...(gradient && call.function === 'softmaxCrossEntropyWithLogits' && { gradient }),
  }
  if (call.function === 'computeAverageLoss')
    return only(await engine.computeAverageLoss(args as unknown as { perExampleLoss: TensorLike }))
  if (call.function === 'reduceMean' || call.function === 'reduceSum')
    return only(await engine[call.function]((args as Record<string, Tensor>).inputTensor!))
  const fn = functionNamed(engine, call.function)
  const options = call.upstream && { upstream: decode(call.upstream) }
  const { value, grad } = await engine.valueAndGrad(fn, call.wrt ?? [])(args, options)
  if (!call.tangents) return { value, gradients: grad, products: {} }
  const tangents = mapped(call.tangents, decode)
  const products = await engine.hessianVectorProduct(fn, Object.keys(tangents))(args, tangents, options)
  return { value, gradients: grad, products }
}

const only = (value: Tensor): Results => ({ value, gradients: {}, products: {} })

const functionNamed = (engine: XentEngine, name: string): Defined<object, string> => {
  const [last, version] = name.split('.').reverse() as [string, string?]
  const owner = version === 'v1' ? v1 : engine
  return (owner as unknown as Record<string, Defined<object, string>>)[last]!
}

const mapped = <T, U>(record: Readonly<Record<string, T>>, value: (item: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, item]) => [key, value(item)]))

/** The elements of an encoded array, or of a Tensor, as plain numbers. */
export const values = (array: EncodedArray | Tensor): number[] =>
  Array.from(tensor(array instanceof Tensor ? array : decode(array), 'float64').data, Number)
