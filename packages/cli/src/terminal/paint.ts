/**
 * terminal/paint: colours, or none. Knows nothing of what is painted.
 */

/** Codes of the terminal (ECMA-48, select graphic rendition). */
const STYLES = Object.freeze({
  bold: 1,
  dim: 2,
  reverse: 7,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
})

export type Style = keyof typeof STYLES

/** Gives a text its style; the plain one gives it back. */
export type Paint = (style: Style, text: string) => string

export const plain: Paint = (_style, text) => text

export const coloured: Paint = (style, text) =>
  text === '' ? '' : `\u001b[${STYLES[style]}m${text}\u001b[0m`

/** What decides about colours. */
export interface ColourFacts {
  /** `--no-color` was given. */
  readonly refused: boolean
  readonly isTerminal: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Colours only on a terminal, never under NO_COLOR or a dumb one.
 *
 * @source no-color.org
 */
export const paintFor = ({ refused, isTerminal, env }: ColourFacts): Paint =>
  refused || !isTerminal || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb'
    ? plain
    : coloured
