import { describe, expect, it } from 'vitest'
import { calibrationError, calibrationOf } from '../../examples/lstm-text/calibration.ts'
import { createText, readMails } from '../../examples/lstm-text/corpus.ts'
import { prepare, take } from '../../examples/lstm-text/examples.ts'
import { isMail, textOfMail } from '../../examples/lstm-text/mail.ts'
import { groupNearDuplicates } from '../../examples/lstm-text/near-duplicates.ts'
import { split } from '../../examples/lstm-text/split.ts'
import { idsOf, vocabularyOf } from '../../examples/lstm-text/vocabulary.ts'
import { wordsOf } from '../../examples/lstm-text/words.ts'
import { mulberry32 } from '../../examples/random.ts'

describe('words', () => {
  it('are in lower case, without punctuation, their numbers 0', () => {
    expect(wordsOf('Buy 100 NOW!!! It’s $5.99, win32')).toEqual(['buy', '0', 'now', 'it’s', '0.0', 'win0'])
  })

  it('are found where no spaces are', () => {
    expect(wordsOf('今天天气很好，我们去公园')).toEqual(['今天', '天气', '很好', '我们', '去', '公园'])
  })

  it('are the first 64', () => {
    expect(wordsOf('a b '.repeat(100))).toHaveLength(64)
    expect(wordsOf('')).toEqual([])
  })
})

describe('a mail', () => {
  const mail = (type: string, body: string) =>
    `From a@b.c  Mon Aug 26 15:13:50 2002\nReceived: from x\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nContent-Type: ${type}; charset=utf-8\n\n${body}`

  it('is read as its subject and its text', async () => {
    expect(await textOfMail(mail('text/plain', 'Hello\nyou'))).toBe('Grüße\nHello\nyou\n')
  })

  it('is read without its markup', async () => {
    const html = '<html><style>p { color: red }</style><p>Hello <a href="http://x.y">you</a><img src="z.gif">'
    expect(await textOfMail(mail('text/html', html))).toBe('Grüße\nHello you')
  })

  it('is known by its first line', () => {
    expect(isMail(mail('text/plain', ''))).toBe(true)
    expect(isMail('Return-Path: <a@b.c>\n')).toBe(true)
    expect(isMail('From here to eternity')).toBe(false)
    expect(isMail('Note: no mail')).toBe(false)
  })
})

describe('a vocabulary', () => {
  const vocabulary = vocabularyOf([['a', 'b', 'a'], ['a', 'b'], ['b', 'a', 'c'], ['b']])

  it('has the words of three texts and more, the most frequent first', () => {
    expect([...vocabulary]).toEqual([
      ['b', 2],
      ['a', 3],
    ])
  })

  it('makes ids, after as many 0 as are missing, with 1 for other words', () => {
    const ids = idsOf(['a', 'c', 'b'], vocabulary)
    expect(ids).toHaveLength(64)
    expect([...ids.slice(-4)]).toEqual([0, 3, 1, 2])
    expect(ids.slice(0, -3).every((id) => id === 0)).toBe(true)
  })
})

/** The shingles of a text, found anew. */
const shinglesOf = (words: readonly string[]): Set<string> =>
  new Set(words.slice(0, Math.max(1, words.length - 2)).map((_, k) => words.slice(k, k + 3).join(' ')))

const resemblance = (a: Set<string>, b: Set<string>): number => {
  let shared = 0
  for (const shingle of a) if (b.has(shingle)) shared++
  return shared / (a.size + b.size - shared)
}

describe('near-duplicates', () => {
  const textsOf = (...texts: string[]) => texts.map((text) => createText(0, text))

  it('share half of their shingles', () => {
    const texts = textsOf('a b c d', 'x a b c d', 'a b c e', 'p q', 'p q', 'q p', '')
    // abc bcd against xab abc bcd: 2 of 3; against abc bce: 1 of 3
    expect(groupNearDuplicates(texts, () => {})).toEqual([[0, 1], [2], [3, 4], [5], [6]])
  })

  it('are all that a comparison of every pair finds', () => {
    const random = mulberry32(5)
    const texts = Array.from({ length: 300 }, () =>
      Array.from({ length: 3 + Math.floor(9 * random()) }, () => 'abcd'.charAt(Math.floor(4 * random()))),
    )
    const shingles = texts.map((words) => shinglesOf(words))
    // what a text can be reached from by near-duplicates, the first of them for its name
    const names = [...texts.keys()]
    const pairs = names.flatMap((a) => names.slice(0, a).map((b) => [a, b] as const))
    const near = pairs.filter(([a, b]) => resemblance(shingles[a]!, shingles[b]!) >= 0.5)
    for (let k = 0; k < texts.length; k++)
      for (const [a, b] of near) names[a] = names[b] = Math.min(names[a]!, names[b]!)
    const groups = [...new Set(names)].map((name) => [...names.keys()].filter((text) => names[text] === name))
    expect(groups.length).toBeGreaterThan(50)
    expect(groups.length).toBeLessThan(250)
    expect(
      groupNearDuplicates(textsOf(...texts.map((words) => words.join(' '))), () => {})
        .map((group) => group.toSorted((a, b) => a - b))
        .sort((a, b) => a[0]! - b[0]!),
    ).toEqual(groups.sort((a, b) => a[0]! - b[0]!))
  })

  it('of near-duplicates are of the same group', () => {
    const texts = textsOf('a b c d e', 'b c d e f', 'c d e f g')
    expect(groupNearDuplicates(texts, () => {})).toEqual([[0, 1, 2]])
  })

  it('may begin or end otherwise', () => {
    const numbered = (letter: string) =>
      Array.from({ length: 100 }, (_, k) => `${letter.repeat(k + 1)}`).join(' ')
    const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map(numbered)
    const texts = textsOf(`${a} ${b} ${c} ${e}`, `${d} ${b} ${c} ${e}`, `${a} ${d}`, `${e}`)
    expect(groupNearDuplicates(texts, () => {})).toEqual([[0, 1, 2], [3]])
  })
})

