/**
 * contract/visible: text that shows itself as it is: names of nodes, and words that are printed.
 *
 * A name that holds marks nobody sees, or that turn the direction of text, can look like another
 * one. Knows nothing of where the text goes.
 *
 * @source Unicode TR 36 (security), TR 9 (bidirectional text)
 */

/** Control, format and private characters, halves of one, and all else that leaves no mark. */
const HIDDEN = '\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u2800'
const NODE_NAME = new RegExp(`^[^@\\s${HIDDEN}]{1,200}@[^@\\s${HIDDEN}]{1,253}$`, 'u')
const HIDDEN_ONE = new RegExp(`[${HIDDEN}]`, 'gu')

/** True for `name@host` of characters that are seen, without blanks. */
export const isNodeName = (text: string): boolean => NODE_NAME.test(text)

/** Text of another node as it may be printed: one line of what is seen, cut to its length. */
export const printable = (text: string, lengthMax = 500): string =>
  text.replace(HIDDEN_ONE, ' ').slice(0, lengthMax)
