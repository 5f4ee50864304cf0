import { execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { encodeNpy } from 'xent-formats'
import { writeFileAtomic } from 'xent-formats/node'
import type { Predictions } from './predictions.ts'

/** Writes predictions into a folder, where any program that reads NumPy's files finds them. */
export const savePredictions = async (folder: string, { logits, labels }: Predictions): Promise<void> => {
  await mkdir(folder, { recursive: true })
  await writeFileAtomic(join(folder, LOGITS), encodeNpy(logits))
  await writeFileAtomic(join(folder, LABELS), encodeNpy({ data: labels, shape: [labels.length] }))
}

/** Lets the command `xent` compute loss and accuracy from the files alone. */
export const scoreSaved = (folder: string): void => {
  const path = (name: string): string => relative('.', join(folder, name))
  const args = ['score', '--logits', path(LOGITS), '--labels', path(LABELS), '--loss', 'sparse']
  console.log(`$ xent ${args.join(' ')}`)
  const xent = fileURLToPath(import.meta.resolve('xent-cli/bin/xent.js'))
  execFileSync(process.execPath, [xent, ...args], { stdio: 'inherit' })
}

const LOGITS = 'logits.npy'
const LABELS = 'labels.npy'
