import type { Tensor } from '@tensorflow/tfjs-core'
import type { LayersModel, Sequential } from '@tensorflow/tfjs-layers'
import { expectTypeOf, it } from 'vitest'
import {
  compileWith,
  losses,
  metrics,
  softmax,
  sparseSoftmaxCrossEntropyWithLogits,
} from '../../src/tfjs/index.ts'

declare const tensor: Tensor
declare const sequential: Sequential
declare const model: LayersModel

it('operations take tensors or numbers by name, and give a tensor', () => {
  expectTypeOf(softmax({ logits: [1, 2], axis: 0 })).toEqualTypeOf<Tensor>()
  expectTypeOf(
    sparseSoftmaxCrossEntropyWithLogits({ labels: tensor, logits: tensor }),
  ).toEqualTypeOf<Tensor>()
  // @ts-expect-error no such argument
  softmax({ logits: tensor, dim: 0 })
  // @ts-expect-error labels are missing
  sparseSoftmaxCrossEntropyWithLogits({ logits: tensor })
  // @ts-expect-error named arguments only
  softmax(tensor)
})

it('losses and metrics are what tfjs-layers takes, with options of their own', () => {
  const loss = losses.huber({ delta: 2 })
  model.compile({ optimizer: 'sgd', loss, metrics: [metrics.binaryAccuracy({ fromLogits: true })] })
  compileWith(model, {
    optimizer: 'sgd',
    loss: [loss, 'meanSquaredError'],
    metrics: { a: ['accuracy', loss] },
  })
  compileWith(sequential, { optimizer: 'sgd', loss })
  // @ts-expect-error no such option
  losses.huber({ gamma: 2 })
  // @ts-expect-error a loss is missing
  compileWith(model, { optimizer: 'sgd' })
})
