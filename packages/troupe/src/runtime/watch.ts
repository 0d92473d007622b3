/**
 * runtime/watch: a one-way relation: `watcher` is told when `target` ends.
 *
 * It is its own ref, the one `monitor` answers and the down notice carries.
 */
import { inspect } from 'node:util'
import { type ExitReason, type Pid, Ref, type Target } from '#contract'

export class Watch implements Ref {
  readonly mode: 'link' | 'monitor'
  readonly watcher: Pid
  readonly target: Target
  readonly id: number
  /** False once it was told or withdrawn. */
  active = true
  /** Its neighbours among the watches of its watcher. */
  previous: Watch | undefined = undefined
  next: Watch | undefined = undefined

  constructor(mode: 'link' | 'monitor', id: number, watcher: Pid, target: Target) {
    this.mode = mode
    this.watcher = watcher
    this.target = target
    this.id = id
  }

  get kind(): 'ref' {
    return 'ref'
  }

  get node(): string {
    return this.watcher.node
  }

  get creation(): number {
    return this.watcher.creation
  }

  /** A ref shows what it names and nothing of the watch behind it. */
  toJSON(): Ref {
    return Ref.of(this.node, this.id, this.creation)
  }

  [inspect.custom](): string {
    return Ref.format(this)
  }
}

/** A watcher of another node: its network is told instead of a mailbox. */
export class FarWatcher extends Watch {
  readonly tell: (reason: ExitReason) => void

  constructor(id: number, watcher: Pid, target: Target, tell: (reason: ExitReason) => void) {
    super('monitor', id, watcher, target)
    this.tell = tell
  }
}
