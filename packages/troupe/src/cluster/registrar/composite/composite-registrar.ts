/**
 * cluster/registrar/composite/composite-registrar: several registrars as one.
 *
 * For moving a cluster from one registrar to another while it works: as long as two nodes share
 * one of them they find each other. Knows nothing of what they are; each sees the whole node.
 *
 * - A node is there while one knows it, and is told of once.
 * - The first that has an item of the configuration gives its value.
 * - What a node says of itself is said to all.
 *
 * Limit: 8 registrars.
 *
 * @source design 6; contract/registrar
 */

import type { Cancel } from '#base/clock'
import { requireApplicationRoute } from '#cluster/registrar/route-check'
import {
  type ApplicationRoute,
  type ConfigChange,
  type ConfigHeld,
  type ConfigValue,
  describeThrown,
  type NodeRoute,
  type OwnApplicationRoute,
  type Registrar,
  type RegistrarEvent,
  type RegistrarHome,
  type RegistrarInfo,
  requireDuration,
  requireObject,
  requireOption,
  TroupeError,
} from '#contract'
import { type KnownOptions, requireKnown } from '#contract/known-options'
import { FirstConfig } from './first-config.js'
import { firstRoute } from './first-route.js'
import { homeOf, type Part, requireParts } from './part.js'
import { startParts } from './start-parts.js'
import { NodeUnion } from './union.js'

/** How several registrars are used as one. Times are milliseconds. */
export interface CompositeRegistrarOptions {
  /** How long a start waits for the others when one of them is ready; default 2,000. */
  readonly othersWaitMs?: number
}

/** What the options of a composite registrar leave open. */
export const COMPOSITE_REGISTRAR_DEFAULTS: Required<CompositeRegistrarOptions> = Object.freeze({
  othersWaitMs: 2_000,
})

const KNOWN: KnownOptions<CompositeRegistrarOptions> = Object.freeze({ othersWaitMs: true })
/** So long another registrar may take to catch up, before it tells what runs on a node. */
const SETTLE_MS = 1_000
const NOBODY = Object.freeze({ node: '', creation: 0 })

/**
 * Makes one registrar of several; for configuration the first one counts most. Throws
 * OPTION_INVALID.
 *
 * A start settles when one of them is ready and the others had `othersWaitMs`; a server that cannot
 * be had is taken in when it can. It rejects with NODE_NAME_TAKEN and OPTION_INVALID of any of
 * them, and with what the first one failed of when none could be started.
 *
 * @example compositeRegistrar([embeddedRegistrar(), staticRegistrar({ nodes })])
 * @source design 6
 */
export function compositeRegistrar(
  registrars: readonly Registrar[],
  options: CompositeRegistrarOptions = {},
): Registrar {
  requireObject('registrar', options)
  requireKnown('registrar', options, KNOWN)
  requireDuration('registrar.othersWaitMs', options.othersWaitMs)
  const { othersWaitMs = COMPOSITE_REGISTRAR_DEFAULTS.othersWaitMs } = options
  return new CompositeRegistrar(requireParts(registrars), othersWaitMs)
}

class CompositeRegistrar implements Registrar {
  readonly kind = 'composite'
  readonly #parts: readonly Part[]
  readonly #othersWaitMs: number
  readonly #config: FirstConfig
  #home: RegistrarHome | undefined = undefined
  #union: NodeUnion
  /** What is known when the start settles is told by no event. */
  #hasBegun = false
  #isStopped = false
  #cancelSettle: Cancel | undefined = undefined

  constructor(parts: readonly Part[], othersWaitMs: number) {
    this.#parts = parts
    this.#othersWaitMs = othersWaitMs
    this.#config = new FirstConfig(parts.map(({ registrar }) => registrar))
    this.#union = new NodeUnion(NOBODY, parts)
  }

