/**
 * registrar/keys: where everything of a cluster stands in etcd.
 *
 * ```text
 * {prefix}/cluster/{cluster}/routes/nodes/{node}
 * {prefix}/cluster/{cluster}/routes/applications/{application}/{node}
 * {prefix}/cluster/{cluster}/routes/leaving/{node}
 * {prefix}/cluster/{cluster}/config/{node}/{item}    this node in this cluster; * is everybody
 * {prefix}/config/{cluster}/{node}/{item}            this node
 * {prefix}/config/global/{item}                      everybody
 * ```
 *
 * A name that holds a slash, a percent sign or a blank has %2F, %25 or %20 in its place, so that no
 * name leaves its own place. What others have written is read back or refused, never guessed.
 *
 * @source ergo-features 21 (keys)
 */
import type { ConfigPlace } from 'troupe/registrar'

/** What a key under `routes/` is about. */
export type RouteKey =
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'leaving'; readonly node: string }
  | { readonly kind: 'application'; readonly node: string; readonly name: string }

/** Where entries of the configuration stand, and whom they are for. */
export interface ConfigRange {
  readonly prefix: string
  readonly place: ConfigPlace
}

/** Beyond this a key is none of ours: two names at their longest, every byte of them escaped. */
const KEY_BYTES_MAX = 8_192
const NAME_LENGTH_MAX = 454
const ESCAPED = /[%/\p{Cc}\p{Z}]/gu
const LONE = /\p{Cs}/u
const HEX = /%[0-9A-F]{2}/g
const EVERYBODY = '*'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of bytes; undefined: they are none. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** Why no key can hold this name; undefined: one can. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'its name is empty'
  if (name.length > NAME_LENGTH_MAX) return `its name is longer than ${NAME_LENGTH_MAX}`
  return LONE.test(name) ? 'its name is no text in UTF-8' : undefined
}

/** A name as one part of a key. */
export const escapeName = (name: string): string =>
  name.replace(ESCAPED, (one) => [...Buffer.from(one)].map((byte) => `%${hex(byte)}`).join(''))

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0')

/** The name that a part of a key stands for; undefined: none is written so. */
export function unescapeName(part: string): string | undefined {
  const bytes = Buffer.from(part).toString('latin1').replace(HEX, unhex)
  const name = textOf(Buffer.from(bytes, 'latin1'))
  return name !== undefined && name !== '' && escapeName(name) === part ? name : undefined
}

const unhex = (one: string): string => String.fromCharCode(Number.parseInt(one.slice(1), 16))

export class EtcdKeys {
  /** All routes of the cluster, those of `web` apart from those of `web2`. */
  readonly routes: string
  readonly #cluster: string
  readonly #across: string
  readonly #global: string

  constructor({ prefix, cluster }: { readonly prefix: string; readonly cluster: string }) {
    const name = escapeName(cluster)
    this.#cluster = `${prefix}/cluster/${name}/`
    this.#across = `${prefix}/config/${name}/`
    this.#global = `${prefix}/config/global/`
    this.routes = `${this.#cluster}routes/`
  }

  node(node: string): string {
    return `${this.routes}nodes/${escapeName(node)}`
  }

  application(name: string, node: string): string {
    return `${this.routes}applications/${escapeName(name)}/${escapeName(node)}`
  }

  leaving(node: string): string {
    return `${this.routes}leaving/${escapeName(node)}`
  }

  /** What a key under `routes` is about; undefined: it is none of ours. */
  read(key: Uint8Array): RouteKey | undefined {
    const text = key.length > KEY_BYTES_MAX ? undefined : textOf(key)
    if (text === undefined || !text.startsWith(this.routes)) return undefined
    const [kind = '', ...parts] = text.slice(this.routes.length).split('/')
    const names = parts.map(unescapeName)
    const node = names.at(-1)
    if (node === undefined) return undefined
    if (kind === 'nodes' && names.length === 1) return { kind: 'node', node }
    if (kind === 'leaving' && names.length === 1) return { kind: 'leaving', node }
    const [name] = names
    const isOfApplication = kind === 'applications' && names.length === 2
    return isOfApplication && name !== undefined ? { kind: 'application', node, name } : undefined
  }

  /** The ranges of the configuration that concern a node, and nothing of other nodes. */
  config(node: string): readonly ConfigRange[] {
    const short = node.slice(0, node.indexOf('@'))
    // A node called * is reached by its full name: the short one is everybody's.
    const names = short === EVERYBODY ? [node] : [node, short]
    const inside = `${this.#cluster}config/`
    return [
      ...names.map((name) => rangeOf(`${inside}${escapeName(name)}/`, 'cluster-node', name)),
      ...names.map((name) => rangeOf(`${this.#across}${escapeName(name)}/`, 'node', name)),
      { prefix: `${inside}${EVERYBODY}/`, place: { level: 'cluster' } },
      { prefix: this.#global, place: { level: 'global' } },
    ]
  }
}

const rangeOf = (prefix: string, level: 'cluster-node' | 'node', node: string): ConfigRange => ({
  prefix,
  place: { level, node },
})

/** The item that a key of the configuration is about; undefined: it is none. */
export function itemOf({ prefix }: ConfigRange, key: Uint8Array): string | undefined {
  const text = key.length > KEY_BYTES_MAX ? undefined : textOf(key)
  if (text === undefined || !text.startsWith(prefix)) return undefined
  const item = text.slice(prefix.length)
  return item === '' || item.includes('/') ? undefined : item
}
