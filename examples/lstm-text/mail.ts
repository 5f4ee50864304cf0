import { compile } from 'html-to-text'
import PostalMime from 'postal-mime'

/**
 * What a reader sees of a mail: its subject and its text, that of HTML if there is no other.
 *
 * The other headers are left out: in the corpus they tell where and when a mail was collected, and so its class.
 */
export const textOfMail = async (mail: string | Uint8Array): Promise<string> => {
  const { subject = '', text, html = '' } = await PostalMime.parse(mail)
  return `${subject}\n${text ?? textOfHtml(html)}`
}

/** Whether a file begins as mails do: with the line of an mbox, or with a header that only mails have. */
export const isMail = (start: string): boolean =>
  /^(from \S+@\S+ |(return-path|received|delivered-to|message-id|mime-version):)/i.test(start)

const textOfHtml = compile({
  wordwrap: false,
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
  ],
})
