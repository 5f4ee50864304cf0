// The graphs that ONNX Runtime runs, as the bytes of an ONNX model.
import type { FunctionName } from '../workloads.ts'

/** What is used here of two libraries that need not be installed for this file to be checked. */
interface Protobuf {
  toBinary(schema: unknown, message: unknown): Uint8Array
  create(schema: unknown, fields: object): unknown
}
interface OnnxSchemas {
  readonly ModelProtoSchema: unknown
}

const [protobufName, onnxName]: readonly [string, string] = ['@bufbuild/protobuf', 'onnx-buf']
const { create, toBinary } = (await import(protobufName)) as Protobuf
const { ModelProtoSchema } = (await import(onnxName)) as OnnxSchemas

// of the enumerations TensorProto.DataType and AttributeProto.AttributeType
const FLOAT = 1
const INT64 = 7
const INT = 2

/** A model with the inputs `logits` and, in the sparse loss, `labels`; its output is `value`. */
export const modelOf = (fn: FunctionName, axis: number): Uint8Array => {
  const isSparse = fn === 'sparse'
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: 17n }],
      graph: {
        name: fn,
        node: isSparse
          ? sparseLoss(axis)
          : [node(fn === 'softmax' ? 'Softmax' : 'LogSoftmax', ['logits'], 'value', axis)],
        initializer: isSparse
          ? [{ name: 'axis', dataType: INT64, dims: [1n], int64Data: [BigInt(axis)] }]
          : [],
        input: [described('logits', FLOAT), ...(isSparse ? [described('labels', INT64)] : [])],
        output: [described('value', FLOAT)],
      },
    }),
  )
}

/** Twice as fast as the operator SoftmaxCrossEntropyLoss, which computes the same. */
const sparseLoss = (axis: number): readonly object[] => [
  node('LogSoftmax', ['logits'], 'logProbabilities', axis),
  node('Unsqueeze', ['labels', 'axis'], 'indices'),
  node('GatherElements', ['logProbabilities', 'indices'], 'gathered', axis),
  node('Squeeze', ['gathered', 'axis'], 'ofLabels'),
  node('Neg', ['ofLabels'], 'value'),
]

const node = (opType: string, input: readonly string[], output: string, axis?: number): object => ({
  opType,
  input,
  output: [output],
  attribute: axis === undefined ? [] : [{ name: 'axis', type: INT, i: BigInt(axis) }],
})

const described = (name: string, elemType: number): object => ({
  name,
  type: { value: { case: 'tensorType', value: { elemType } } },
})
