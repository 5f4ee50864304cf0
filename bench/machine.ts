import { arch, cpus, platform } from 'node:os'

/** The processor and the system, and nothing that names one machine. */
export const machine = (core: number | undefined): string => {
  const { model, total } = { model: cpus()[0]?.model.trim() ?? 'unknown processor', total: cpus().length }
  return `${model}, ${platform()} ${arch()}, ${core === undefined ? `${total} cores` : `pinned to one of ${total} cores`}`
}
