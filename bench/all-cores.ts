import { availableParallelism } from 'node:os'
import type { Child } from './child.ts'
import { type Contestant, type Lineup, newestNode, type Setting, script, startPython } from './contestants.ts'
import type { Answers, Question } from './protocol.ts'
import { ours } from './results.ts'

/** Threads of everyone where all cores are measured. */
export const allThreads = (): number => availableParallelism()

/** The contestants beside which `ours` is put: itself on one thread, and that in as many processes at once. */
export const alone = 'xent-alone'
export const processes = 'xent-processes'

/** Starts every process for all cores. */
export const startOnAllCores = (setting: Setting): Lineup => {
  const notices: string[] = []
  const node = newestNode(notices)
  const { threads } = setting
  const xent = (id: string, name: string, child: Child): Contestant => ({
    id,
    name,
    isOurs: true,
    child,
    without: () => undefined,
  })
  const single = (): Child => script(setting, 'xent', node, 'in-place')
  return {
    contestants: [
      xent(ours, 'xent', script(setting, 'xent', node, 'threads', String(threads))),
      xent(alone, 'xent, one thread', single()),
      xent(processes, `${threads} processes`, together(Array.from({ length: threads }, single))),
      ...startPython(setting, notices),
    ],
    notices,
  }
}

/** Processes that do the same at the same time; a call of theirs takes what one of all their calls takes. */
const together = (children: readonly Child[]): Child => {
  const ask = async <Ask extends Question['ask']>(
    question: Extract<Question, { ask: Ask }>,
  ): Promise<Answers[Ask]> => {
    const answers = await Promise.all(children.map((child) => child.ask<Ask>(question)))
    const mean = (key: 'ms' | 'cpu'): number =>
      answers.reduce((sum, answer) => sum + (answer as Answers['run'])[key], 0) / children.length
    const [first] = answers
    if ('cpu' in first!) return { ms: mean('ms') / children.length, cpu: mean('cpu') } as Answers[Ask]
    return 'ms' in first! ? ({ ms: mean('ms') / children.length } as Answers[Ask]) : first!
  }
  return {
    ask,
    close: () => {
      for (const child of children) child.close()
    },
  }
}
