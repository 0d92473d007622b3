/**
 * cluster/registrar/across/face-table: the table that the server of this host keeps, as the
 * exchange between hosts sees it.
 *
 * Tells the server only what is different, and knows of each node which host told it. Nodes that an
 * earlier server knew stay until the hosts have spoken.
 * Limits: `AHEAD_MS_MAX` that a life may begin after now, by our wall clock, and still be the later
 * one of two: who tells a life in the far future does not own its name. `GONE_MAX` nodes that went
 * are told to others.
 */

import type { ServerFace } from '#cluster/registrar/embedded/far-plug'
import type { Change } from '#cluster/registrar/embedded/words'
import type { NodeRoute } from '#contract'
import type { GoneNode, HostNode, HostSnapshot, HostTable, HostView } from './host-table.js'

const GONE_MAX = 64
const AHEAD_MS_MAX = 86_400_000
/** Who told a node that an earlier server knew. */
const EARLIER = ''

interface Told {
  readonly server: string
  readonly creation: number
  readonly text: string
}

export class FaceTable implements HostTable {
  readonly #face: ServerFace
  readonly #told = new Map<string, Told>()
  /** Servers that have told their nodes, or were given up. */
  readonly #spoken = new Set<string>()
  readonly #servers: number
  #version = 1
  #snapshot: HostSnapshot | undefined
  #gone: readonly GoneNode[] = []

  /** `servers`: how many hosts there are to speak. */
  constructor(face: ServerFace, servers: number) {
    this.#face = face
    this.#servers = servers
    for (const entry of face.far()) this.#remember(EARLIER, entry)
    this.#dropUnspoken()
  }

  own(): HostSnapshot {
    const isWhole = this.#face.settled()
    if (this.#snapshot?.isWhole !== isWhole) {
      const nodes = this.#face.entries()
      this.#snapshot = { version: this.#version, isWhole, nodes, gone: this.#gone }
    }
    return this.#snapshot
  }

  /** Something on this host has changed. */
  changed(changes: readonly Change[]): void {
    this.#version += 1
    this.#snapshot = undefined
    const gone = changes.filter((change) => change.kind === 'gone')
    const told = gone.map(({ node, creation, cause }) => ({ node, creation, cause }))
    this.#gone = [...this.#gone, ...told].slice(-GONE_MAX)
  }

  /** The life of a node of this host that left in order; undefined when none did lately. */
  left(node: string): GoneNode | undefined {
    return this.#gone.findLast((one) => one.node === node && one.cause === 'left')
  }

  put(server: string, { state, nodes, gone }: HostView): void {
    const names = new Set(nodes.map(({ route }) => route.node))
    for (const [node, told] of [...this.#told]) {
      if (told.server === server && !names.has(node)) this.#drop(node, causeOf(node, told, gone))
    }
    for (const node of nodes) this.#put(server, state === 'up' ? node : suspect(node))
    this.#spoken.add(server)
    this.#dropUnspoken()
  }

  forget(server: string): void {
    for (const [node, told] of [...this.#told]) if (told.server === server) this.#drop(node, 'lost')
    this.#spoken.add(server)
    this.#dropUnspoken()
  }

  #put(server: string, entry: HostNode): void {
    const { node, creation } = entry.route
    const before = this.#told.get(node)
    const isOthers = before !== undefined && before.server !== server && before.server !== EARLIER
    // Two hosts that tell one name: the later life is the node, and of one life the first teller.
    if (isOthers && this.#rank(creation) <= this.#rank(before.creation)) return
    // The server takes no earlier life after a later one.
    if (before !== undefined && creation < before.creation && this.#rank(before.creation) === 0) {
      this.#drop(node, 'lost')
    }
    const text = JSON.stringify(entry)
    this.#told.set(node, { server, creation, text })
    if (before?.text !== text) this.#face.putFar(entry)
  }

  /** A life that has its birth far ahead of us comes after no other. */
  #rank(creation: number): number {
    return creation > this.#face.clock.wallMs() + AHEAD_MS_MAX ? 0 : creation
  }

  #remember(server: string, entry: HostNode): void {
    const { node, creation } = entry.route
    this.#told.set(node, { server, creation, text: JSON.stringify(entry) })
  }

  #drop(node: string, cause: GoneNode['cause']): void {
    this.#told.delete(node)
    this.#face.dropFar(node, cause)
  }

  /** What an earlier server knew, and nobody has told since, may be wrong. */
  doubtEarlier(): void {
    for (const entry of this.#face.far()) {
      const { node } = entry.route
      if (this.#told.get(node)?.server === EARLIER) this.#put(EARLIER, suspect(entry))
    }
  }

  /** And it is lost. */
  dropEarlier(): void {
    for (const [node, { server }] of [...this.#told]) {
      if (server === EARLIER) this.#drop(node, 'lost')
    }
  }

  /** When all hosts have spoken, what only an earlier server knew is nowhere. */
  #dropUnspoken(): void {
    if (this.#spoken.size >= this.#servers) this.dropEarlier()
  }
}

const causeOf = (node: string, { creation }: Told, gone: readonly GoneNode[]): GoneNode['cause'] =>
  gone.find((one) => one.node === node && one.creation === creation)?.cause ?? 'lost'

function suspect({ route, applications }: HostNode): HostNode {
  const state: NodeRoute['state'] = route.state === 'leaving' ? 'leaving' : 'suspect'
  return { route: { ...route, state }, applications }
}
