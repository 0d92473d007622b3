/**
 * network/handshake/node-name: whether a text from the wire can be the name of a node.
 *
 * The same form as a node is started with, and nothing that would change a terminal or a log
 * that prints it.
 */

const FORM = /^[^@\s\p{Cc}]{1,200}@[^@\s\p{Cc}]{1,253}$/u

/** True for `name@host` without blanks or control characters. */
export const isNodeName = (text: string): boolean => FORM.test(text)

/** Text of another node as it may be printed: one line, cut to its length. */
export const printable = (text: string, lengthMax = 500): string =>
  text.replace(/\p{Cc}/gu, ' ').slice(0, lengthMax)
