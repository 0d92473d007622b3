/**
 * runtime/relations: links and monitors, local ones and those to other nodes.
 *
 * A link between processes goes both ways; a link to a name, an alias, an event or a node, and
 * every monitor, goes one way and is told once. Telling only leaves a signal in a mailbox or a
 * mark on a process, so a chain of a million links ends without recursion.
 *
 * @source OTP "Processes: Links, Monitors"; ergo-features 7
 */
import {
  Alias,
  type Down,
  EventName,
  type Exit,
  type ExitReason,
  formatTarget,
  NodeName,
  Pid,
  type ProcessName,
  Ref,
  type Target,
  type Wire,
} from '#contract'
import type { Watch } from './extension.js'
import { extend, relationsOf } from './mailbox.js'
import { DOWN, type Envelope, EXIT } from './message.js'
import { DEAD, ENDING, EXITING, type Home, Process, TRAPPING } from './process.js'
import type { Table } from './table.js'

/** What relations ask of the rest of the node. */
export interface RelationVerbs {
  signal(from: Pid | Envelope | undefined, to: Process, name: symbol, payload: unknown): void
  /** Gives a process a turn in which it will notice that it must end. */
  wake(process: Process): void
  /** True when somebody owns the event on this node. */
  hasEvent(name: string): boolean
}

export class Relations {
  readonly #home: Home
  readonly #table: Table
  readonly #wire: Wire
  readonly #verbs: RelationVerbs
  /** Watches of names, aliases, events and nodes, by a key of the target. */
  readonly #byKey = new Map<string, Map<number, Watch>>()

  constructor(home: Home, table: Table, wire: Wire, verbs: RelationVerbs) {
    this.#home = home
    this.#table = table
    this.#wire = wire
    this.#verbs = verbs
  }

  /** Links both ways with a process, one way with anything else; twice is as good as once. */
  link(process: Process, target: Target): void {
    if (!Pid.is(target) || target.node !== this.#home.name) {
      if (this.#watchOf(process, 'link', target) === undefined) this.#watch(process, 'link', target)
      return
    }
    const other = this.#table.find(target)
    if (other === process) return
    if (other === undefined || (other.flags & DEAD) !== 0) {
      this.exit(process, target, 'no-process', 'link')
      return
    }
    addLink(process, other)
    addLink(other, process)
  }

  unlink(process: Process, target: Target): void {
    if (Pid.is(target) && target.node === this.#home.name) {
      const other = this.#table.find(target)
      if (other === undefined) return
      removeLink(process, other)
      removeLink(other, process)
      return
    }
    const watch = this.#watchOf(process, 'link', target)
    if (watch !== undefined) this.#unwatch(watch)
  }

  /** Watches a target; one that is not there is told of as `no-process`. */
  monitor(process: Process, target: Target): Ref {
    return this.#refOf(this.#watch(process, 'monitor', target))
  }

  /** Ends a monitor; false when it has been told, or is not one of this process. */
  demonitor(process: Process, ref: Ref): boolean {
    const watch = process.extension?.relations?.watches.get(ref.id)
    if (watch === undefined || watch.kind !== 'monitor') return false
    this.#unwatch(watch)
    return true
  }

  /** Ends whatever a process has with a target, without telling. */
  forget(process: Process, target: Target): void {
    for (const kind of ['link', 'monitor'] as const) {
      const watch = this.#watchOf(process, kind, target)
      if (watch !== undefined) this.#unwatch(watch)
    }
  }

  /**
   * An exit signal. From a link, `normal` does no harm to a process that does not trap. A trapping
   * process gets a message, unless it comes from its own parent or because the node stops: these
   * cannot be trapped.
   */
  exit(to: Process, from: Target, reason: ExitReason, by: 'link' | 'program' | 'stop'): void {
    if ((to.flags & (DEAD | ENDING)) !== 0) return
    const isFromParent = Pid.is(from) && isSame(from, to.lineage.parent)
    if ((to.flags & TRAPPING) !== 0 && !isFromParent && by !== 'stop') {
      const exit: Exit = { kind: 'exit', from, reason }
      this.#verbs.signal(Pid.is(from) ? from : undefined, to, EXIT, exit)
      return
    }
    if (by === 'link' && reason === 'normal' && (to.flags & TRAPPING) === 0) return
    if ((to.flags & EXITING) !== 0) return
    extend(to).exitReason = reason
    to.flags |= EXITING
    this.#verbs.wake(to)
  }

  /** Tells everybody who watches a name, alias, event or node that it is gone. */
  gone(target: Target, reason: ExitReason): void {
    const key = keyOf(target)
    const watches = this.#byKey.get(key)
    if (watches === undefined) return
    this.#byKey.delete(key)
    for (const watch of watches.values()) this.#tell(watch, reason)
  }

  /** At the end of a process: its own relations go first, then all who watch it are told. */
  ended(process: Process, reason: ExitReason): void {
    const relations = process.extension?.relations
    if (relations !== undefined) {
      for (const watch of [...relations.watches.values()]) this.#unwatch(watch)
    }
    for (const other of linksOf(process)) this.#endLink(process, other, reason)
    if (relations === undefined) return
    for (const watch of relations.watchers.values()) this.#tell(watch, reason)
    relations.watchers.clear()
  }

  /** Takes the link to a parent away without telling it: the spawn has already failed. */
  separate(process: Process, parent: Pid): void {
    if (!(parent instanceof Process)) return
    removeLink(process, parent)
    removeLink(parent, process)
    const watchers = process.extension?.relations?.watchers
    for (const watch of watchers?.values() ?? []) if (watch.watcher === parent) this.#unwatch(watch)
  }

  #endLink(process: Process, other: Pid, reason: ExitReason): void {
    if (!(other instanceof Process)) return
    removeLink(other, process)
    removeLink(process, other)
    this.exit(other, process, reason, 'link')
  }

