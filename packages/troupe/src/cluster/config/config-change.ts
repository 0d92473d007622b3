/**
 * cluster/config/config-change: an entry that is to be written: checked, and as a text has it.
 *
 * What is written is read back as the same value: a string that looks like one with a prefix gets
 * one. Pure; where it is written is known elsewhere.
 */
import {
  type ConfigChange,
  type ConfigLevel,
  type ConfigValue,
  printable,
  readObject,
  requireOption,
  TroupeError,
} from '#contract'
import { type KnownOptions, requireKnown } from '#contract/known-options'
import type { ConfigPlace } from './config-store.js'
import { readConfigText } from './config-text.js'
import { CONFIG_LIMITS, itemProblem, readConfigValue } from './config-value.js'

const KNOWN: KnownOptions<ConfigChange> = { item: true, level: true, node: true, value: true }
const LEVELS: readonly ConfigLevel[] = ['cluster-node', 'node', 'cluster', 'global']
const PREFIXED = /^(int|float|bool|string):/

/** Throws OPTION_INVALID, CONFIG_INVALID; `own`: full name of the node it is for. */
export function readConfigChange(given: ConfigChange, own: string): ConfigChange {
  const { item, level, node, value } = readObject('changeConfig', given)
  requireKnown('changeConfig', given, KNOWN)
  requireOption(typeof item === 'string', 'item', typeof item, 'give the name of an item')
  requireOption(LEVELS.includes(level), 'level', told(level), `one of ${LEVELS.join(', ')}`)
  const isOfNodes = level === 'cluster-node' || level === 'node'
  const short = own.slice(0, own.indexOf('@'))
  const isOwn = node === undefined || node === own || (node === short && short !== '*')
  requireOption(isOfNodes || node === undefined, 'node', told(node), `leave it out at ${level}`)
  requireOption(isOwn, 'node', told(node), `give ${own} or ${short}`)
  const named = itemProblem(item)
  if (named !== undefined) throw invalid(item, named)
  if (value !== undefined) requireReadable(item, value)
  return {
    item,
    level,
    ...(isOfNodes && { node: node ?? own }),
    ...(value !== undefined && { value }),
  }
}

const told = (value: unknown): string =>
  typeof value === 'string' ? printable(value, 80) : typeof value

const invalid = (item: string, problem: string): TroupeError =>
  new TroupeError('CONFIG_INVALID', { item: printable(item, 80), problem })

function requireReadable(item: string, value: ConfigValue): void {
  const reading = readConfigValue(configText(value), item)
  if (reading.kind === 'invalid') throw invalid(item, reading.problem)
  if (reading.value !== value) throw invalid(item, 'it would be read back as another value')
}

/** Where a change stands. */
export const placeOf = ({ level, node = '' }: ConfigChange): ConfigPlace =>
  level === 'cluster-node' || level === 'node' ? { level, node } : { level }

/** A value as a store of strings has it. */
export function configText(value: ConfigValue): string {
  switch (typeof value) {
    case 'boolean':
      return `bool:${value}`
    case 'bigint':
      return `int:${value}`
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0)
        ? `int:${value}`
        : `float:${value}`
    default:
      return PREFIXED.test(value) ? `string:${value}` : value
  }
}

type Section = Record<string, unknown>

/** The text of a configuration file after a change, or why it cannot be changed. */
export type ChangedText =
  | { readonly kind: 'text'; readonly text: string; readonly wasThere: boolean }
  | { readonly kind: 'fault'; readonly problem: string }

export function changeConfigText(text: string, change: ConfigChange): ChangedText {
  const read = readConfigText(text)
  if (read.kind === 'fault') return read
  const whole = JSON.parse(text) as Section
  const path = pathOf(change)
  const wasThere = isThere(whole, [...path, change.item])
  if (change.value === undefined) {
    if (wasThere) remove(whole, path, change.item)
  } else {
    sectionAt(whole, path)[change.item] = jsonValue(change.value)
  }
  const changed = `${JSON.stringify(whole, null, 2)}\n`
  const { fileBytesMax } = CONFIG_LIMITS
  return Buffer.byteLength(changed) <= fileBytesMax
    ? { kind: 'text', text: changed, wasThere }
    : { kind: 'fault', problem: `it would be above the limit of ${fileBytesMax} bytes` }
}

/** As JSON has it where that is the same, so that a file stays as people write it. */
function jsonValue(value: ConfigValue): string | number | boolean {
  const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value)
  return typeof value === 'boolean' || (typeof value === 'number' && !isRounded)
    ? value
    : configText(value)
}

function pathOf({ level, node = '' }: ConfigChange): readonly string[] {
  switch (level) {
    case 'global':
      return ['global']
    case 'cluster':
      return ['cluster', '*']
    case 'cluster-node':
      return ['cluster', node]
    case 'node':
      return ['nodes', node]
  }
}

const isThere = (whole: Section, path: readonly string[]): boolean => {
  let at: unknown = whole
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return false
    at = (at as Section)[name]
  }
  return true
}

function sectionAt(whole: Section, path: readonly string[]): Section {
  let at = whole
  for (const name of path) {
    if (!Object.hasOwn(at, name)) at[name] = {}
    at = at[name] as Section
  }
  return at
}

/** What is empty afterwards goes with it. */
function remove(whole: Section, path: readonly string[], item: string): void {
  delete sectionAt(whole, path)[item]
  for (let length = path.length; length > 0; length -= 1) {
    const parent = sectionAt(whole, path.slice(0, length - 1))
    const name = path[length - 1] as string
    if (Object.keys(parent[name] as Section).length > 0) return
    delete parent[name]
  }
}
