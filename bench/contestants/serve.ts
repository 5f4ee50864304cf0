import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { bfloat16ToNumber, float16ToNumber } from '../../packages/xent/src/tensor/float16.ts'
import type { Answers, Question, Spent } from '../protocol.ts'
import type { FloatName, Workload } from '../workloads.ts'

/** The arrays of a workload, as they are stored: 16-bit floats as bits. */
export interface Arrays {
  readonly logits: FloatArray
  /** Class indices of the sparse loss; an array like the logits of the dense and the sigmoid one. */
  readonly labels: Int32Array | Float32Array | undefined
}

export type FloatArray = Uint16Array | Float32Array | Float64Array

export interface Found {
  readonly value: ArrayLike<number>
  readonly gradient?: ArrayLike<number>
}

/** One way to run what is loaded. A call that gives a promise is awaited, and takes until that is there. */
export interface Runner {
  readonly call: () => unknown
  /** The results of a call more. */
  readonly results: () => Found | Promise<Found>
}

export interface Loaded {
  readonly runners: Readonly<Record<string, Runner>>
  readonly free: () => void
}

/** A library behind the protocol. */
export interface Contestant {
  readonly about: string
  readonly load: (workload: Workload, arrays: Arrays) => Loaded | Promise<Loaded>
}

/** Answers the driver's questions until it ends. */
export const serve = async (contestant: Contestant): Promise<void> => {
  const answer = answers(contestant)
  for await (const line of createInterface({ input: process.stdin })) {
    const reply = await answer(JSON.parse(line) as Question).catch((error: unknown) => ({
      error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    }))
    process.stdout.write(`${JSON.stringify(reply)}\n`)
  }
  // some libraries leave threads behind
  process.exit(0)
}

const answers = (contestant: Contestant): ((question: Question) => Promise<Answers[Question['ask']]>) => {
  let loaded: Loaded | undefined
  let dtype: FloatName = 'float32'
  const runner = (part: string): Runner => loaded!.runners[part]!
  return async (question) => {
    switch (question.ask) {
      case 'about':
        return { text: contestant.about }
      case 'load':
        dtype = question.workload.dtype
        loaded = await contestant.load(question.workload, arraysOf(question))
        return {}
      case 'warm':
        return { ms: await warm(runner(question.part).call, question.ms) }
      case 'run':
        return time(runner(question.part).call, question.calls)
      case 'results': {
        const { value, gradient } = await runner(question.part).results()
        const picks = arrayOf(Int32Array, question.picks)
        write(question.value, value, dtype, question.isWhole ? undefined : picks)
        if (gradient) write(question.gradient, gradient, dtype, picks)
        return { hasGradient: gradient !== undefined }
      }
      case 'free':
        loaded?.free()
        loaded = undefined
        return {}
    }
  }
}

const time = async (call: () => unknown, calls: number): Promise<Spent> => {
  const before = process.cpuUsage()
  const start = performance.now()
  for (let k = 0; k < calls; k++) {
    const pending = call()
    if (pending instanceof Promise) await pending
  }
  const ms = performance.now() - start
  const { user, system } = process.cpuUsage(before)
  return { ms, cpu: (user + system) / 1000 }
}

/** Twice as many calls from batch to batch, until the second or a later one takes half of the time. */
const warm = async (call: () => unknown, ms: number): Promise<number> => {
  await time(call, 1)
  for (let calls = 2; ; calls *= 2) {
    const spent = await time(call, calls)
    if (spent.ms >= ms / 2) return spent.ms / calls
  }
}

/** What holds the elements of a type. */
export const storage: Readonly<{
  float16: Uint16ArrayConstructor
  bfloat16: Uint16ArrayConstructor
  float32: Float32ArrayConstructor
  float64: Float64ArrayConstructor
}> = {
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
}

const arraysOf = ({ workload, files }: Extract<Question, { ask: 'load' }>): Arrays => {
  const logits = arrayOf<FloatArray>(storage[workload.dtype], files.logits)
  if (workload.fn === 'softmax' || workload.fn === 'logSoftmax') return { logits, labels: undefined }
  return {
    logits,
    labels: arrayOf<Int32Array | Float32Array>(
      workload.fn === 'sparse' ? Int32Array : Float32Array,
      files.labels,
    ),
  }
}

/** A file's bytes, read straight into the array's own buffer: a Buffer may lie anywhere in a larger one. */
const arrayOf = <Result>(Class: new (buffer: ArrayBuffer) => Result, path: string): Result => {
  const file = openSync(path, 'r')
  const bytes = new Uint8Array(fstatSync(file).size)
  readSync(file, bytes)
  closeSync(file)
  return new Class(bytes.buffer)
}

const decoders: Readonly<Partial<Record<FloatName, (bits: number) => number>>> = {
  float16: float16ToNumber,
  bfloat16: bfloat16ToNumber,
}

const write = (
  path: string,
  results: ArrayLike<number>,
  dtype: FloatName,
  picks: Int32Array | undefined,
): void => {
  const decode = results instanceof Uint16Array ? decoders[dtype]! : (value: number) => value
  const numbers = new Float64Array(picks?.length ?? results.length)
  for (let k = 0; k < numbers.length; k++) numbers[k] = decode(results[picks ? picks[k]! : k]!)
  writeFileSync(path, new Uint8Array(numbers.buffer))
}
