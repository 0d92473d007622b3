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
  type FarWatch,
  formatTarget,
  NodeName,
  Pid,
  type ProcessName,
  type Ref,
  requireOption,
  type Target,
  type Wire,
} from '#contract'
import { FarRelations, isFar } from './far-relations.js'
import { extend, relationsOf } from './mailbox.js'
import { DOWN, type Envelope, EXIT } from './message.js'
import {
  DEAD,
  ENDING,
  EXITING,
  type Home,
  Process,
  STARTING,
  SUSPENDED,
  TRAPPING,
} from './process.js'
import type { Table } from './table.js'
import { FarWatcher, Watch } from './watch.js'
import {
  addLink,
  addWatch,
  addWatcher,
  ownWatch,
  removeLink,
  removeWatch,
  removeWatcher,
  watchersOf,
  watchesOf,
} from './watch-lists.js'

/** What relations ask of the rest of the node. */
export interface RelationVerbs {
  signal(from: Pid | Envelope | undefined, to: Process, name: symbol, payload: unknown): void
  /** Takes a down notice that has not been handled out of a mailbox; false when there is none. */
  withdrawDown(process: Process, ref: Ref): boolean
  /** Gives a process a turn in which it will notice that it must end. */
  wake(process: Process): void
  /** Ends a process whose `init` is not done; its spawner is told. */
  endUnborn(process: Process, reason: ExitReason): void
  /** True when somebody owns the event on this node. */
  hasEvent(name: string): boolean
}

export class Relations {
  readonly #home: Home
  readonly #table: Table
  readonly #far: FarRelations
  readonly #verbs: RelationVerbs
  /** Watches of names, aliases, events and nodes, by a key of the target. */
  readonly #byKey = new Map<string, Map<number, Watch>>()

  constructor(home: Home, table: Table, wire: Wire, verbs: RelationVerbs) {
    this.#home = home
    this.#table = table
    this.#far = new FarRelations(table, wire, (watch, reason) => this.#tell(watch, reason))
    this.#verbs = verbs
  }

