/**
 * hub/view: what a viewer of a surface may see. Pure.
 */
import type { Capability } from '#observer/contract/api'
import type { Surface } from '#observer/contract/options'
import type { View } from './verbs.js'

/**
 * Those who are told the same share what is asked for them. What they may do beside that is asked
 * of each, and makes no difference.
 */
export function viewOf(surface: Surface, capabilities: readonly Capability[]): View {
  const { nodes, name } = surface
  // What is not about any node is told by a narrow surface of itself alone.
  const of = nodes === undefined ? '*' : `${nodes.join(',')} ${name}`
  const id = `${capabilities.includes('payloads') ? 'payloads' : ''} ${of}`
  return {
    ...{ id, surface: name, capabilities, isNarrow: nodes !== undefined },
    mayLookAt: (node) => nodes === undefined || nodes.some((one) => matches(one, node)),
  }
}

/** Whether `*@host`, `name@*` or a whole name means this node. */
function matches(pattern: string, node: string): boolean {
  const [name, host] = halvesOf(pattern)
  const [ofName, ofHost] = halvesOf(node)
  return (name === '*' || name === ofName) && (host === '*' || host === ofHost)
}

function halvesOf(text: string): readonly [string, string] {
  const at = text.indexOf('@')
  return [text.slice(0, at), text.slice(at + 1)]
}
