/**
 * actor/offspring: the processes of a supervisor's children: started, stopped, heard of.
 *
 * Decides nothing about restarts; `Supervision` does. A child is known to be gone by its exit
 * signal, or, when it is stopped from here, by `context.ended`: whichever comes first counts,
 * the other is ignored. Limit: a child in its `init` has no pid yet and cannot be stopped.
 *
 * @source OTP supervisor.erl, do_start_child and shutdown
 */
import { crashOf, custom, type Exit, type ExitReason, Pid, type ProcessContext } from '#contract'
import type { Child } from './child.js'
import type { Patience } from './patience.js'

/**
 * What became of a start. `running`; `ended`: it ran and is over already; `refused`: it never
 * ran, or was never ready, and `error` is what spawn or the readiness gate rejected with.
 */
export type Launched =
  | { readonly kind: 'running'; readonly pid: Pid }
  | { readonly kind: 'ended'; readonly pid: Pid; readonly reason: ExitReason }
  | { readonly kind: 'refused'; readonly reason: ExitReason; readonly error: unknown }

/** A start that did not lead to a running child. */
export type LaunchFailure = Exclude<Launched, { readonly kind: 'running' }>

/** What the offspring tells its supervision. */
export interface OffspringVerbs {
  running(child: Child): void
  /** Who is no child has ended, or wants us to end. */
  stranger(exit: Exit): void
}

export class Offspring {
  readonly #context: ProcessContext
  readonly #patience: Patience
  readonly #verbs: OffspringVerbs
  /** Children by the id of a pid whose exit signal has not come yet. */
  readonly #byId = new Map<number, Child>()
  /** Spawns that have not settled. */
  #spawning = 0
  /** Exit signals of strangers that may be children whose spawn has not settled. */
  #strays: Exit[] = []

  constructor(context: ProcessContext, patience: Patience, verbs: OffspringVerbs) {
    this.#context = context
    this.#patience = patience
    this.#verbs = verbs
  }

