/**
 * runtime/far-relations: the links and monitors of this node's processes to those of other nodes.
 *
 * Both halves of a link between two nodes are watches, one at each; the end of a process travels
 * as an exit signal to the other half. What a lost node leaves behind is found by its name, so
 * that each watch of it is told once.
 *
 * Limit: `LINKS_MAX` links with one other node; a further one that comes from there finds no
 * process.
 *
 * @source OTP "Distributed Erlang"; ergo-features 7
 */
import { EventName, type ExitReason, Pid, type Target, type Wire } from '#contract'
import { relationsOf } from './mailbox.js'
import { DEAD, type Process } from './process.js'
import type { Table } from './table.js'
import { Watch } from './watch.js'
import { addWatch } from './watch-lists.js'

/** Links with the processes of one other node. */
const LINKS_MAX = 1_000_000

/** All who watch one event there: the other node knows one watch, that of the first. */
interface EventWatch {
  readonly first: Watch
  readonly watches: Set<Watch>
}

/** What the relations of one node to one other are. */
class FarNode {
  /** By the id of the watch. */
  readonly watches = new Map<number, Watch>()
  /** Links to processes there, by both ends. */
  readonly links = new Map<string, Watch>()
  /** By the name of the event, and by the id of the first watch. */
  readonly events = new Map<string | number, EventWatch>()
}

export class FarRelations {
  readonly #table: Table
  readonly #wire: Wire
  /** Ends a watch and tells its watcher, unless that has happened. */
  readonly #tell: (watch: Watch, reason: ExitReason) => void
  readonly #nodes = new Map<string, FarNode>()
  readonly #linksMax: number

  constructor(
    table: Table,
    wire: Wire,
    tell: (watch: Watch, reason: ExitReason) => void,
    linksMax = LINKS_MAX,
  ) {
    this.#linksMax = linksMax
    this.#table = table
    this.#wire = wire
    this.#tell = tell
  }

  /** The link of a process with one of another node, if there is one. */
  linkOf(process: Process, target: Pid): Watch | undefined {
    return this.#nodes.get(target.node)?.links.get(linkKey(process, target))
  }

  /** Places a watch of a target at another node; a reason when there is no way to it. */
  place(watch: Watch, node: string): ExitReason | undefined {
    const far = this.#far(node)
    far.watches.set(watch.id, watch)
    const { target } = watch
    const watcher = watch.watcher as Process
    if (EventName.is(target)) return this.#placeOnEvent(far, watch, target.name)
    if (watch.mode !== 'link' || !Pid.is(target)) {
      return this.#wire.watch(node, watcher, target, watch) === undefined
        ? undefined
        : 'no-connection'
    }
    far.links.set(linkKey(watcher, target), watch)
    const failure = this.#wire.link(node, watcher, target)
    if (failure === undefined) return undefined
    return failure === 'PROCESS_INCARNATION' ? 'no-process' : 'no-connection'
  }

  /** A watch that was told or withdrawn is kept no longer. */
  forget(watch: Watch): void {
    const node = watch.target.node as string
    const far = this.#nodes.get(node)
    if (far === undefined) return
    far.watches.delete(watch.id)
    if (watch.mode === 'link' && Pid.is(watch.target)) {
      far.links.delete(linkKey(watch.watcher, watch.target))
    }
    if (far.watches.size === 0) this.#nodes.delete(node)
  }

  /** Withdraws a watch: the far node is told. */
  withdraw(watch: Watch): void {
    const { target } = watch
    const node = target.node as string
    const events = this.#nodes.get(node)?.events
    this.forget(watch)
    if (watch.mode === 'link' && Pid.is(target)) this.#wire.unlink(node, watch.watcher, target)
    else if (EventName.is(target)) this.#withdrawFromEvent(events, watch, target.name)
    else this.#wire.unwatch(node, watch.watcher, watch)
  }

