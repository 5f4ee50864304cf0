/** Texts that a model is about equally sure of. */
export interface Bin {
  /** From `start` to before `end` lies how sure it is: the probability of the class that it predicts. */
  readonly start: number
  readonly end: number
  readonly count: number
  /** Mean probability of the class that it predicts. */
  readonly confidence: number
  /** Share of texts that are of that class. */
  readonly accuracy: number
}

const BINS = 10

/**
 * How often a model is right where it says that it is.
 *
 * @param probabilities of each class, [texts, classes]
 * @param labels class of each text
 * @returns the bins that have texts, of BINS between certainty and ignorance
 */
export const calibrationOf = (probabilities: Float32Array, labels: Int32Array): Bin[] => {
  const classes = probabilities.length / labels.length
  const least = 1 / classes
  const sums = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, right: 0 }))
  labels.forEach((label, text) => {
    const ofText = probabilities.subarray(text * classes, (text + 1) * classes)
    const confidence = Math.max(...ofText)
    const bin = sums[Math.min(BINS - 1, Math.floor(((confidence - least) / (1 - least)) * BINS))]!
    bin.count++
    bin.confidence += confidence
    if (ofText.indexOf(confidence) === label) bin.right++
  })
  const edge = (k: number): number => least + ((1 - least) * k) / BINS
  return sums
    .map(({ count, confidence, right }, k) => ({
      start: edge(k),
      end: edge(k + 1),
      count,
      confidence: confidence / count,
      accuracy: right / count,
    }))
    .filter(({ count }) => count > 0)
}

/** The expected calibration error: how far confidence and accuracy are apart, in the mean of all texts. */
export const calibrationError = (bins: readonly Bin[]): number => {
  const total = bins.reduce((sum, { count }) => sum + count, 0)
  return bins.reduce((sum, bin) => sum + (bin.count / total) * Math.abs(bin.confidence - bin.accuracy), 0)
}
