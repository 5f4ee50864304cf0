import { line } from 'd3-shape'
import { at, svgOf } from './chart.ts'
import { bestEpoch, type Learner } from './learner.ts'

/** A point of the line is the mean of so many steps: single batches jump. */
const STEPS = 10

const looks = ['first', 'second']

/** The losses of learners while they learned, as SVG. */
export const lossCurves = (learners: readonly Learner[]): string => {
  const [{ costs, epochs }] = learners as [Learner]
  const steps = costs.length / epochs.length
  const curves = learners.map((learner) => ({
    name: learner.name,
    training: meansOf(learner.costs).map(([step, cost]) => [step / steps, cost] as const),
    validation: learner.epochs.map(({ validation }, k) => [k + 1, validation.loss] as const),
    best: bestEpoch(learner),
  }))
  const highest = Math.max(
    ...curves.flatMap(({ training, validation }) => [...training, ...validation]).map(([, y]) => y),
  )
  const chart = {
    title: 'Cross-entropy while learning',
    subtitle: `Line: training, the mean of ${STEPS} batches. Dots: validation; the ring is the lowest, whose model is kept.`,
    x: { title: 'epoch', domain: [0, epochs.length], ticks: epochs.length },
    y: { title: 'nats', domain: [0, highest], ticks: 6 },
  } as const
  return svgOf(chart, (x, y) =>
    curves.flatMap(({ name, training, validation, best }, k) => {
      const legend = 110 + k * 130
      // the first is the broader, so that it shows below the second where they coincide
      const width = 4 - 2.5 * k
      const path = line().digits(1)(training.map(([epoch, cost]): [number, number] => [x(epoch), y(cost)]))
      const [bestX, bestY] = validation[best]!
      return [
        `<g class="${looks[k]}"><path class="line" stroke-width="${width}" d="M${legend},66h18"/>`,
        `<text x="${legend + 26}" y="70">${name}</text>`,
        `<path class="line" stroke-width="${width}" d="${path}"/>`,
        ...validation.map(
          ([epoch, loss]) =>
            `<circle class="mark" cx="${at(x(epoch))}" cy="${at(y(loss))}" r="${6 - 2.5 * k}"/>`,
        ),
        `<circle class="line" stroke-width="1.5" cx="${at(x(bestX))}" cy="${at(y(bestY))}" r="${10 - 2 * k}"/></g>`,
      ]
    }),
  )
}

/** Means of STEPS costs each, at the step in their middle. */
const meansOf = (costs: readonly number[]): [step: number, cost: number][] =>
  Array.from({ length: Math.ceil(costs.length / STEPS) }, (_, k) => {
    const some = costs.slice(k * STEPS, (k + 1) * STEPS)
    return [k * STEPS + some.length / 2, some.reduce((sum, cost) => sum + cost) / some.length]
  })
