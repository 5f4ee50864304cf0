import { percent, times } from './figures.ts'
import { ours, type Results, ratioOf, shareOf, type WorkloadResult } from './results.ts'
import { type Part, shapeName } from './workloads.ts'

/** A goal of ours, and how far it is reached. */
export interface Verdict {
  readonly text: string
  /** By shape, in words. */
  readonly measured: readonly string[]
  /** Undefined where nothing was measured. */
  readonly isMet: boolean | undefined
}

interface Target {
  readonly text: string
  readonly shapes: readonly string[]
  readonly measure: (result: WorkloadResult) => number | undefined
  readonly isMet: (measured: number) => boolean
  readonly show: (measured: number) => string
}

/** Every target on the sparse loss in float32, in the order of the issue that set them. */
export const verdictsOf = (results: Results): readonly Verdict[] => {
  const sparse = results.results.filter(
    ({ workload: { fn, dtype } }) => fn === 'sparse' && dtype === 'float32',
  )
  const names = new Map(results.contestants.map(({ id, name }) => [id, name]))
  return targets(names).map(({ text, shapes, measure, isMet, show }) => {
    const found = sparse.flatMap((result) => {
      const name = shapeName(result.workload)
      const measured = shapes.includes(name) ? measure(result) : undefined
      return measured === undefined ? [] : [{ name, measured }]
    })
    return {
      text,
      measured: found.map(({ name, measured }) => `${show(measured)} at ${name}`),
      isMet: found.length ? found.every(({ measured }) => isMet(measured)) : undefined,
    }
  })
}

const FEW_CLASSES = ['65536x2', '65536x10']
const LARGEST = ['256x50257', '128x128256']
const FROM_32000 = ['512x32000', ...LARGEST, '16x262144']
const FROM_1000 = ['4096x1000', ...FROM_32000]
const AXIS_1 = 'axis 1 of [8, 21, 256, 256]'
const REST = ['64x2', '64x1000', '8192x100', '4096x1000', '512x32000', '16x262144', AXIS_1]
const ALL = [...FEW_CLASSES, ...LARGEST, ...REST]

const targets = (names: ReadonlyMap<string, string>): readonly Target[] => {
  const faster = (
    part: Part,
    factor: number,
    id: string,
    where: string,
    shapes: readonly string[],
  ): Target => ({
    text: `${titles[part]}: at least ${factor === 1 ? '' : `${factor} times `}as fast as ${names.get(id) ?? id} ${where}`,
    shapes,
    measure: (result) => ratioOf(result, part, ours, id),
    isMet: (ratio) => ratio >= factor,
    show: times,
  })
  const within = (microseconds: number, shape: string): Target => ({
    text: `loss: a call of ${shape} within ${microseconds} µs`,
    shapes: [shape],
    measure: ({ parts }) => parts.value?.timings[ours]?.ms,
    isMet: (ms) => 1000 * ms <= microseconds,
    show: (ms) => `${(1000 * ms).toFixed(2)} µs`,
  })
  const ofRoof = (part: Part, share: number): Target => ({
    text: `${titles[part]}: at least ${100 * share} % of the lower roof from 4096x1000 up`,
    shapes: FROM_1000,
    measure: (result) => shareOf(result, part, ours),
    isMet: (measured) => measured >= share,
    show: percent,
  })
  return [
    faster('value', 4, 'torch', 'at 256x50257 and 128x128256', LARGEST),
    faster('value', 1.5, 'jax', 'at 256x50257 and 128x128256', LARGEST),
    faster('value', 2, 'jax', 'at 2 and 10 classes', FEW_CLASSES),
    faster('value', 3, 'torch', 'at 2 and 10 classes', FEW_CLASSES),
    faster('value', 1.1, 'jax', 'everywhere else', REST),
    faster('value', 1.8, 'torch', 'everywhere else', REST),
    faster('value', 8, 'tensorflow', 'everywhere', ALL),
    faster('gradient', 3, 'jax', 'from 512x32000 up', FROM_32000),
    faster('gradient', 8, 'torch', 'from 512x32000 up', FROM_32000),
    faster('gradient', 1.5, 'jax', 'at 10 classes', ['65536x10']),
    faster('gradient', 1.1, 'jax', 'at 2 classes', ['65536x2']),
    faster('gradient', 1, 'jax', 'at 100 and 1000 classes', ['8192x100', '4096x1000']),
    ...(['value', 'gradient'] as const).flatMap((part) =>
      ['tfjs-wasm', 'jax-js'].map((id) => faster(part, 15, id, 'everywhere', ALL)),
    ),
    within(2, '64x2'),
    within(60, '64x1000'),
    ofRoof('value', 0.6),
    ofRoof('gradient', 0.6),
  ]
}

const titles: Readonly<Record<Part, string>> = { value: 'loss', gradient: 'loss and gradient' }
