// What threads share: a ring of tasks in the shared memory, each a few calls of kernels. The caller publishes them in order,
// and whoever is free, the caller too, claims the next. Nothing else passes between threads but a message at the end of a task
// that the caller awaits without standing still.
//
// A ticket counts the tasks; it may wrap around.

/** A function of a kernel module. */
export type Callable = (...args: number[]) => void

/** Tasks that may be under way at a time. */
export const SLOTS = 64
export const MOST_THREADS = 256

// In 32-bit words, those that are written often on cache lines of their own:
/** The ticket that is published next, and the one that is claimed next. */
const HEAD = 0
const CURSOR = 16
/** How many threads sleep until there are tasks. */
const SLEEPERS = 32
/** The task whose end the caller wants to be told by a message. */
export const AWAITED = 48
/** Where each thread's scratch area is. */
export const SCRATCHES = 64
/** How each slot's task ended. */
const STATES: number = SCRATCHES + MOST_THREADS
const LINE = 16
/** Each slot's task: how many calls, and for each the function, how many arguments, and these. */
const RECORDS: number = STATES + SLOTS * LINE
const RECORD = 128
export const RING_BYTES: number = 4 * (RECORDS + SLOTS * RECORD)

/** A first argument that stands for the scratch area of the thread that runs the task; no array lies there. */
export const OWN_SCRATCH = -1

const PENDING = 0
const DONE = 1
const FAILED = 2

/**
 * How long a thread that has nothing to do looks for a task before it sleeps, in milliseconds: longer than waking takes, and
 * than a caller needs to check the arguments of the next call.
 */
const VIGIL = 0.2
/** Looks between two at the clock. */
const LOOKS = 32

const slotOf = (ticket: number): number => ticket & (SLOTS - 1)
const stateOf = (ticket: number): number => STATES + slotOf(ticket) * LINE
const recordOf = (ticket: number): number => RECORDS + slotOf(ticket) * RECORD

export const isPending = (ring: Int32Array, ticket: number): boolean =>
  Atomics.load(ring, stateOf(ticket)) === PENDING

export const hasFailed = (ring: Int32Array, ticket: number): boolean =>
  Atomics.load(ring, stateOf(ticket)) === FAILED

/** The caller's end of a ring. */
export interface Producer {
  /** Adds a call to the task that is published next. Its slot must be that of a task which nobody waits for any more. */
  record(fn: number, args: readonly number[]): void
  /** Publishes what was recorded, and gives its ticket. */
  publish(): number
}

export const producerOf = (ring: Int32Array): Producer => {
  let ticket = Atomics.load(ring, HEAD)
  let calls = 0
  let at = recordOf(ticket) + 1
  return {
    record: (fn, args) => {
      if (at + 2 + args.length > recordOf(ticket) + RECORD) throw new RangeError('a task of too many calls')
      ring[at++] = fn
      ring[at++] = args.length
      for (const argument of args) ring[at++] = argument
      calls++
    },
    publish: () => {
      const published = ticket
      ring[recordOf(ticket)] = calls
      Atomics.store(ring, stateOf(ticket), PENDING)
      ticket = (ticket + 1) | 0
      calls = 0
      at = recordOf(ticket) + 1
      Atomics.store(ring, HEAD, ticket)
      // whoever goes to sleep from now on looks at the head first
      if (sleepers(ring) > 0) Atomics.notify(ring, HEAD)
      return published
    },
  }
}

/** Takes the next task, where there is one. */
export const claim = (ring: Int32Array): number | undefined => {
  for (;;) {
    const ticket = Atomics.load(ring, CURSOR)
    if (ticket === Atomics.load(ring, HEAD)) return undefined
    if (Atomics.compareExchange(ring, CURSOR, ticket, (ticket + 1) | 0) === ticket) return ticket
  }
}

/** How many threads sleep. */
export const sleepers = (ring: Int32Array): number => Atomics.load(ring, SLEEPERS)

/** Runs a claimed task. */
export const execute = (
  ring: Int32Array,
  functions: readonly Callable[],
  thread: number,
  ticket: number,
): void => {
  let state = DONE
  try {
    let at = recordOf(ticket)
    const args: number[] = []
    for (let calls = ring[at++]!; calls > 0; calls--) {
      const call = functions[ring[at++]!]!
      args.length = 0
      for (const end = at + 1 + ring[at++]!; at < end; at++) args.push(ring[at]!)
      if (args[0] === OWN_SCRATCH) args[0] = ring[SCRATCHES + thread]!
      call(...args)
    }
  } catch {
    state = FAILED
  }
  Atomics.store(ring, stateOf(ticket), state)
  Atomics.notify(ring, stateOf(ticket))
}

/** Looks at something for a while; whether it came true. */
export const watch = (isTrue: () => boolean): boolean => {
  const end = performance.now() + VIGIL
  do {
    for (let k = 0; k < LOOKS; k++) if (isTrue()) return true
  } while (performance.now() < end)
  return false
}

/** Sleeps until there may be a task. */
export const sleep = (ring: Int32Array): void => {
  const head = Atomics.load(ring, HEAD)
  Atomics.add(ring, SLEEPERS, 1)
  if (Atomics.load(ring, CURSOR) === head) Atomics.wait(ring, HEAD, head)
  Atomics.sub(ring, SLEEPERS, 1)
}

/** Sleeps until a task is done, or for so many milliseconds. */
export const sleepUntilDone = (ring: Int32Array, ticket: number, ms: number): void => {
  Atomics.wait(ring, stateOf(ticket), PENDING, ms)
}
