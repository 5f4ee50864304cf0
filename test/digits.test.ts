import { expect, it } from 'vitest'
import { loadDigits, splitDigits } from '../examples/digits/data.ts'
import { createModel, evaluate, predict, trainEpoch } from '../examples/digits/model.ts'

it('one epoch of the digits example learns to read most of the digits that it has not seen', () => {
  const { training, heldOut } = splitDigits(loadDigits())
  const model = createModel()
  expect(evaluate(predict(model, heldOut)).loss).toBeCloseTo(Math.log(10), 5)
  const cost = trainEpoch(model, training)
  const { accuracy, loss } = evaluate(predict(model, heldOut))
  expect(cost).toBeLessThan(1)
  expect(accuracy).toBeGreaterThan(0.85)
  expect(loss).toBeLessThan(0.6)
})
