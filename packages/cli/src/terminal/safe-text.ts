/**
 * terminal/safe-text: text of other nodes as it may reach a terminal: what it holds is shown.
 *
 * A name or a log text may hold escape sequences that move the cursor, change colours or answer in
 * the place of the person who types; marks that turn the direction of text make one name look like
 * another. None of them leaves here: each becomes its code in words. Limit: a length per text.
 *
 * @source Unicode TR 36 (security), TR 9 (bidirectional text); ECMA-48 on control functions
 */

const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu

/** The longest text shown in one piece. */
export const TEXT_LENGTH_MAX = 10_000

const NAMED: Readonly<Record<string, string>> = Object.freeze({
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
})

function codeOf(character: string): string {
  const named = NAMED[character]
  if (named !== undefined) return named
  const point = character.codePointAt(0) ?? 0
  const digits = point.toString(16)
  return point < 0x100 ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`
}

/**
 * One line of what is seen; whatever is not seen becomes its code, such as `\x1b`.
 *
 * @example safeText('shop\u001b[2J') // 'shop\\x1b[2J'
 */
export function safeText(text: string, lengthMax = TEXT_LENGTH_MAX): string {
  const isLong = text.length > lengthMax
  const cut = isLong ? text.slice(0, lengthMax) : text
  return `${cut.replace(HIDDEN, codeOf)}${isLong ? '…' : ''}`
}

/** Several lines, each of them safe: for texts that have lines, such as a stack in a log. */
export const safeLines = (text: string, linesMax: number): readonly string[] => {
  const lines = text.slice(0, TEXT_LENGTH_MAX).split(/\r?\n/)
  const shown = lines.slice(0, linesMax).map((line) => safeText(line))
  return lines.length > linesMax ? [...shown, `… ${lines.length - linesMax} more lines`] : shown
}

/**
 * JSON in which every character is seen: the same value, whatever reads it. JSON itself lets C1
 * controls and marks of direction through.
 */
export const safeJson = (value: unknown, indent = 0): string =>
  (JSON.stringify(value, null, indent) ?? 'null').replace(HIDDEN, (character) =>
    character === '\n' ? character : escaped(character),
  )

const escaped = (character: string): string =>
  [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')
