// What runs in the browser: TensorFlow.js on its GPU backends, and the checks of xent/tfjs.
import '@tensorflow/tfjs-backend-webgl'
import '@tensorflow/tfjs-backend-webgpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { differences, strangers } from '../tfjs/agreement.ts'
import { type LossDifference, lossDifferences } from '../tfjs/loss-agreement.ts'
import { training } from '../tfjs/training.ts'

interface Checks {
  readonly differences: () => ReturnType<typeof differences>
  readonly strangers: typeof strangers
  readonly losses: () => Promise<LossDifference[]>
  readonly training: typeof training
}

const checks: Checks = {
  differences: () => differences(true),
  strangers,
  losses: () => lossDifferences(1),
  training,
}

declare global {
  /** Runs a check on a backend, and counts the tensors that it leaves behind. */
  var check: <Name extends keyof Checks>(
    backend: string,
    name: Name,
  ) => Promise<{ backend: string; found: Awaited<ReturnType<Checks[Name]>>; left: number }>
}

// it looks for leaks in every kernel then
tf.env().set('IS_TEST', true)

globalThis.check = async (backend, name) => {
  await tf.setBackend(backend)
  const before = tf.memory().numTensors
  tf.engine().startScope('check')
  const found = (await checks[name]()) as Awaited<ReturnType<Checks[typeof name]>>
  tf.engine().endScope()
  return { backend: tf.getBackend(), found, left: tf.memory().numTensors - before }
}
