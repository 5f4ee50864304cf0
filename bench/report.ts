import { table } from '../oracle/accuracy/table.ts'
import { figure, percent, times } from './figures.ts'
import {
  type Named,
  ours,
  type Results,
  rateOf,
  ratioOf,
  shareOf,
  steadinessOf,
  type WorkloadResult,
} from './results.ts'
import { verdictsOf } from './targets.ts'
import { functionName, isTiny, type Part, partsOf, shapeName } from './workloads.ts'

/** docs/performance.md. */
export const markdown = (results: Results): string => {
  const sparse = results.results.filter(
    ({ workload: { fn, dtype } }) => fn === 'sparse' && dtype === 'float32',
  )
  const others = results.results.filter((result) => !sparse.includes(result))
  const large = sparse.filter(({ workload }) => !isTiny(workload))
  const tiny = sparse.filter(({ workload }) => isTiny(workload))
  return `# Performance

![Two bar charts: how many logits a second xent and the others take, by shape, for the loss and for the loss with its gradient](performance.svg)

How fast is xent beside the libraries that one would use instead? All of them compute the sparse softmax cross-entropy per
example, TensorFlow's \`sparse_softmax_cross_entropy_with_logits\`, on the same float32 arrays and on the same core of the
processor, one thread each, in one run, a round of each in turn. A figure is the median of ${results.rounds} rounds of at least 20 ms
(where rounds are slow, of fewer, but at least three); starting and compiling are not counted. Logits are uniform in
[−8, 8). Every result was checked against float64, in float32 to a part in a thousand; how exact the libraries are says
[docs/accuracy.md](accuracy.md).

${[results.machine, ...results.notices].join('; ')}. ${steadiness(results)}

## Columns

${legend(results.contestants)}

xent writes gradients into arrays that it was given; the other libraries make a new array for every result. From about 32 MiB
on, that is from 8 million float32 logits, glibc takes such an array from the system and gives it back when it is freed, and
clearing its pages takes longer than the arithmetic. That is how PyTorch and JAX run unless told otherwise, and what their
columns show, with glibc's thresholds fixed where its own adjustment ends; the columns _kept_ show them with their memory
kept. Labels are laid out as a library wants them (one-hot, int64) before the clock starts. Of the shape with axis 1,
TensorFlow and TensorFlow.js transpose the logits, for their classes are the last axis; the others take it as it is.

The roofs are loops of this benchmark's own, in WebAssembly and as unhampered as possible (\`bench/kernels/roofs.ts\`): **read**
takes the maximum of an array of that size, **copy** copies it, **exp** adds exponentials of degree 5 in the first-level cache
without any check. A loss can be no faster than reading and exponentiating, a loss with its gradient than copying and
exponentiating: the share is that of xent in the lower of the two.

## Loss

10⁹ logits a second.

${oursTable(results, large, 'value')}

And how many times as fast xent is:

${othersTable(results, large, 'value')}

## Loss and gradient

From one call. 10⁹ logits a second.

${oursTable(results, large, 'gradient')}

${othersTable(results, large, 'gradient')}

## One call of a small batch

Microseconds, all that surrounds the arithmetic included.

${tinyTable(results, tiny)}

## Targets

What this project set out for.

${targetsList(results)}

## The other functions

10⁹ logits a second, and how many times as fast xent is.

${othersTable(results, others, 'value', true)}

With the gradient by the logits, from one call:

${othersTable(
  results,
  others.filter(({ workload }) => partsOf(workload).includes('gradient')),
  'gradient',
  true,
)}

## Measure again

\`\`\`sh
npm run bench                        # all of this; writes this page
npm run bench -- --quick             # in under two minutes: fewer rounds, and the slowest only on small arrays
npm run bench -- --only 4096x1000    # what has that in its title
\`\`\`

The first time it installs the libraries: those for Node into \`bench/node_modules\`, those for Python, if there is a Python
3.10 to 3.13, into \`oracle/.venv\`. All numbers, with the fastest and the slowest round, are in \`bench/results.json\`.
`
}

const steadiness = (results: Results): string => {
  const { slowest, fastest, disturbed } = steadinessOf(results)
  return `The roof exp, the same loop beside every shape, was between ${figure(slowest)} and ${figure(fastest)}: so steady
was the machine. Rounds during which something else had more than a twentieth of the core (${percent(disturbed)}) were measured again,
and where they always were, the processor's time is counted in the place of the clock's.`
}

const legend = (contestants: readonly Named[]): string =>
  contestants
    .filter(({ id }) => id in explanations)
    .map(({ id, name, about }) => `- **${name}** (${about}): ${explanations[id]}`)
    .join('\n')

