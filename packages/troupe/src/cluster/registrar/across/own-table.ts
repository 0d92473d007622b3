/**
 * cluster/registrar/across/own-table: the table of this host as others get it: digest and pages.
 *
 * Written anew when its version changes and somebody asks; the last few stay, so that whoever is
 * fetching one can finish. Who asks from this very machine is told loopback addresses, too.
 */
import { isLoopbackHost } from '#base/host-kind'
import { PAGE_BYTES, type TableDigest } from './bodies.js'
import type { HostNode, HostTable } from './host-table.js'
import { homeboundText, isHomebound, routeFrom } from './reach.js'
import { digestOf, writeTable } from './table-text.js'
import type { Tell } from './told.js'

/** Tables that can still be fetched page by page. */
const KEPT = 4

interface Written extends TableDigest {
  readonly version: number
  readonly isWhole: boolean
  readonly isSameMachine: boolean
  readonly text: Uint8Array
}

export class OwnTable {
  readonly #table: HostTable
  readonly #tell: Tell
  #kept: readonly Written[] = []

  constructor(table: HostTable, tell: Tell) {
    this.#table = table
    this.#tell = tell
  }

  /** It knows all nodes of its host. */
  get isWhole(): boolean {
    return this.#table.own().isWhole
  }

  /** The node of this host, as somebody at this address may know it. */
  find(node: string, asker: string): HostNode | undefined {
    const found = this.#table.own().nodes.find(({ route }) => route.node === node)
    if (found === undefined) return undefined
    this.#tellHomebound(found, asker)
    return { ...found, route: routeFrom(found.route, isLoopbackHost(asker)) }
  }

  digest(asker: string): TableDigest {
    const snapshot = this.#table.own()
    const isSameMachine = isLoopbackHost(asker)
    const { version, isWhole } = snapshot
    const kept = this.#kept.find(
      (one) =>
        one.version === version && one.isWhole === isWhole && one.isSameMachine === isSameMachine,
    )
    if (kept !== undefined) return kept
    const nodes = snapshot.nodes.map(({ route, applications }) => ({
      route: routeFrom(route, isSameMachine),
      applications,
    }))
    const { bytes: text, left } = writeTable({ isWhole, nodes, gone: snapshot.gone })
    if (left > 0) this.#tell('table-too-large', 'own', tooLargeText(left))
    for (const node of snapshot.nodes) this.#tellHomebound(node, asker)
    const digest = digestOf(text)
    const pages = Math.ceil(text.length / PAGE_BYTES)
    const written = { version, isWhole, isSameMachine, text, digest, pages, bytes: text.length }
    this.#kept = [written, ...this.#kept].slice(0, KEPT)
    return written
  }

  /** A page of a table that is, or lately was, that of this host. */
  page(digest: string, page: number): Uint8Array | undefined {
    const written = this.#kept.find((one) => one.digest === digest)
    if (written === undefined || page >= written.pages) return undefined
    return written.text.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES)
  }

  #tellHomebound({ route }: HostNode, asker: string): void {
    if (isLoopbackHost(asker) || !isHomebound(route)) return
    this.#tell('node-homebound', route.node, homeboundText(route.node))
  }
}

const tooLargeText = (left: number): string =>
  `the table of this host is too large for other hosts, ${left} nodes of it are not told; ` +
  'let fewer nodes run on one host, or use another registrar'