describe('a split', () => {
  const groups = [...Array(200).keys()].map((k) => (k < 20 ? [k, 200 + k] : [k]))
  const labels = [...Array(220).keys()].map((k) => ((k % 200) % 4 === 0 ? 1 : 0))

  it('has each text once, a tenth to validate and a fifth held out, of each class its share', () => {
    const parts = split(groups, labels, ['a', 'b'], mulberry32(3))
    const { training, validation, heldOut } = parts
    expect([...training, ...validation, ...heldOut].sort((a, b) => a - b)).toEqual([...labels.keys()])
    const ones = (part: readonly number[]) => part.filter((text) => labels[text] === 1).length
    expect([validation, heldOut].map((part) => part.length)).toEqual([
      expect.closeTo(22, -1),
      expect.closeTo(44, -1),
    ])
    expect(ones(heldOut)).toBeGreaterThanOrEqual(11)
    expect(ones(heldOut)).toBeLessThanOrEqual(12)
  })

  it('wants some texts of each class', () => {
    expect(() =>
      split(
        groups,
        labels.map((_, k) => (k === 0 ? 1 : 0)),
        ['a', 'b'],
        mulberry32(3),
      ),
    ).toThrow('class b: expected at least 20 texts that are not nearly the same, found 1')
  })
})

describe('the mails', async () => {
  const corpus = await readMails(() => {}, 10)
  const data = prepare(corpus, 1, () => {})

  it('are split without near-duplicates across the parts', () => {
    const allWords = (text: string) =>
      [...text.toLowerCase().matchAll(/[\p{L}\p{M}]+|\p{N}+/gu)].map(([word]) => word.replace(/\p{N}+/u, '0'))
    const views = [wordsOf, (text: string) => allWords(text).slice(0, 500)].map((words) =>
      corpus.texts.map(({ text }) => shinglesOf(words(text))),
    )
    const parts = [data.training, data.validation, data.heldOut].map(({ texts }) => texts)
    let compared = 0
    for (const [k, part] of parts.entries())
      for (const other of parts.slice(k + 1).flat())
        for (const text of part) {
          compared++
          for (const shingles of views)
            if (resemblance(shingles[text]!, shingles[other]!) >= 0.5)
              expect.fail(`texts ${text} and ${other}`)
        }
    expect(compared).toBeGreaterThan(50_000)
    expect(data.duplicated).toBeGreaterThan(20)
  })

  it('teach no word that only other mails have', () => {
    const learned = new Set(data.training.texts.flatMap((text) => wordsOf(corpus.texts[text]!.text)))
    expect([...data.vocabulary.keys()].filter((word) => !learned.has(word))).toEqual([])
  })

  it('are taken in any order', () => {
    const { texts, ids, labels } = take(data.heldOut, [5, 2])
    expect(texts).toEqual([data.heldOut.texts[5], data.heldOut.texts[2]])
    expect(ids.slice(64)).toEqual(data.heldOut.ids.slice(2 * 64, 3 * 64))
    expect([...labels]).toEqual([data.heldOut.labels[5], data.heldOut.labels[2]])
  })
})

describe('calibration', () => {
  it('bins texts by the probability of the predicted class, the first of equals', () => {
    const bins = calibrationOf(
      Float32Array.of(0.75, 0.25, 0.25, 0.75, 1, 0, 0.5, 0.5),
      Int32Array.of(0, 0, 0, 1),
    )
    expect(
      bins.map(({ start, count, confidence, accuracy }) => [start, count, confidence, accuracy]),
    ).toEqual([
      [0.5, 1, 0.5, 0],
      [0.75, 2, 0.75, 0.5],
      [0.95, 1, 1, 1],
    ])
    // |0.5 − 0| / 4 + |0.75 − 0.5| / 2
    expect(calibrationError(bins)).toBeCloseTo(0.25, 12)
  })
})