  /** The watcher has ended: the other half of a link is told, all else is withdrawn. */
  ended(watch: Watch, reason: ExitReason): void {
    const { target } = watch
    if (watch.mode !== 'link' || !Pid.is(target)) {
      this.withdraw(watch)
      return
    }
    this.forget(watch)
    this.#wire.exit(target.node, watch.watcher, target, reason, 'link')
  }

  /** The far half of a link has come; false when there is no such process here. */
  linked(from: Pid, to: Pid): boolean {
    const process = this.#table.find(to)
    if (process === undefined || (process.flags & DEAD) !== 0) return false
    if (this.linkOf(process, from) !== undefined) return true
    if ((this.#nodes.get(from.node)?.links.size ?? 0) >= this.#linksMax) return false
    const watch = new Watch('link', this.#table.newId(), process, from)
    addWatch(relationsOf(process), watch)
    const far = this.#far(from.node)
    far.watches.set(watch.id, watch)
    far.links.set(linkKey(process, from), watch)
    return true
  }

  /** The watch behind a link that has ended or was taken back at the other node. */
  linkBetween(from: Pid, to: Pid): Watch | undefined {
    const process = this.#table.find(to)
    return process === undefined ? undefined : this.linkOf(process, from)
  }

  /** The target of a watch has ended; gives the target. */
  watchEnded(node: string, id: number, reason: ExitReason): Target | undefined {
    const far = this.#nodes.get(node)
    const event = far?.events.get(id)
    if (far !== undefined && event !== undefined) return this.#eventEnded(far, event, reason)
    const watch = far?.watches.get(id)
    if (watch !== undefined) this.#tell(watch, reason)
    return watch?.target
  }

  /** Only the first who watches an event is known at its node. */
  #placeOnEvent(far: FarNode, watch: Watch, name: string): ExitReason | undefined {
    const known = far.events.get(name)
    if (known !== undefined) {
      known.watches.add(watch)
      return undefined
    }
    const event = { first: watch, watches: new Set([watch]) }
    far.events.set(name, event).set(watch.id, event)
    const { watcher, target } = watch
    const failure = this.#wire.watch(target.node as string, watcher, target, watch)
    if (failure === undefined) return undefined
    far.events.delete(name)
    far.events.delete(watch.id)
    return 'no-connection'
  }

  #withdrawFromEvent(events: FarNode['events'] | undefined, watch: Watch, name: string): void {
    const event = events?.get(name)
    if (event === undefined || !event.watches.delete(watch) || event.watches.size > 0) return
    events?.delete(name)
    events?.delete(event.first.id)
    this.#wire.unwatch(watch.target.node as string, event.first.watcher, event.first)
  }

  #eventEnded(far: FarNode, { first, watches }: EventWatch, reason: ExitReason): Target {
    const { target } = first
    if (EventName.is(target)) far.events.delete(target.name)
    far.events.delete(first.id)
    for (const watch of watches) this.#tell(watch, reason)
    return target
  }

  /**
   * A node has come, in this life: links that were begun before with a process of an earlier one
   * are told, as that life does not answer for them any more.
   */
  came(node: string, creation: number): void {
    for (const watch of [...(this.#nodes.get(node)?.links.values() ?? [])]) {
      const { target } = watch
      if (Pid.is(target) && target.creation !== creation) this.#tell(watch, 'no-process')
    }
  }

  /** A node is lost: everything that watches something there is told, once. */
  lost(node: string): void {
    const far = this.#nodes.get(node)
    if (far === undefined) return
    // Who is told may watch again at once: that is of the next life of the node.
    this.#nodes.delete(node)
    for (const watch of [...far.watches.values()]) this.#tell(watch, 'no-connection')
  }

  #far(node: string): FarNode {
    let far = this.#nodes.get(node)
    if (far === undefined) {
      far = new FarNode()
      this.#nodes.set(node, far)
    }
    return far
  }
}

/** The two ends of a link; the near one is of this life of this node. */
const linkKey = (near: Pid, far: Pid): string => `${near.id}:${far.id}:${far.creation}`

/** True for a target at another node. */
export const isFar = (target: Target, home: string): target is Target & { readonly node: string } =>
  target.node !== undefined && target.node !== home
