import { expect, it } from 'vitest'
import { loadDigits, splitDigits } from '../examples/digits/data.ts'
import { createModel, predict, trainEpoch } from '../examples/digits/model.ts'
import { scoreOf } from '../examples/predictions.ts'

it('one epoch of the digits example learns to read most of the digits that it has not seen', () => {
  const { training, heldOut } = splitDigits(loadDigits())
  const model = createModel()
  expect(scoreOf(predict(model, heldOut)).loss).toBeCloseTo(Math.log(10), 5)
  const cost = trainEpoch(model, training)
  const { accuracy, loss } = scoreOf(predict(model, heldOut))
  expect(cost).toBeLessThan(1)
  expect(accuracy).toBeGreaterThan(0.85)
  expect(loss).toBeLessThan(0.6)
})