  async start(home: RegistrarHome): Promise<void> {
    const isNew = this.#home === undefined
    requireOption(isNew, 'registrar', this.kind, 'one object serves one node; make another one')
    this.#home = home
    this.#union = new NodeUnion(home, this.#parts)
    const { clock } = home
    const start = (part: Part): Promise<void> => this.#startPart(part, home)
    try {
      await startParts({ parts: this.#parts, clock, waitMs: this.#othersWaitMs, start })
    } catch (thrown) {
      await this.stop()
      throw thrown
    }
    this.#union.all()
    this.#config.changes()
    this.#hasBegun = true
  }

  nodes(): readonly NodeRoute[] {
    return this.#union.table.nodes()
  }

  resolve(node: string): NodeRoute | undefined | Promise<NodeRoute | undefined> {
    const known = this.#union.table.resolve(node)
    const isVain = this.#isStopped || node === this.#home?.node
    if (known !== undefined || isVain) return known
    return firstRoute(
      this.#parts.map(({ registrar }) => registrar),
      node,
    )
  }

  putApplication(given: OwnApplicationRoute): void {
    const route = requireApplicationRoute(given)
    const refusals: unknown[] = []
    for (const { registrar } of this.#parts) {
      try {
        registrar.putApplication(route)
      } catch (thrown) {
        refusals.push(thrown)
      }
    }
    // One that cannot keep it does not hide it from the others.
    if (refusals.length > 0) throw refusals[0]
  }

  removeApplication(name: string): void {
    for (const { registrar } of this.#parts) registrar.removeApplication(name)
  }

  applications(name?: string): readonly ApplicationRoute[] {
    return this.#union.table.applications(name)
  }

  config(items?: readonly string[]): Readonly<Record<string, ConfigValue>> {
    return this.#isStopped ? {} : this.#config.values(items)
  }

  configHeld(): Iterable<ConfigHeld> {
    return this.#isStopped ? [] : this.#config.held()
  }

  /** Into the one that gives the value, else into the first that can be written. */
  changeConfig(change: ConfigChange): Promise<boolean> {
    return this.#config.change(change)
  }

  async leave(): Promise<void> {
    await this.#ofAll('leave', (registrar) => registrar.leave())
  }

  info(): RegistrarInfo {
    const parts = this.#parts.map(({ info }) => info)
    const isConnected = this.#parts.some((part) => part.isConnected)
    return Object.freeze({
      kind: this.kind,
      state: this.#isStopped ? 'stopped' : isConnected ? 'connected' : 'disconnected',
      server: parts.map(describePart).join(', '),
      serving: parts.some(({ serving }) => serving),
      supports: Object.freeze({
        applications: parts.some(({ supports }) => supports.applications),
        config: parts.some(({ supports }) => supports.config),
        events: parts.some(({ supports }) => supports.events),
      }),
      nodes: this.#union.table.size,
      refused: sumOf([this.#union.table.refused, ...parts.map(({ refused }) => refused)]),
    })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#cancelSettle?.()
    await this.#ofAll('stop', (registrar) => registrar.stop())
    this.#union.clear()
  }

  async #startPart(part: Part, home: RegistrarHome): Promise<void> {
    try {
      await part.registrar.start(homeOf(home, (event) => this.#hear(part, event)))
    } catch (thrown) {
      this.#failed(part, thrown)
      throw thrown
    }
    part.look()
    if (!this.#hasBegun || this.#isStopped) return
    // It comes late: what it knows beyond the others is news.
    const { state, server } = part.info
    if (state === 'connected') {
      this.#tell([{ kind: 'registrar-connected', server: part.nameOf(server) }])
    }
    this.#tell([...this.#union.all(), ...this.#config.changes()])
  }

  /** The others go on without it. */
  #failed(part: Part, thrown: unknown): void {
    const problem = describeThrown(thrown)
    part.failed(problem)
    if (this.#isStopped) return
    const { node, log } = this.#home as RegistrarHome
    log.error('a registrar could not be started', { registrar: part.registrar.kind, problem })
    if (!this.#hasBegun) return
    if (TroupeError.is(thrown, 'NODE_NAME_TAKEN')) {
      this.#tell([{ kind: 'node-duplicate', node, problem }])
    }
    this.#tell([...this.#union.all(), ...this.#config.changes()])
  }

  #hear(part: Part, event: RegistrarEvent): void {
    if (this.#isStopped) return
    const events = this.#take(part, event)
    const isOfConnection = event.kind.startsWith('registrar-')
    this.#tell(this.#hasBegun || isOfConnection ? events : [])
  }

  /** What an event of one of them is to the node. */
  #take(part: Part, event: RegistrarEvent): readonly RegistrarEvent[] {
    switch (event.kind) {
      case 'node-joined':
        return this.#union.joined(event.node, event.creation)
      case 'node-suspect':
      case 'node-well':
      case 'node-leaving':
        return this.#union.node(event.node)
      case 'node-left':
        return this.#union.left(event)
      case 'node-duplicate':
        return [{ ...event, problem: `${part.registrar.kind}: ${event.problem}` }]
      case 'config-updated':
        return this.#config.changed(event.item)
      case 'config-invalid':
        return this.#config.isHidden(part.registrar, event.item) ? [] : [event]
      case 'registrar-connected':
      case 'registrar-disconnected':
        part.look()
        return [{ ...event, server: part.nameOf(event.server) }, ...this.#changes()]
      default:
        return this.#union.application(part, event.node, event.name)
    }
  }

  /** What may be another thing since a registrar was lost or is back. */
  #changes(): readonly RegistrarEvent[] {
    return this.#hasBegun ? this.#union.all() : []
  }

  #settleLater(): void {
    this.#cancelSettle ??= this.#home?.clock.after(SETTLE_MS, () => {
      this.#cancelSettle = undefined
      this.#tell(this.#union.settle())
    })
  }

  async #ofAll(what: string, run: (registrar: Registrar) => Promise<void>): Promise<void> {
    const ends = await Promise.allSettled(this.#parts.map(({ registrar }) => run(registrar)))
    for (const [at, end] of ends.entries()) {
      if (end.status === 'fulfilled') continue
      const registrar = this.#parts[at]?.registrar.kind ?? ''
      const problem = describeThrown(end.reason)
      this.#home?.log.warning(`a registrar could not ${what}`, { registrar, problem })
    }
  }

  #tell(events: readonly RegistrarEvent[]): void {
    if (this.#isStopped) return
    for (const event of events) this.#home?.tell(event)
    if (this.#union.isUnsettled) this.#settleLater()
  }
}

const describePart = ({ kind, server, state }: RegistrarInfo): string =>
  `${kind}${server === '' ? '' : ` ${server}`} (${state})`

function sumOf(
  counts: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, number>> {
  const sums = new Map<string, number>()
  for (const [code, count] of counts.flatMap((one) => Object.entries(one))) {
    sums.set(code, (sums.get(code) ?? 0) + count)
  }
  return Object.fromEntries(sums)
}
