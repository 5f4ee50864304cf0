/** Where a text of TensorFlow's goes on to print the arrays it was given. */
const printed =
  / {2}Label values:|Received: labels=(None|\[)| Received logits=|\.\. +|\n| Received per_example_loss=/

/** TensorFlow's words for a mistake, without the arrays that it prints after them. */
export const wordingOf = (text: string): string => text.split(printed)[0]!.trim()

/** Whether a message of xent's contains TensorFlow's words for the same mistake. */
export const sharesWording = (message: string, text: string): boolean => message.includes(wordingOf(text))
