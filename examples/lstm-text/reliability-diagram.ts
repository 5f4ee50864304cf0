import { type Bin, calibrationError } from './calibration.ts'
import { at, svgOf } from './chart.ts'

/** A bin of fewer texts is faint: its share says little. */
const FEW = 20

/** How often a model is right, against how sure it is, as SVG. */
export const reliabilityDiagram = (bins: readonly Bin[], classes: number): string => {
  const error = (100 * calibrationError(bins)).toFixed(1)
  const chart = {
    title: `How often it is right, against how sure it is: ${error} % apart in the mean`,
    subtitle: `Held-out texts, their number above each bar (faint: under ${FEW}). On the dashed line both are the same.`,
    x: { title: 'probability of the predicted class', domain: [1 / classes, 1], ticks: 6 },
    // room for the numbers
    y: { title: 'share that is right', domain: [0, 1.1], ticks: 5 },
  } as const
  return svgOf(chart, (x, y) => [
    ...bins.map(({ start, end, count, confidence, accuracy }) => {
      const [left, width, top] = [x(start) + 1, x(end) - x(start) - 2, y(accuracy)]
      return `<rect class="first mark" opacity="${count < FEW ? 0.4 : 1}" x="${at(left)}" y="${at(top)}" width="${at(width)}" height="${at(y(0) - top)}"><title>${count} texts, probability ${confidence.toFixed(3)}, right ${accuracy.toFixed(3)}</title></rect>`
    }),
    `<path class="level" d="M${at(x(1 / classes))},${at(y(1 / classes))}L${at(x(1))},${at(y(1))}"/>`,
    ...bins.map(
      ({ start, end, count, accuracy }) =>
        `<text class="above" x="${at(x((start + end) / 2))}" y="${at(y(accuracy) - 5)}" text-anchor="middle">${count}</text>`,
    ),
  ])
}