  /** Links both ways with a process, one way with anything else; twice is as good as once. */
  link(process: Process, target: Target): void {
    requireTarget(target)
    if (!Pid.is(target) || target.node !== this.#home.name) {
      const known =
        Pid.is(target) && isFar(target, this.#home.name)
          ? this.#far.linkOf(process, target)
          : this.#watchOf(process, 'link', target)
      if (known === undefined) this.#watch(process, 'link', target)
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
    requireTarget(target)
    if (Pid.is(target) && target.node === this.#home.name) {
      const other = this.#table.find(target)
      if (other === undefined) return
      removeLink(process, other)
      removeLink(other, process)
      return
    }
    const watch =
      Pid.is(target) && isFar(target, this.#home.name)
        ? this.#far.linkOf(process, target)
        : this.#watchOf(process, 'link', target)
    if (watch !== undefined) this.#unwatch(watch)
  }

  /** Watches a target; one that is not there is told of as `no-process`. */
  monitor(process: Process, target: Target): Ref {
    requireTarget(target)
    return this.#watch(process, 'monitor', target)
  }

  /**
   * Ends a monitor, or takes its notice out of the mailbox; false when the notice was handled, or
   * the ref is not one of this process.
   */
  demonitor(process: Process, ref: Ref): boolean {
    const watch = ownWatch(process, ref)
    if (watch === undefined) return this.#verbs.withdrawDown(process, ref)
    if (watch.mode !== 'monitor') return false
    this.#unwatch(watch)
    return true
  }

  /** Ends whatever a process has with a target, without telling. */
  forget(process: Process, target: Target): void {
    for (const watch of this.#watchesOf(process, target)) this.#unwatch(watch)
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
    if ((to.flags & STARTING) !== 0 && (to.flags & SUSPENDED) !== 0) {
      // Its init waits, perhaps for something that never comes.
      this.#verbs.endUnborn(to, reason)
      return
    }
    if ((to.flags & EXITING) !== 0) return
    extend(to).exitReason = reason
    to.flags |= EXITING
    this.#verbs.wake(to)
  }

  /** Tells everybody who watches a name, alias, event or node that it is gone. */
  gone(target: Target, reason: ExitReason): void {
    const key = this.#keyOf(target)
    const watches = this.#byKey.get(key)
    if (watches === undefined) return
    this.#byKey.delete(key)
    for (const watch of watches.values()) this.#tell(watch, reason)
  }

  /** At the end of a process: its own relations go first, then all who watch it are told. */
  ended(process: Process, reason: ExitReason): void {
    const relations = process.extension?.relations
    for (let watch = relations?.firstWatch; watch !== undefined; watch = relations?.firstWatch) {
      const isFarOne = isFar(watch.target, this.#home.name)
      if (!isFarOne) this.#unwatch(watch)
      else if (removeWatch(watch)) this.#far.ended(watch, reason)
    }
    this.#endLinks(process, reason)
    const extension = process.extension
    const watchers = extension?.watchers
    if (extension === undefined || watchers === undefined) return
    extension.watchers = undefined
    if (!(watchers instanceof Map)) this.#tell(watchers, reason)
    else for (const watch of watchers.values()) this.#tell(watch, reason)
  }

  /** Takes the link to a parent away without telling it: the spawn has already failed. */
  separate(process: Process, parent: Pid): void {
    if (!(parent instanceof Process)) {
      this.unlinkedFromAfar(parent, process)
      return
    }
    removeLink(process, parent)
    removeLink(parent, process)
    for (const watch of watchersOf(process)) {
      if (watch.watcher === parent) this.#unwatch(watch)
    }
  }

  /** A process of another node watches something here; told at once when it is not there. */
  watchedFromAfar(watcher: Pid, target: Target, tell: (reason: ExitReason) => void): FarWatch {
    const watch = new FarWatcher(this.#table.newId(), watcher, target, tell)
    const problem = this.#place(watch)
    if (problem !== undefined) this.#tell(watch, problem)
    return { cancel: () => watch.active && this.#unwatch(watch) }
  }

  /** Settles with what a monitor of a far process would be told. */
  whenFarEnded(watcher: Pid, target: Pid): Promise<ExitReason> {
    return new Promise((tell) => void this.watchedFromAfar(watcher, target, tell))
  }

  /** The far half of a link; false when there is no such process here. */
  linkedFromAfar(from: Pid, to: Pid): boolean {
    return this.#far.linked(from, to)
  }

  unlinkedFromAfar(from: Pid, to: Pid): void {
    const watch = this.#far.linkBetween(from, to)
    if (watch !== undefined && removeWatch(watch)) this.#far.forget(watch)
  }

  /** A far process has ended that is linked with one of ours. */
  farLinkEnded(from: Pid, to: Pid, reason: ExitReason): void {
    const watch = this.#far.linkBetween(from, to)
    if (watch !== undefined) this.#tell(watch, reason)
  }

  /** The far target of a watch has ended; gives the target. */
  farWatchEnded(node: string, ref: Ref, reason: ExitReason): Target | undefined {
    return this.#far.watchEnded(node, ref.id, reason)
  }

  /** A node has come, in this life. */
  nodeCame(node: string, creation: number): void {
    this.#far.came(node, creation)
  }

  /** A node is lost. */
  nodeLost(node: string): void {
    this.#far.lost(node)
  }

  #endLinks(process: Process, reason: ExitReason): void {
    const links = process.extension?.links
    if (links === undefined) return
    if (!(links instanceof Set)) this.#endLink(process, links, reason)
    else for (const other of links) this.#endLink(process, other, reason)
  }

  #endLink(process: Process, other: Pid, reason: ExitReason): void {
    if (!(other instanceof Process)) return
    removeLink(other, process)
    removeLink(process, other)
    this.exit(other, process, reason, 'link')
  }

  #watchOf(process: Process, mode: Watch['mode'], target: Target): Watch | undefined {
    return this.#watchesOf(process, target).find((watch) => watch.mode === mode)
  }

  /** What a process has with a target that is no process of this node. */
  #watchesOf(process: Process, target: Target): Watch[] {
    const own = process.extension?.relations
    if (own === undefined) return []
    const key = this.#keyOf(target)
    const others = this.#byKey.get(key)
    if (others === undefined && !isFar(target, this.#home.name)) return []
    // The smaller of the two: one may watch very many, and very many may watch one.
    const isFewer = others !== undefined && others.size < own.watchCount
    const looked = isFewer ? [...others.values()] : watchesOf(process)
    return looked.filter((watch) => watch.watcher === process && this.#keyOf(watch.target) === key)
  }

  /** A key that equal targets share; the own node may be named or left open. */
  #keyOf(target: Target): string {
    if (target.kind !== 'name' && target.kind !== 'event') {
      return `${target.kind}:${formatTarget(target)}`
    }
    const place = isFar(target, this.#home.name) ? `@${target.node}` : ''
    return `${target.kind}:${target.name}${place}`
  }

  #watch(watcher: Process, mode: Watch['mode'], target: Target): Watch {
    const watch = new Watch(mode, this.#table.newId(), watcher, target)
    addWatch(relationsOf(watcher), watch)
    const problem = this.#place(watch)
    if (problem !== undefined) this.#tell(watch, problem)
    return watch
  }

  /** Puts a watch where the end of its target will find it; a reason when there is no target. */
  #place(watch: Watch): ExitReason | undefined {
    const { target } = watch
    if (isFar(target, this.#home.name)) return this.#far.place(watch, target.node)
    if (Pid.is(target)) {
      const process = this.#table.find(target)
      if (process === undefined || (process.flags & DEAD) !== 0) return 'no-process'
      addWatcher(process, watch)
      return undefined
    }
    if (!this.#exists(target)) return 'no-process'
    const key = this.#keyOf(target)
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
    if (watch instanceof FarWatcher) watch.active = false
    else removeWatch(watch)
    const { target } = watch
    if (isFar(target, this.#home.name)) {
      this.#far.withdraw(watch)
    } else if (Pid.is(target)) {
      const process = this.#table.find(target)
      if (process !== undefined) removeWatcher(process, watch)
    } else {
      const key = this.#keyOf(target)
      const watches = this.#byKey.get(key)
      watches?.delete(watch.id)
      if (watches?.size === 0) this.#byKey.delete(key)
    }
  }

  /** Tells one watcher, once. */
  #tell(watch: Watch, reason: ExitReason): void {
    const isElsewhere = isFar(watch.target, this.#home.name)
    if (watch instanceof FarWatcher) {
      if (isElsewhere) this.#far.forget(watch)
      if (watch.active) watch.tell(reason)
      watch.active = false
      return
    }
    const watcher = watch.watcher as Process
    if (!removeWatch(watch)) return
    if (isElsewhere) this.#far.forget(watch)
    if (watch.mode === 'link') {
      this.exit(watcher, watch.target, reason, 'link')
      return
    }
    const down: Down = { kind: 'down', ref: watch, target: watch.target, reason }
    this.#verbs.signal(Pid.is(watch.target) ? watch.target : undefined, watcher, DOWN, down)
  }
}

const isSame = (left: Pid, right: Pid | undefined): boolean =>
  right !== undefined && Pid.equals(left, right)

const TARGET_KINDS: readonly unknown[] = ['pid', 'alias', 'name', 'event', 'node']

/** OPTION_INVALID for what can be neither linked to nor monitored. */
function requireTarget(target: Target): void {
  const holds = typeof target === 'object' && TARGET_KINDS.includes(target?.kind)
  const problem = 'give a pid, an alias, a processName, an eventName or a NodeName'
  requireOption(holds, 'target', target, problem)
}
