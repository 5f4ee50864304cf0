import { describe, expect, it } from 'vitest'
import { softmax } from '../../src/index.ts'
import {
  CategoricalCrossentropy,
  distributionStrategy,
  get,
  Huber,
  MeanSquaredError,
} from '../../src/keras/index.ts'
import { fixture, type Library } from './recorded.ts'

type Fact = number | string | { readonly error: string }

interface Recorded extends Readonly<Record<Library, Fact>> {
  readonly name: string
}

const facts = new Map(fixture<Recorded>('facts').map((fact) => [fact.name, fact]))

const [labels, predictions] = [
  [[1], [2]],
  [[2], [4]],
]

/** What xent makes of it, and whether the libraries do the same. */
const cases: readonly (readonly [name: string, ours: () => Fact, keras2: boolean, keras3: boolean])[] = [
  [
    "the reduction 'auto'",
    () => new MeanSquaredError({ reduction: 'auto' })(labels, predictions).item(),
    true,
    false,
  ],
  [
    'a mean under a strategy of two replicas',
    () => distributionStrategy(2, () => new MeanSquaredError()(labels, predictions).item()),
    true,
    false,
  ],
  [
    'predictions that a softmax made, in a graph',
    () => new CategoricalCrossentropy()([[0, 1]], softmax({ logits: [[38, 0]] })).item(),
    false,
    false,
  ],
  [
    'predictions that a softmax made, not in a graph',
    () => new CategoricalCrossentropy()([[0, 1]], softmax({ logits: [[38, 0]] })).item(),
    true,
    true,
  ],
  ['get of a class', () => (get(Huber) instanceof Huber ? 'Huber' : 'type'), false, true],
]

const outcome = (call: () => Fact): Fact => {
  try {
    return call()
  } catch {
    return { error: 'ValueError' }
  }
}

describe('as the table of differences says,', () => {
  it.each(cases)('%s', (name, ours, isKeras2, isKeras3) => {
    const { keras2, keras3 } = facts.get(name)!
    const own = outcome(ours)
    const isLike = (theirs: Fact): boolean =>
      typeof own === 'number' && typeof theirs === 'number'
        ? Math.abs(own - theirs) <= 1e-6 * theirs
        : JSON.stringify(own) === JSON.stringify(theirs)
    expect([isLike(keras2), isLike(keras3)]).toEqual([isKeras2, isKeras3])
  })

  it('no more than that is recorded', () => {
    expect([...facts.keys()]).toEqual(cases.map(([name]) => name))
  })
})
