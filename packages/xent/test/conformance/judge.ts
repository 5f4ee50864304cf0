import { type XentEngine, XentError } from '../../src/index.ts'
import { againstPeer } from './against-peer.ts'
import { againstTruth, type Exactness } from './against-truth.ts'
import { type Call, failed, type Outcome } from './call.ts'
import { differences, type Peer } from './differences.ts'
import { type Results, runCall } from './run.ts'

/** A call, and what the libraries and high precision make of it. */
export interface Heard {
  readonly call: Call
  readonly outcomes: Readonly<Partial<Record<Peer | 'truth', Outcome | null>>>
}

/** What an engine does wrong; nothing where all is well. */
export interface Verdict extends Exactness {
  /** The deliberate differences that showed, by their name. */
  readonly differences: readonly string[]
}

/** Holds what an engine makes of a call against the truth, as close as can be, and against the libraries. */
export const judge = async (engine: XentEngine, { call, outcomes }: Heard): Promise<Verdict> => {
  const own = await attempt(engine, call)
  const faults: string[] = []
  const shown = new Set<string>()
  for (const peer of ['tensorflow', 'torch', 'jax'] as const) {
    const outcome = outcomes[peer]
    if (!outcome) continue
    const likewise = peer === 'tensorflow' ? await attempt(engine, call, 'tensorflow') : own
    for (const disagreement of againstPeer(peer, call, likewise, outcome)) {
      const mismatch = { call, peer, outcome, own: likewise, ...disagreement }
      const known = differences.find((one) => one.applies(mismatch))
      if (known) shown.add(known.name)
      else faults.push(`${peer}: ${mismatch.where}: ${mismatch.text}`)
    }
  }
  const { truth } = outcomes
  // where a library refuses the call, or xent does so on purpose, there is nothing to be true
  const isMeant = shown.size > 0 || Object.values(outcomes).some((outcome) => outcome && failed(outcome))
  if (!truth || failed(truth) || (own instanceof XentError && isMeant)) {
    return { faults, differences: [...shown], compared: 0, misrounded: 0 }
  }
  const exactness = againstTruth(engine.name, call, own, truth)
  return { ...exactness, faults: [...faults, ...exactness.faults], differences: [...shown] }
}

const attempt = async (
  engine: XentEngine,
  call: Call,
  gradient?: 'tensorflow',
): Promise<Results | XentError> => {
  try {
    return await runCall(engine, call, gradient)
  } catch (error) {
    if (error instanceof XentError) return error
    throw error
  }
}
