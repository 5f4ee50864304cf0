import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
// which registers the gradients of TensorFlow.js
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { differences, tooLarge } from './agreement.ts'

// it looks for leaks in every kernel then
tf.env().set('IS_TEST', true)

describe.each(['cpu', 'wasm'])('on the backend %s', (backend) => {
  it('every operation has the value, the gradients and the second derivatives of xent', async () => {
    await tf.setBackend(backend)
    const found = await differences()
    expect(tooLarge(found)).toEqual([])
    expect(found.length).toBeGreaterThan(100)
  })
})
