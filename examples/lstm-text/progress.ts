import { SingleBar } from 'cli-progress'

/** How often a line is printed where there is no terminal to draw a bar on, in milliseconds. */
const LINE_EVERY = 10_000

/** Tells how much is done, and how it goes. */
export type Update = (done: number, of: number, text?: string) => void

/** Shows a bar on stderr while some work lasts. */
export const withProgress = async <T>(title: string, work: (update: Update) => Promise<T>): Promise<T> => {
  const bar = new SingleBar({
    format: `${title} {bar} {value}/{total}  {text}  {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    noTTYOutput: true,
    notTTYSchedule: LINE_EVERY,
  })
  const update: Update = (done, of, text = '') => {
    if (bar.isActive) bar.update(done, { text })
    else bar.start(of, done, { text })
  }
  try {
    return await work(update)
  } finally {
    // its timer would keep the program alive after an error
    bar.stop()
  }
}