const explanations: Readonly<Record<string, string>> = {
  xent: 'arrays of `allocate`, which its kernels use in place; relaxed SIMD where the machine has it',
  'xent-plain':
    "the same on `createEngine('wasm', { deterministic: true })`: plain SIMD, whose bits are the same everywhere; its calls are asynchronous",
  'xent-staged': "the caller's own arrays, which are copied in and out block by block",
  'xent-older': 'in place, on the Node that ran this benchmark; before Node 21 there is no relaxed SIMD',
  jax: '`logsumexp(x) - take_along_axis(x, y)` under `jit`, the gradient by `vjp`',
  'jax-kept':
    'the same on large shapes, with `MALLOC_MMAP_MAX_=0`, `MALLOC_TRIM_THRESHOLD_=4294967296`, `MALLOC_TOP_PAD_=268435456`',
  torch: "`F.cross_entropy(reduction='none')`, the gradient by `autograd.grad`",
  'torch-kept': 'the same on large shapes, with these three',
  tensorflow: '`tf.nn.sparse_softmax_cross_entropy_with_logits` in a `tf.function`',
  onnxruntime: 'a graph of LogSoftmax and GatherElements; it has no gradients',
  'tfjs-wasm': '`tf.losses.softmaxCrossEntropy` on one-hot labels, the WebAssembly backend',
  'tfjs-cpu': 'the same on the JavaScript backend',
  'jax-js':
    '`logsumexp(x) - takeAlongAxis(x, y)` under `jit` on its WebAssembly backend; for the gradient, which that does not have, the label is picked by `where`',
  loop: 'what one writes by hand over a `Float32Array`: two passes for the loss, a third for the gradient',
}

/** The variants of xent, the roofs, and xent's share of the lower one. */
const oursTable = ({ contestants }: Results, lines: readonly WorkloadResult[], part: Part): string => {
  const variants = contestants.filter(({ isOurs }) => isOurs)
  const roof = part === 'value' ? 'read' : 'copy'
  return table(
    ['', ...variants.map(({ name }) => name), `roof ${roof}`, 'roof exp', 'share'],
    lines.map((line) => {
      const roofs = line.parts[part]?.roofs
      return [
        shapeName(line.workload),
        ...variants.map(({ id }) => shown(rateOf(line, part, id), figure)),
        shown(roofs?.[roof], figure),
        shown(roofs?.exp, figure),
        shown(shareOf(line, part, ours), percent),
      ]
    }),
  )
}

/** Everyone's speed, and in brackets how many times as fast xent is. */
const othersTable = (
  { contestants }: Results,
  lines: readonly WorkloadResult[],
  part: Part,
  hasFunctions = false,
): string => {
  const columns = contestants.filter(
    ({ id, isOurs }) =>
      (!isOurs || id === ours || (hasFunctions && id === 'xent-plain')) &&
      lines.some(({ parts }) => parts[part]?.timings[id]),
  )
  return table(
    ['', ...(hasFunctions ? ['shape'] : []), ...columns.map(({ name }) => name)],
    lines.map((line) => [
      ...(hasFunctions ? [functionName(line.workload)] : []),
      shapeName(line.workload),
      ...columns.map(({ id, isOurs }) => {
        const rate = shown(rateOf(line, part, id), figure)
        const ratio = isOurs ? undefined : ratioOf(line, part, ours, id)
        return ratio === undefined ? rate : `${rate} (${times(ratio)})`
      }),
    ]),
  )
}

const tinyTable = ({ contestants }: Results, lines: readonly WorkloadResult[]): string =>
  table(
    [
      '',
      ...lines.flatMap(({ workload }) =>
        partsOf(workload).map(
          (part) => `${shapeName(workload)} ${part === 'value' ? 'loss' : 'and gradient'}`,
        ),
      ),
    ],
    contestants.map(({ id, name }) => [
      name,
      ...lines.flatMap((line) =>
        partsOf(line.workload).map((part) =>
          shown(line.parts[part]?.timings[id]?.ms, (ms) => figure(1000 * ms)),
        ),
      ),
    ]),
  )

const targetsList = (results: Results): string =>
  verdictsOf(results)
    .map(({ text, measured, isMet }) => {
      const verdict = isMet === undefined ? 'not measured' : isMet ? '✓ met' : '✗ not met'
      return `- **${verdict}**: ${text}${measured.length ? ` (${measured.join(', ')})` : ''}`
    })
    .join('\n')

const shown = (value: number | undefined, show: (value: number) => string): string =>
  value === undefined ? '–' : show(value)