  /** Spawns a child and waits until it is ready. Never rejects. */
  launch(child: Child): Promise<Launched> {
    child.state = 'starting'
    this.#spawning += 1
    const launched = this.#context.spawnAny(child.start, child.spawnOptions()).then(
      (pid) => this.#spawned(child, pid),
      (error: unknown) => this.#refused(child, error),
    )
    child.starting = launched
    return launched
  }

  #refused(child: Child, error: unknown): Launched {
    const reason = crashOf(error)
    child.state = 'ended'
    child.starting = undefined
    child.lastReason = reason
    this.#spawnSettled()
    return { kind: 'refused', reason, error }
  }

  #spawned(child: Child, pid: Pid): Launched | Promise<Launched> {
    // Inherited by now; before, it is kept through failed starts.
    child.preserved = undefined
    const stray = this.#strays.length === 0 ? undefined : this.#takeStray(pid)
    if (stray !== undefined) {
      this.#gone(child, pid, stray.reason)
      child.state = 'ended'
      child.starting = undefined
      this.#spawnSettled()
      return { kind: 'ended', pid, reason: stray.reason }
    }
    child.pid = pid
    this.#byId.set(pid.id, child)
    this.#spawnSettled()
    if (child.spec.ready !== undefined) return this.#untilReady(child, pid)
    return this.#running(child, pid)
  }

  #running(child: Child, pid: Pid): Launched {
    child.state = 'running'
    child.starting = undefined
    // Whole milliseconds: a fraction would cost each child an object of its own.
    child.startedMs = Math.floor(this.#context.nowMs())
    this.#verbs.running(child)
    return { kind: 'running', pid }
  }

  /** Waits for the gate of a child, its end, or the time limit, whichever comes first. */
  async #untilReady(child: Child, pid: Pid): Promise<Launched> {
    const { readyTimeoutMs, name } = child.spec
    const gone = this.#context.ended(pid).then((reason) => refusal(reason, undefined))
    const settled = Promise.race([gone, this.#gate(child, pid)])
    const isInTime = await this.#patience.within(readyTimeoutMs, settled)
    const failure = isInTime
      ? await settled
      : refusal(custom('not-ready', { child: name, readyTimeoutMs }), undefined)
    // Somebody has stopped it meanwhile, who also decides what follows.
    if (child.state !== 'starting') return failure ?? refusal('shutdown', undefined)
    if (failure === undefined) return this.#running(child, pid)
    await this.#stopProcess(child)
    child.state = 'ended'
    child.starting = undefined
    child.lastReason = failure.reason
    return failure
  }

  async #gate(child: Child, pid: Pid): Promise<LaunchFailure | undefined> {
    try {
      await child.spec.ready?.(pid, this.#context)
      return undefined
    } catch (error) {
      return refusal(crashOf(error), error)
    }
  }

  /** Hears an exit signal; gives the child that ran and has ended by itself. */
  exited({ from, reason }: Exit): Child | undefined {
    const child = Pid.is(from) ? this.#byId.get(from.id) : undefined
    if (child === undefined || !Pid.is(from) || from.node !== this.#context.node) {
      const exit: Exit = { kind: 'exit', from, reason }
      if (this.#spawning > 0) this.#strays.push(exit)
      else this.#verbs.stranger(exit)
      return undefined
    }
    this.#byId.delete(from.id)
    // Not its pid any more: it was stopped from here, and that is known already.
    if (child.pid === undefined || child.pid.id !== from.id) return undefined
    const hasRun = child.state === 'running'
    this.#gone(child, from, reason)
    return hasRun ? child : undefined
  }

  #takeStray(pid: Pid): Exit | undefined {
    const at = this.#strays.findIndex(({ from }) => Pid.is(from) && Pid.equals(from, pid))
    return at < 0 ? undefined : this.#strays.splice(at, 1)[0]
  }

  #spawnSettled(): void {
    this.#spawning -= 1
    if (this.#spawning > 0 || this.#strays.length === 0) return
    const strangers = this.#strays
    this.#strays = []
    for (const exit of strangers) this.#verbs.stranger(exit)
  }

  #gone(child: Child, pid: Pid, reason: ExitReason): void {
    child.pid = undefined
    child.lastPid = pid
    child.lastReason = reason
    if (child.spec.preserves) child.preserved = this.#context.preservedMailbox(pid)
  }

  /** The child that runs as this pid. */
  childOf(pid: Pid): Child | undefined {
    const child = this.#byId.get(pid.id)
    return child?.pid !== undefined && Pid.equals(child.pid, pid) ? child : undefined
  }

  /** Stops a child: asks, waits as long as it may take, kills. It may be started again. */
  async stop(child: Child): Promise<void> {
    dropTimer(child)
    while (child.starting !== undefined && child.pid === undefined) {
      const { starting } = child
      // At the end of the supervisor a child still in init is ended by its link.
      const isEnding = this.#patience.phase === 'ending'
      if (isEnding && !(await this.#patience.within(child.spec.shutdownMs, starting))) return
      await starting
      dropTimer(child)
    }
    if (child.pid !== undefined) await this.#stopProcess(child)
    if (child.state !== 'disabled') child.state = 'stopped'
  }

  async #stopProcess(child: Child): Promise<void> {
    const { pid } = child
    if (pid === undefined) return
    const { shutdownMs, name } = child.spec
    child.state = 'stopping'
    const ended = this.#context.ended(pid)
    if (shutdownMs > 0) this.#context.exit(pid, 'shutdown')
    if (shutdownMs === 0 || !(await this.#patience.within(shutdownMs, ended))) {
      if (shutdownMs > 0) {
        const told = { child: name, shutdownMs }
        this.#context.log.warning('a child did not end in time and is killed', told)
      }
      this.#context.kill(pid)
    }
    const reason = await ended
    // Its exit signal may have come first and told more.
    if (child.pid === pid) this.#gone(child, pid, reason)
  }
}

const refusal = (reason: ExitReason, error: unknown): LaunchFailure => ({
  kind: 'refused',
  reason,
  error,
})

function dropTimer(child: Child): void {
  child.timer?.cancel()
  child.timer = undefined
}