  #refOf(watch: Watch): Ref {
    return Ref.of(this.#home.name, watch.id, this.#home.creation)
  }

  #watchOf(process: Process, kind: Watch['kind'], target: Target): Watch | undefined {
    const key = keyOf(target)
    for (const watch of process.extension?.relations?.watches.values() ?? []) {
      if (watch.kind === kind && keyOf(watch.target) === key) return watch
    }
    return undefined
  }

  #watch(watcher: Process, kind: Watch['kind'], target: Target): Watch {
    const watch: Watch = { kind, id: this.#table.newId(), watcher, target }
    relationsOf(watcher).watches.set(watch.id, watch)
    const problem = this.#place(watch)
    if (problem !== undefined) this.#tell(watch, problem)
    return watch
  }

  /** Puts a watch where the end of its target will find it; a reason when there is no target. */
  #place(watch: Watch): ExitReason | undefined {
    const { target } = watch
    if (target.node !== undefined && target.node !== this.#home.name) {
      const ref = this.#refOf(watch)
      const failure = this.#wire.watch(target.node, watch.watcher, target, ref)
      return failure === undefined ? undefined : 'no-connection'
    }
    if (Pid.is(target)) {
      const process = this.#table.find(target)
      if (process === undefined || (process.flags & DEAD) !== 0) return 'no-process'
      relationsOf(process).watchers.set(watch.id, watch)
      return undefined
    }
    if (!this.#exists(target)) return 'no-process'
    const key = keyOf(target)
    const watches = this.#byKey.get(key) ?? new Map<number, Watch>()
    watches.set(watch.id, watch)
    this.#byKey.set(key, watches)
    return undefined
  }

  #exists(target: Alias | ProcessName | EventName | NodeName): boolean {
    if (Alias.is(target)) return this.#table.aliased(target) !== undefined
    if (EventName.is(target)) return this.#verbs.hasEvent(target.name)
    return NodeName.is(target) || this.#table.named(target.name) !== undefined
  }

  #unwatch(watch: Watch): void {
    const watcher = watch.watcher as Process
    watcher.extension?.relations?.watches.delete(watch.id)
    const { target } = watch
    if (target.node !== undefined && target.node !== this.#home.name) {
      this.#wire.unwatch(target.node, watcher, this.#refOf(watch))
    } else if (Pid.is(target)) {
      this.#table.find(target)?.extension?.relations?.watchers.delete(watch.id)
    } else {
      const key = keyOf(target)
      const watches = this.#byKey.get(key)
      watches?.delete(watch.id)
      if (watches?.size === 0) this.#byKey.delete(key)
    }
  }

  /** Tells one watcher, once. */
  #tell(watch: Watch, reason: ExitReason): void {
    const watcher = watch.watcher as Process
    if (watcher.extension?.relations?.watches.delete(watch.id) !== true) return
    if (watch.kind === 'link') {
      this.exit(watcher, watch.target, reason, 'link')
      return
    }
    const down: Down = { kind: 'down', ref: this.#refOf(watch), target: watch.target, reason }
    this.#verbs.signal(Pid.is(watch.target) ? watch.target : undefined, watcher, DOWN, down)
  }
}

const isSame = (left: Pid, right: Pid | undefined): boolean =>
  right !== undefined && Pid.equals(left, right)

/** A key that equal targets share. */
function keyOf(target: Target): string {
  if (target.kind === 'name') return `name:${target.name}`
  if (target.kind === 'event') return `event:${target.name}`
  return `${target.kind}:${formatTarget(target)}`
}

/** The processes linked with this one. */
export function linksOf(process: Process): Pid[] {
  const links = process.extension?.links
  if (links === undefined) return []
  return links instanceof Set ? [...links] : [links]
}

function addLink(process: Process, other: Pid): void {
  const extension = extend(process)
  const links = extension.links
  if (links === undefined) extension.links = other
  else if (links instanceof Set) links.add(other)
  else if (links !== other) extension.links = new Set([links, other])
}

function removeLink(process: Process, other: Pid): void {
  const extension = process.extension
  if (extension === undefined) return
  if (extension.links instanceof Set) extension.links.delete(other)
  else if (extension.links === other) extension.links = undefined
}
