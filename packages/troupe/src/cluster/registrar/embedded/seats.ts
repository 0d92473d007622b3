/**
 * cluster/registrar/embedded/seats: who is registered on this host, and who speaks for whom.
 *
 * Pure: each verb gives the changes that follow, which the server sends to all. Time is an
 * argument. Who speaks for a node is one link at a time; a node without one keeps its seat for a
 * while. A seat that was taken over from the server before is not confirmed until its node comes.
 * Limit: `ROUTE_LIMITS`.
 */
import { createHash } from 'node:crypto'
import {
  birthText,
  isOfFuture,
  ROUTE_LIMITS,
  readApplicationRoute,
  readNodeRoute,
} from '#cluster/registrar/route-check'
import type { NodeEntry } from '#cluster/registrar/route-table'
import type { NodeRoute, NodeRouteState, OwnApplicationRoute } from '#contract'
import type { Change, Entry, RefusalCode } from './words.js'

const NONE: readonly Change[] = Object.freeze([])

/** What a node says of itself when it comes. */
export interface Claimant<S> {
  readonly speaker: S
  readonly entry: Omit<Entry, 'order'>
  readonly nowMs: number
  /** The date. */
  readonly wallMs: number
}

/** How registering ends. */
export type Seating<S> =
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly problem: string }
  | {
      readonly kind: 'seated'
      readonly changes: readonly Change[]
      /** Who spoke for it until now. */
      readonly before: S | undefined
    }

interface Seat<S> {
  entry: Entry
  speaker: S | undefined
  /** When it is given up; Infinity while somebody speaks for it. */
  endsMs: number
  isConfirmed: boolean
  /** The speaker has not been heard for a while. */
  isSilent: boolean
}

export class Seats<S extends object> {
  readonly #seats = new Map<string, Seat<S>>()
  readonly #speakers = new Map<S, Seat<S>>()
  #lastOrder = 0
  /** Until then a seat that is not confirmed keeps its name for who held it before. */
  #keptUntilMs = Number.NEGATIVE_INFINITY

  get size(): number {
    return this.#seats.size
  }

