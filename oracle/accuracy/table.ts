/** A table of Markdown: the first columns, `names` of them, to the left, the others to the right, padded so that its source reads too. */
export const table = (head: readonly string[], body: readonly (readonly string[])[], names = 1): string => {
  const rows = [head, ...body]
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)))
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const padded = (row: readonly string[]): string =>
    line(row.map((cell, k) => (k < names ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!))))
  const rule = line(widths.map((width, k) => (k < names ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)))
  return [padded(head), rule, ...body.map(padded)].join('\n')
}
