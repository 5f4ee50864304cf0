import { describe, expect, it } from 'vitest'
import { valueAndGrad, XentError } from '../../src/index.ts'
import * as keras from '../../src/keras/index.ts'
import { numbers } from '../support.ts'
import { fixture, type Library, lossOf } from './recorded.ts'

interface Config extends Readonly<Partial<Record<Library, Readonly<Record<string, unknown>>>>> {
  readonly loss: string
  readonly options: Readonly<Record<string, unknown>>
  readonly serialized: keras.SerializedLoss
}

type Resolved = { readonly function: string } | { readonly class: string } | { readonly error: string }

interface Identifier extends Readonly<Record<Library, Resolved>> {
  readonly name: string
}

const configs = fixture<Config>('configs')
const identifiers = fixture<Identifier>('identifiers')

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())
const title = ({ loss, options }: Config): string => `${loss} ${JSON.stringify(options)}`

/** The reduction as Keras 3 knows it. */
const portable = (config: object): object => {
  const { reduction, ...rest } = config as { reduction?: unknown }
  return { ...rest, reduction: reduction === 'auto' ? 'sum_over_batch_size' : reduction }
}

describe('getConfig', () => {
  it.each(configs.map((config) => [title(config), config] as const))(
    'of %s is that of Keras',
    (_, config) => {
      const loss = lossOf(config.loss, config.options)
      expect(portable(loss.getConfig())).toEqual(config.keras3)
      if (config.keras2) expect(loss.getConfig()).toMatchObject(config.keras2)
    },
  )

  it.each(configs.map((config) => [title(config), config] as const))(
    'of %s makes the same loss',
    (_, config) => {
      const Class = Reflect.get(keras, config.loss) as typeof keras.Huber
      const loss = lossOf(config.loss, config.options)
      for (const made of [
        Class.fromConfig(loss.getConfig()),
        Class.fromConfig({ ...config.keras3 }),
        Class.fromConfig({ ...config.keras2, fn: 'what Keras 2 adds', ...config.keras3 }),
      ]) {
        expect(made).toBeInstanceOf(Class)
        expect(portable(made.getConfig())).toEqual(portable(loss.getConfig()))
      }
    },
  )

  it('has its keys in both spellings', () => {
    const one = new keras.CategoricalCrossentropy({ from_logits: true, label_smoothing: 0.1 })
    const other = new keras.CategoricalCrossentropy({ fromLogits: true, labelSmoothing: 0.1 })
    expect(one.getConfig()).toEqual(other.getConfig())
    expect(one.getConfig()).toEqual({
      name: 'categorical_crossentropy',
      reduction: 'auto',
      from_logits: true,
      label_smoothing: 0.1,
      axis: -1,
    })
    const labels = [[0.5, 0.5]]
    const logits = [[1, 3]]
    expect(keras.categoricalCrossentropy(labels, logits, { from_logits: true }).data).toEqual(
      keras.categoricalCrossentropy(labels, logits, { fromLogits: true }).data,
    )
  })

  it('has no key that the class does not know', () => {
    const unknown = { from_logit: true } as object
    expect(() => new keras.CategoricalCrossentropy(unknown)).toThrow(
      "CategoricalCrossentropy: fromLogit: expected one of fromLogits, labelSmoothing, axis, reduction, name, received fromLogit. Got an unexpected keyword argument 'fromLogit'",
    )
    expect(() => keras.huber([1], [2], { gamma: 1 } as object)).toThrow('huber: gamma: expected one of delta')
  })
})

