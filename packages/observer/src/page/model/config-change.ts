/**
 * page/model/config-change: the fields by which an entry of the configuration is changed or added.
 * Pure.
 *
 * They are taken once, when the window opens: a row that is told at another level meanwhile must
 * not have a value written for more nodes than the viewer has read.
 */
import type { ConfigSheet } from 'troupe'
import type { ManageRequest } from '#observer/contract/api'
import { type Draft, draftOf, typedOf, type ValueKind, type Withheld } from './typed-value.js'

export type ConfigLevel = ConfigSheet['level']

/** What stands in the fields, and what was chosen by the row. */
export interface ConfigFields {
  readonly item: string
  readonly level: ConfigLevel
  /** The node of the entry, where its level has one. */
  readonly node: string | undefined
  readonly draft: Draft
}

const KIND_OF = { string: 'text', number: 'number', bigint: 'bigint', boolean: 'flag' } as const
const TYPE_OF: Readonly<Record<string, string>> = {
  text: 'string',
  number: 'number',
  bigint: 'bigint',
  flag: 'boolean',
}

export const kindIn = ({ type }: ConfigSheet): ValueKind => KIND_OF[type]

export const withheldIn = (entry: ConfigSheet | undefined): Withheld =>
  entry === undefined || entry.whole ? undefined : entry.hidden ? 'hidden' : 'cut'

const draftIn = (entry: ConfigSheet | undefined): Draft =>
  entry === undefined || withheldIn(entry) === undefined
    ? draftOf(entry?.value, entry && kindIn(entry))
    : { kind: kindIn(entry), text: '' }

/** What the fields begin with, each time they are opened. */
export const configFieldsOf = (entry: ConfigSheet | undefined): ConfigFields => ({
  item: entry?.item ?? '',
  level: entry?.level ?? 'cluster',
  node: entry?.node,
  draft: draftIn(entry),
})

/** The order that the fields make at a node; without its value while that is not ready. */
export function configOrder(
  { item, level, node, draft }: ConfigFields,
  at: string,
): ManageRequest['order'] {
  const ofNode = level === 'node' || level === 'cluster-node'
  const typed = typedOf(draft)
  return {
    ...{ do: 'config-put', item, level, ...(ofNode ? { node: node ?? at } : {}) },
    ...(typed.kind === 'ready' ? { value: typed.value } : {}),
    type: TYPE_OF[draft.kind],
  }
}
