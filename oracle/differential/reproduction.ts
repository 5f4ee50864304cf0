import type { Call, EncodedArray, Outcome } from '../../packages/xent/test/conformance/call.ts'
import { failed } from '../../packages/xent/test/conformance/call.ts'
import { values } from '../../packages/xent/test/conformance/run.ts'

/** A call as a program of xent's user and of TensorFlow's, and what the libraries make of it. */
export const reproduction = (call: Call, outcomes: Readonly<Record<string, Outcome | null>>): string =>
  [
    '',
    '  // TypeScript',
    `  ${inTypeScript(call)}`,
    '',
    '  # Python',
    `  ${inPython(call)}`,
    '',
    ...Object.entries(outcomes).map(([name, outcome]) => `  ${name}: ${described(outcome)}`),
  ].join('\n')

const inTypeScript = ({ function: name, args, options, wrt, upstream }: Call): string => {
  const given = [
    ...Object.entries(args).map(([key, array]) => `${key}: ${array && literal(array)}`),
    ...Object.entries(options ?? {}).map(([key, option]) => `${key}: ${String(option)}`),
  ]
  const call = `({ ${given.join(', ')} }${upstream ? `, { upstream: ${literal(upstream)} }` : ''})`
  return wrt?.length
    ? `valueAndGrad(${name}, [${wrt.map((key) => `'${key}'`).join(', ')}])${call}`
    : `${name}${call}`
}

const literal = (array: EncodedArray): string =>
  `tensor({ data: [${values(array).join(', ')}], shape: [${array.shape.join(', ')}] }, '${array.dtype}')`

const inPython = ({ function: name, args, options }: Call): string => {
  const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const given = [
    ...Object.entries(args).map(([key, array]) => `${snake(key)}=${array && constant(array)}`),
    ...Object.entries(options ?? {}).map(([key, option]) => `${snake(key)}=${String(option)}`),
  ]
  return `tf.nn.${snake(name)}(${given.join(', ')})`
}

const constant = (array: EncodedArray): string => {
  const numbers = values(array).map((x) =>
    Number.isNaN(x) ? "float('nan')" : Number.isFinite(x) ? String(x) : `float('${x < 0 ? '-' : ''}inf')`,
  )
  return `tf.constant([${numbers.join(', ')}], tf.${array.dtype}, [${array.shape.join(', ')}])`
}

const described = (outcome: Outcome | null): string => {
  if (!outcome) return 'has no such function'
  if (failed(outcome)) return `${outcome.error.class}: ${outcome.error.text}`
  const arrays = [['value', outcome.value] as const, ...Object.entries(outcome.gradients ?? {})]
  return arrays.map(([name, array]) => `${name} [${values(array).join(', ')}]`).join('; ')
}
