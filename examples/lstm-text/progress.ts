import { SingleBar } from 'cli-progress'

/** How often a line is printed where there is no terminal to draw a bar on, in milliseconds. */
const LINE_EVERY = 10_000

/** A bar on stderr: how much is done, how it goes, and how long the rest may take. */
export interface Progress {
  readonly update: (done: number, of: number, text?: string) => void
  readonly stop: () => void
}

export const showProgress = (title: string): Progress => {
  const bar = new SingleBar({
    format: `${title} {bar} {value}/{total}  {text}  {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: LINE_EVERY,
  })
  return {
    update: (done, of, text = '') => {
      if (bar.isActive) bar.update(done, { text })
      else bar.start(of, done, { text })
    },
    stop: () => bar.stop(),
  }
}
