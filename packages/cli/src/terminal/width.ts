/**
 * terminal/width: how many columns a text takes, and texts made to fit.
 *
 * For safe text: no control characters. Marks that sit on the letter before take none, East Asian
 * wide letters and emoji take two. Letters joined into one picture are counted one by one.
 *
 * @source Unicode UAX 11 (East Asian Width)
 */

const ZERO = /^[\p{Mn}\p{Me}]$/u
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\p{Emoji_Presentation}\u{20000}-\u{3fffd}]$/u
const ASCII = /^[\x20-\x7e]*$/

function columnsOfOne(character: string): number {
  if (ZERO.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

/** Columns a text takes on a terminal. */
export function columnsOf(text: string): number {
  if (ASCII.test(text)) return text.length
  let columns = 0
  for (const character of text) columns += columnsOfOne(character)
  return columns
}

/** The text, or its beginning and `…` where it is wider than `columnsMax`. */
export function fitted(text: string, columnsMax: number): string {
  if (columnsOf(text) <= columnsMax) return text
  if (columnsMax <= 0) return ''
  let [kept, columns] = ['', 0]
  for (const character of text) {
    const more = columnsOfOne(character)
    if (columns + more > columnsMax - 1) break
    kept += character
    columns += more
  }
  return `${kept}…`
}

/** The text with blanks to its right or left until it takes `columns`. */
export function padded(text: string, columns: number, side: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, columns - columnsOf(text)))
  return side === 'left' ? `${text}${blanks}` : `${blanks}${text}`
}

/** Words broken into lines of at most `columnsMax`; a longer word keeps a line of its own. */
export function wrapped(text: string, columnsMax: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (line !== '' && columnsOf(joined) > columnsMax) {
      lines.push(line)
      line = word
    } else line = joined
  }
  return line === '' ? lines : [...lines, line]
}
