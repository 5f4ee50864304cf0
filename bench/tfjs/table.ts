import { table } from '../../oracle/accuracy/table.ts'
import { figure, times } from '../figures.ts'
import type { Result } from './main.ts'

const header: readonly string[] = [
  'backend',
  'logits',
  'loss of',
  'kernels a step',
  'peak memory',
  'loss',
  'step',
  'faster',
]

/** Results as a table of Markdown. */
export const tableOf = (results: readonly Result[]): string => {
  const rows = results.flatMap(({ backend, shape, found }) =>
    found.map(({ contestant, kernels, peakBytes, lossMs, stepMs }) => [
      backend,
      `[${shape.join(', ')}]`,
      contestant,
      String(kernels),
      `${figure(peakBytes / 1e6)} MB`,
      `${figure(lossMs)} ms`,
      `${figure(stepMs)} ms`,
      contestant === 'TensorFlow.js' ? '' : times(found.at(-1)!.stepMs / stepMs),
    ]),
  )
  return table(header, rows, 3)
}
