import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Corpus, createText, type Text } from './corpus.ts'
import { isMail, textOfMail } from './mail.ts'
import { messageOf } from './message-of.ts'
import type { Update } from './progress.ts'

/**
 * Texts of one's own: a folder for each class, named after it, with a text or a mail in each file.
 *
 * @throws Error when there are not at least two such folders with files in them
 */
export const readFolder = async (path: string, onProgress: Update): Promise<Corpus> => {
  const classes = await foldersIn(path)
  if (classes.length < 2)
    throw new Error(
      `${path}: expected a folder for each of at least two classes, found ${classes[0] ? `only ${classes[0]}` : 'none'}`,
    )
  const files: { readonly label: number; readonly file: string }[] = []
  for (const [label, name] of classes.entries()) {
    const ofClass = await filesIn(join(path, name))
    if (ofClass.length === 0) throw new Error(`${join(path, name)}: expected files, found none`)
    files.push(...ofClass.map((file) => ({ label, file })))
  }
  const texts: Text[] = []
  for (const { label, file } of files) {
    texts.push(createText(label, await readText(file)))
    onProgress(texts.length, files.length)
  }
  return { classes, texts }
}

// sorted, so that the labels and every number after them are the same on each machine
const foldersIn = async (path: string): Promise<string[]> => {
  const entries = await readdir(path, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort()
}

const filesIn = async (path: string): Promise<string[]> => {
  const entries = await readdir(path, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
}

const readText = async (file: string): Promise<string> => {
  const bytes = await readFile(file)
  const text = decode(bytes)
  if (!file.endsWith('.eml') && !isMail(text)) return text
  try {
    return await textOfMail(bytes)
  } catch (error) {
    throw new Error(`${file}: cannot be read as a mail: ${messageOf(error)}`)
  }
}

/** UTF-8, or what old texts of the West are in. */
const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
