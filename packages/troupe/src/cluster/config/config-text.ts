/**
 * cluster/config/config-text: what the text of a configuration file says: entries, or one fault.
 *
 * ```json
 * {
 *   "global": { "log.level": "info" },
 *   "cluster": { "*": { "workers": 4 }, "web1@host": { "workers": 8 } },
 *   "nodes": { "web1": { "port": 8080 } }
 * }
 * ```
 *
 * A file is taken whole or not at all, so that a slip never leaves half of it in force. One entry
 * with a bad value is no slip of the file: the store keeps what that entry said last.
 */
import { printable } from '#contract'
import type { ConfigEntry, ConfigPlace } from './config-store.js'
import { CONFIG_LIMITS } from './config-value.js'
import { jsonFault } from './json-fault.js'

export type ConfigText =
  | { readonly kind: 'entries'; readonly entries: readonly ConfigEntry[] }
  | { readonly kind: 'fault'; readonly problem: string }

const SECTIONS: ReadonlySet<string> = new Set(['global', 'cluster', 'nodes'])
const EVERYBODY = '*'

type Items = Readonly<Record<string, unknown>>

const fault = (problem: string): ConfigText => ({ kind: 'fault', problem })
const isItems = (value: unknown): value is Items =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const shown = (name: string): string => JSON.stringify(printable(name, 80))

/** Reads the text of a file. */
export function readConfigText(text: string): ConfigText {
  const found = jsonFault(text, CONFIG_LIMITS.depthMax)
  if (found !== undefined)
    return fault(`line ${found.line} column ${found.column}: ${found.problem}`)
  const whole: unknown = JSON.parse(text)
  if (!isItems(whole)) return fault('it is no object; write { "global": { … } }')
  const entries: ConfigEntry[] = []
  for (const [section, content] of Object.entries(whole)) {
    if (!SECTIONS.has(section))
      return fault(`the section ${shown(section)} is not known; known are global, cluster, nodes`)
    if (!isItems(content)) return fault(`the section ${section} is no object`)
    const problem = section === 'global' ? undefined : wrongNode(section, content)
    if (problem !== undefined) return fault(problem)
    for (const [place, items] of placesOf(section, content))
      for (const [item, value] of Object.entries(items)) entries.push({ place, item, value })
  }
  return { kind: 'entries', entries }
}

function wrongNode(section: string, content: Items): string | undefined {
  for (const [node, items] of Object.entries(content)) {
    if (!isItems(items)) return `${shown(node)} in the section ${section} is no object`
    if (section === 'nodes' && node === EVERYBODY)
      return 'the section nodes has no *; write it into cluster or global'
  }
  return undefined
}

function placesOf(section: string, content: Items): readonly (readonly [ConfigPlace, Items])[] {
  if (section === 'global') return [[{ level: 'global' }, content]]
  const level = section === 'cluster' ? 'cluster-node' : 'node'
  return Object.entries(content as Readonly<Record<string, Items>>).map(([node, items]) => {
    const isAll = section === 'cluster' && node === EVERYBODY
    return [isAll ? { level: 'cluster' } : { level, node }, items] as const
  })
}
