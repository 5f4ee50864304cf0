import { expect, it } from 'vitest'
import { FormatError } from '../src/index.ts'

it('says the source, the place, what was expected and what came, and keeps each', () => {
  const problem = { source: 'x.csv', position: 'line 3, column 2', expected: 'a number', received: '"x"' }
  const error = new FormatError(problem)
  expect(error.message).toBe('x.csv: line 3, column 2: expected a number, got "x"')
  expect(error).toMatchObject({ ...problem, name: 'FormatError' })
})

it('leaves the place out when the whole is meant', () => {
  const error = new FormatError({ source: 'x.csv', expected: 'a row', received: 'none' })
  expect(error.message).toBe('x.csv: expected a row, got none')
  expect(error.position).toBeUndefined()
})