describe('serialize', () => {
  it.each(configs.map((config) => [title(config), config] as const))(
    'writes %s as Keras 3 does',
    (_, config) => {
      const loss = lossOf(config.loss, config.options)
      expect(keras.serialize(loss)).toEqual(config.serialized)
      const again = keras.deserialize(
        JSON.parse(JSON.stringify(keras.serialize(loss))),
      ) as unknown as keras.Loss
      expect(portable(again.getConfig())).toEqual(portable(loss.getConfig()))
    },
  )

  it('writes functions by their names', () => {
    const written = {
      module: 'builtins',
      class_name: 'function',
      config: 'mean_squared_error',
      registered_name: 'function',
    }
    expect(keras.serialize(keras.meanSquaredError)).toEqual(written)
    expect(keras.deserialize(written)).toBe(keras.meanSquaredError)
    expect(keras.deserialize('mse')).toBe(keras.meanSquaredError)
  })

  it('and deserialize know classes and functions of the user', () => {
    class Halved extends keras.Loss {
      perExample(_yTrue: unknown, yPred: number[][]) {
        return yPred.map(([first]) => first! / 2)
      }
    }
    const half = (_yTrue: unknown, yPred: unknown) => yPred as number[]
    const custom = { Halved, half } as never
    const written = keras.serialize(new Halved({ reduction: 'sum' }))
    expect(written).toEqual({
      module: null,
      class_name: 'Halved',
      config: { name: 'halved', reduction: 'sum' },
      registered_name: 'Halved',
    })
    const loss = keras.deserialize(written, custom)
    expect(loss).toBeInstanceOf(Halved)
    expect(loss([[0], [0]], [[2], [4]]).item()).toBe(3)
    expect(keras.deserialize(keras.serialize(half), custom)).toBe(half)
    expect(() => keras.deserialize(written)).toThrow("Unknown loss function: 'Halved'")
  })

  it('gives null for null', () => {
    expect(keras.serialize(null)).toBeNull()
    expect(() => keras.serialize(3 as never)).toThrow('Could not interpret loss function identifier: 3')
  })
})

describe('get', () => {
  it.each(identifiers.map((identifier) => [identifier.name, identifier] as const))(
    '%s is what it is in Keras 2 or 3',
    (name, { keras2, keras3 }) => {
      const known = [keras2, keras3].find((resolved) => !('error' in resolved))
      if (!known) {
        expect(() => keras.get(name)).toThrow(XentError)
        return
      }
      const loss = keras.get(name)
      if ('class' in known) expect(loss).toBeInstanceOf(Reflect.get(keras, known.class))
      else if ('function' in known) expect(loss).toBe(Reflect.get(keras, camelCase(known.function)))
    },
  )

  it('knows every function and class in both casings', () => {
    for (const { loss } of configs) {
      const name = keras.serialize(lossOf(loss, {})).class_name
      expect(keras.get(name)).toBeInstanceOf(Reflect.get(keras, name))
    }
    expect(keras.get('meanSquaredError')).toBe(keras.meanSquaredError)
    expect(keras.get('categoricalCrossentropy')).toBe(keras.categoricalCrossentropy)
    expect(keras.get('categorical_generalized_cross_entropy')).toBe(keras.categoricalGeneralizedCrossEntropy)
    expect(keras.get('CategoricalGeneralizedCrossEntropy')).toBeInstanceOf(
      keras.CategoricalGeneralizedCrossEntropy,
    )
    expect(keras.get('klDivergence')).toBe(keras.klDivergence)
  })

  it('exports the aliases as functions too', () => {
    for (const name of [
      'mse',
      'MSE',
      'mae',
      'MAE',
      'mape',
      'MAPE',
      'msle',
      'MSLE',
      'kld',
      'KLD',
      'bce',
      'BCE',
    ])
      expect(Reflect.get(keras, name)).toBe(keras.get(name))
    expect(keras.kullbackLeiblerDivergence).toBe(keras.klDivergence)
    expect(keras.logcosh).toBe(keras.logCosh)
  })

  it('takes classes, configs and losses themselves', () => {
    const huber = new keras.Huber({ delta: 2 })
    expect(keras.get(huber)).toBe(huber)
    expect(keras.get(keras.mse)).toBe(keras.mse)
    expect(keras.get(keras.Poisson)).toBeInstanceOf(keras.Poisson)
    const made = keras.get({ class_name: 'Huber', config: { delta: 2 } }) as unknown as keras.Huber
    expect(made.options).toEqual({ delta: 2 })
    expect(keras.get(null)).toBeNull()
    expect(keras.get(undefined)).toBeNull()
  })

  it('gives what valueAndGrad takes', () => {
    const { value, grad } = valueAndGrad(keras.get('mse'), 'yPred')([[1, 2]], [[1, 4]])
    expect([numbers(value), numbers(grad.yPred)]).toEqual([[2], [0, 2]])
  })

  it('refuses what is no loss', () => {
    expect(() => keras.get(0 as never)).toThrow('Could not interpret loss function identifier: 0')
    for (const name of ['constructor', 'toString', '__proto__'])
      expect(() => keras.get(name)).toThrow(`Unknown loss function: '${name}'`)
    expect(() => keras.get({} as never)).toThrow('Could not interpret loss function identifier')
    expect(() => keras.get({ class_name: 'Nope', config: {} })).toThrow("Unknown loss function: 'Nope'")
  })
})
