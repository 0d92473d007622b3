/**
 * contract/node-pattern: nodes meant by a word: `name@host`, `*@host`, `name@*`, `*@*`.
 *
 * For lists of who may do something. A pattern has one star at most on each side of the `@`, and
 * nothing beside it: what looks narrow is narrow.
 */
import { isNodeName } from './visible.js'

/** True for what can be in a list of nodes. */
export function isNodePattern(value: unknown): value is string {
  if (typeof value !== 'string') return false
  const at = value.indexOf('@')
  if (at < 1) return false
  const [name, host] = [value.slice(0, at), value.slice(at + 1)]
  const isPlain = (part: string): boolean => part === '*' || !part.includes('*')
  // With a letter in the place of each star it has to be the name of a node.
  return isPlain(name) && isPlain(host) && isNodeName(value.replaceAll('*', 'x'))
}

/** True when one of the patterns means this node. */
export function nodeMatches(patterns: readonly string[], node: string): boolean {
  return patterns.some((pattern) => isMeant(pattern, node))
}

function isMeant(pattern: string, node: string): boolean {
  if (pattern === node) return true
  const at = node.indexOf('@')
  const [name, host] = [node.slice(0, at), node.slice(at + 1)]
  const middle = pattern.indexOf('@')
  const [ofName, ofHost] = [pattern.slice(0, middle), pattern.slice(middle + 1)]
  return (ofName === '*' || ofName === name) && (ofHost === '*' || ofHost === host)
}
