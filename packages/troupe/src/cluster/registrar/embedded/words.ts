/**
 * cluster/registrar/embedded/words: what a registered node and the server of its host say.
 *
 * One word is one line of JSON; what is read of it is checked here for its kind only, and in the
 * room of its meaning for the rest. Both sides have proved that they know the cookie before.
 */
import type { NodeRoute, NodeRouteState, OwnApplicationRoute } from '#contract'

/** A node as the server keeps it and all mirrors have it. */
export interface Entry {
  readonly route: NodeRoute
  readonly applications: readonly OwnApplicationRoute[]
  /** Counts registrations on this host; 0: it is of another host. */
  readonly order: number
  /** It may become the server. */
  readonly serves: boolean
  /** Who knows what this is the hash of is this life of the node. */
  readonly seal: string
}

/** One change of the table. */
export type Change =
  | { readonly kind: 'put'; readonly entry: Entry }
  | {
      readonly kind: 'state'
      readonly node: string
      readonly creation: number
      readonly state: NodeRouteState
    }
  | {
      readonly kind: 'gone'
      readonly node: string
      readonly creation: number
      readonly cause: 'left' | 'lost'
    }
  | {
      readonly kind: 'application'
      readonly node: string
      readonly creation: number
      readonly route: OwnApplicationRoute
    }
  | {
      readonly kind: 'application-gone'
      readonly node: string
      readonly creation: number
      readonly name: string
    }
  | { readonly kind: 'duplicate'; readonly node: string; readonly problem: string }

/** What a node says. */
export type ClientWord =
  | {
      readonly word: 'hello'
      /** It only looks: it is not listed, and `applications` mean nothing. */
      readonly hidden: boolean
      readonly serves: boolean
      /** What `Entry.seal` is the hash of. */
      readonly secret: string
      readonly route: NodeRoute
      readonly applications: readonly OwnApplicationRoute[]
    }
  | { readonly word: 'application'; readonly route: OwnApplicationRoute }
  | { readonly word: 'application-gone'; readonly name: string }
  | { readonly word: 'leaving' }
  /** It withdraws; the line ends next. */
  | { readonly word: 'bye' }
  | { readonly word: 'beat' }
  /** It has missed something and wants to be told everything. */
  | { readonly word: 'again' }
  | { readonly word: 'find'; readonly id: number; readonly node: string }

/** Why a node is not registered; `later`: it may ask again soon. */
export type RefusalCode =
  | 'NODE_NAME_TAKEN'
  | 'ROUTE_INVALID'
  | 'ROUTES_FULL'
  | 'WORD_INVALID'
  | 'later'

/** What the server says. */
export type ServerWord =
  | { readonly word: 'refused'; readonly code: RefusalCode; readonly problem: string }
  | {
      readonly word: 'all'
      /** The node that serves, and the place where it does. */
      readonly server: string
      readonly place: string
      /** Of the last change that is in it. */
      readonly number: number
      /** False: it has begun to serve and may not know all yet. */
      readonly settled: boolean
      readonly entries: readonly Entry[]
    }
  | { readonly word: 'changes'; readonly number: number; readonly changes: readonly Change[] }
  /** Whom it does not know now is not there. */
  | { readonly word: 'settled' }
  | { readonly word: 'beat'; readonly number: number }
  | { readonly word: 'found'; readonly id: number; readonly entry: Entry | undefined }
  /** It ends in order; the next one may begin. */
  | { readonly word: 'over' }

const TEXT = new TextEncoder()
const READER = new TextDecoder('utf-8', { fatal: true })

export const encodeWord = (word: ClientWord | ServerWord): Uint8Array =>
  TEXT.encode(`${JSON.stringify(word)}\n`)

/** A line as an object that names its word; undefined when it is none. */
export function decodeWord(line: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(READER.decode(line))
    const holds = typeof value === 'object' && value !== null && 'word' in value
    return holds ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}