  /** In the order of their registration. */
  entries(): readonly Entry[] {
    return [...this.#seats.values()].map(({ entry }) => entry)
  }

  entry(node: string): Entry | undefined {
    return this.#seats.get(node)?.entry
  }

  /** Takes over what is known from before; each is given up at a time unless it comes. */
  seed(entries: readonly Entry[], endsMs: (entry: Entry) => number, keptUntilMs: number): void {
    this.#keptUntilMs = keptUntilMs
    for (const entry of [...entries].sort((one, other) => one.order - other.order)) {
      this.#lastOrder = Math.max(this.#lastOrder, entry.order)
      this.#seats.set(entry.route.node, {
        ...{ entry, speaker: undefined, isConfirmed: false, isSilent: false },
        endsMs: endsMs(entry),
      })
    }
  }

  /** A node comes, for the first time or again. */
  register(claimant: Claimant<S>): Seating<S> {
    const { speaker, entry, wallMs } = claimant
    const { node, creation } = entry.route
    const held = this.#of(speaker)
    if (held !== undefined && (held.entry.route.node !== node || !isLife(held, creation))) {
      return refused('WORD_INVALID', 'this link speaks for another node')
    }
    const seat = this.#seats.get(node)
    if (seat !== undefined && isLife(seat, creation) && seat.entry.order > 0) {
      // Without a seal it is known from a node whose thread was begun anew: the first one is it.
      const isIt = seat.entry.seal === '' || seat.entry.seal === entry.seal
      if (isIt) return this.#again(seat, speaker, entry)
      return refused('NODE_NAME_TAKEN', 'another program is registered as this life of it')
    }
    // Who is known keeps its seat when the clock of the machine is set back.
    if (isOfFuture(creation, wallMs)) {
      return refused('ROUTE_INVALID', `it says that it began at ${birthText(creation)}`)
    }
    return seat === undefined ? this.#join(speaker, entry) : this.#replace(seat, claimant)
  }

  /** The link of a speaker has ended. */
  ended(speaker: S, endsMs: number): readonly Change[] {
    const seat = this.#of(speaker)
    if (seat === undefined) return NONE
    this.#speak(seat, undefined)
    seat.endsMs = endsMs
    return this.#see(seat, 'suspect')
  }

  /** It has not been heard for a while, or is heard again. */
  heard(speaker: S, isHeard: boolean): readonly Change[] {
    const seat = this.#of(speaker)
    if (seat === undefined || seat.isSilent === !isHeard) return NONE
    seat.isSilent = !isHeard
    return this.#see(seat, isHeard ? 'up' : 'suspect')
  }

  leaving(speaker: S): readonly Change[] {
    const seat = this.#of(speaker)
    return seat === undefined ? NONE : this.#see(seat, 'leaving')
  }

  putApplication(speaker: S, given: unknown): readonly Change[] | RefusalCode {
    const seat = this.#of(speaker)
    const { route } = readApplicationRoute(given)
    if (seat === undefined || route === undefined) return 'ROUTE_INVALID'
    const others = seat.entry.applications.filter(({ name }) => name !== route.name)
    if (others.length >= ROUTE_LIMITS.applicationsPerNodeMax) return 'ROUTES_FULL'
    seat.entry = { ...seat.entry, applications: [...others, route] }
    return [{ kind: 'application', ...lifeOf(seat), route }]
  }

  removeApplication(speaker: S, name: unknown): readonly Change[] {
    const seat = this.#of(speaker)
    const left = seat?.entry.applications.filter((one) => one.name !== name)
    if (seat === undefined || left?.length === seat.entry.applications.length) return NONE
    seat.entry = { ...seat.entry, applications: left ?? [] }
    return [{ kind: 'application-gone', ...lifeOf(seat), name: String(name) }]
  }

  /** The seat of a speaker is given up. */
  leave(speaker: S): readonly Change[] {
    const seat = this.#of(speaker)
    return seat === undefined ? NONE : this.drop(seat.entry.route.node, 'left')
  }

  drop(node: string, cause: 'left' | 'lost'): readonly Change[] {
    const seat = this.#seats.get(node)
    if (seat === undefined) return NONE
    this.#seats.delete(node)
    this.#speak(seat, undefined)
    const isLeaving = seat.entry.route.state === 'leaving'
    return [{ kind: 'gone', ...lifeOf(seat), cause: isLeaving ? 'left' : cause }]
  }

  /** Seats whose time is over. */
  due(nowMs: number): readonly Change[] {
    const over = [...this.#seats.values()].filter(({ endsMs }) => endsMs <= nowMs)
    return over.flatMap(({ entry }) => this.drop(entry.route.node, 'lost'))
  }

  /** A node of another host; one of this host stays as it is. */
  putFar({ route, applications }: NodeEntry): readonly Change[] {
    const seat = this.#seats.get(route.node)
    if (seat !== undefined && seat.entry.order > 0) return NONE
    if (seat === undefined && this.size >= ROUTE_LIMITS.nodesMax) return NONE
    const entry = { route, applications, order: 0, serves: false, seal: '' }
    const rest = { speaker: undefined, isConfirmed: true, isSilent: false }
    this.#seats.set(route.node, { entry, ...rest, endsMs: Number.POSITIVE_INFINITY })
    return [{ kind: 'put', entry }]
  }

  dropFar(node: string, cause: 'left' | 'lost'): readonly Change[] {
    return this.#seats.get(node)?.entry.order === 0 ? this.drop(node, cause) : NONE
  }

  /** Another life of a node that has a seat comes. */
  #replace(seat: Seat<S>, { speaker, entry, nowMs }: Claimant<S>): Seating<S> {
    const { creation } = seat.entry.route
    if (seat.speaker !== undefined && !seat.isSilent) {
      const since = birthText(creation)
      return refused('NODE_NAME_TAKEN', `a node of this name runs on this host since ${since}`)
    }
    const mayReturn = !seat.isConfirmed && nowMs < this.#keptUntilMs
    // What another host tells keeps no name from who is proven on this one.
    if (seat.entry.order > 0 && (mayReturn || creation > entry.route.creation)) {
      return refused('later', 'another life of this node may still be there')
    }
    const before = seat.speaker
    const gone = this.drop(entry.route.node, 'lost')
    const joined = this.#join(speaker, entry)
    if (joined.kind === 'refused') return joined
    return { kind: 'seated', changes: [...gone, ...joined.changes], before }
  }

  #join(speaker: S, given: Omit<Entry, 'order'>): Seating<S> {
    if (this.size >= ROUTE_LIMITS.nodesMax) return refused('ROUTES_FULL', 'too many nodes')
    this.#lastOrder += 1
    const entry = { ...given, order: this.#lastOrder }
    const endsMs = Number.POSITIVE_INFINITY
    const rest = { speaker: undefined, isConfirmed: true, isSilent: false }
    const seat: Seat<S> = { entry, ...rest, endsMs }
    this.#seats.set(entry.route.node, seat)
    this.#speak(seat, speaker)
    return { kind: 'seated', changes: [{ kind: 'put', entry }], before: undefined }
  }

  #again(seat: Seat<S>, speaker: S, given: Omit<Entry, 'order'>): Seating<S> {
    const before = seat.speaker
    const entry = { ...given, order: seat.entry.order }
    const isSame = JSON.stringify(entry) === JSON.stringify(seat.entry)
    this.#speak(seat, speaker)
    Object.assign(seat, { entry, isConfirmed: true, isSilent: false })
    seat.endsMs = Number.POSITIVE_INFINITY
    return { kind: 'seated', changes: isSame ? NONE : [{ kind: 'put', entry }], before }
  }

  #see(seat: Seat<S>, state: NodeRouteState): readonly Change[] {
    const { route } = seat.entry
    // Who goes on leaving is not well again because it is heard.
    if (route.state === state || route.state === 'leaving') return NONE
    seat.entry = { ...seat.entry, route: { ...route, state } }
    return [{ kind: 'state', ...lifeOf(seat), state }]
  }

  #of(speaker: S): Seat<S> | undefined {
    return this.#speakers.get(speaker)
  }

  #speak(seat: Seat<S>, speaker: S | undefined): void {
    if (seat.speaker !== undefined) this.#speakers.delete(seat.speaker)
    if (speaker !== undefined) this.#speakers.set(speaker, seat)
    seat.speaker = speaker
  }
}

const lifeOf = <S>({ entry }: Seat<S>): Pick<NodeRoute, 'node' | 'creation'> => {
  const { node, creation } = entry.route
  return { node, creation }
}

const isLife = <S>({ entry }: Seat<S>, creation: number): boolean =>
  entry.route.creation === creation

const refused = (code: RefusalCode, problem: string) =>
  ({ kind: 'refused', code, problem }) as const

/** What a node says of itself, copied field by field; undefined: it cannot be. */
export function readEntry(
  given: Readonly<Record<string, unknown>>,
): Omit<Entry, 'order'> | undefined {
  const { secret, applications: told, serves } = given
  const { route } = readNodeRoute(given['route'])
  const list = Array.isArray(told) ? told : []
  if (route === undefined || list.length > ROUTE_LIMITS.applicationsPerNodeMax) return undefined
  const applications: OwnApplicationRoute[] = []
  for (const one of list) {
    const read = readApplicationRoute(one)
    if (read.route === undefined) return undefined
    applications.push(read.route)
  }
  const seal = typeof secret === 'string' ? sealOf(secret) : ''
  return { route, applications, serves: serves === true, seal }
}

/** What everybody may know of a secret. */
const sealOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
