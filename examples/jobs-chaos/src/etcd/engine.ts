/**
 * etcd/engine: the etcd that a run has started: its members by name, and what is done to them.
 *
 * Knows of each member what was done to it, and asks the members themselves who leads. Nothing of
 * the cluster that is judged.
 */
import type { World } from '#chaos/world/world'
import { until } from '#chaos/world/world'
import { Gateway, type MemberStatus } from './gateway.js'

/** One process of an etcd, as it can be had. */
export interface EtcdProcess {
  /** host:port for clients; the same over all its lives. */
  readonly endpoint: string
  /** SIGKILL; settles when it has ended. */
  kill(): Promise<void> | void
  /** SIGSTOP, and SIGCONT. */
  freeze(): Promise<void> | void
  thaw(): Promise<void> | void
  /** Starts it again from its disk. */
  restart(): Promise<void> | void
}

/** What is asked of one of them. None of it rejects. */
export interface MemberVerbs {
  status(): Promise<MemberStatus | undefined>
  serves(): Promise<boolean>
  put(key: string, value: string): Promise<boolean>
  compact(revision: number): Promise<boolean>
  defragment(): Promise<boolean>
}

export type MemberState = 'up' | 'frozen' | 'down'

interface Member {
  readonly name: string
  readonly process: EtcdProcess
  readonly verbs: MemberVerbs
  state: MemberState
}

export interface EngineOptions {
  readonly processes: readonly EtcdProcess[]
  readonly world: World
  /** Ends all of them for good. */
  readonly stop: () => Promise<void>
  /** How the member at an endpoint is asked; default over its HTTP. */
  readonly verbs?: (endpoint: string) => MemberVerbs
}

/** How long it is asked whether all is well, and how often. */
const WHOLE = Object.freeze({ limitMs: 30_000, everyMs: 200 })

export class Engine {
  readonly #options: EngineOptions
  readonly #members: readonly Member[]

  constructor(options: EngineOptions) {
    this.#options = options
    const { verbs = (endpoint: string) => new Gateway(endpoint) } = options
    this.#members = options.processes.map((process, at) => ({
      ...{ name: `etcd${at + 1}`, process, verbs: verbs(process.endpoint) },
      state: 'up',
    }))
  }

  get names(): readonly string[] {
    return this.#members.map(({ name }) => name)
  }

  /** Where each member answers, by its name. */
  get endpoints(): ReadonlyMap<string, string> {
    return new Map(this.#members.map(({ name, process }) => [name, process.endpoint]))
  }

  stateOf(name: string): MemberState {
    return this.#of(name)?.state ?? 'down'
  }

  /** Whether a majority of its members has neither been killed nor frozen. */
  get hasMajority(): boolean {
    const up = this.#members.filter(({ state }) => state === 'up').length
    return up * 2 > this.#members.length
  }

  /** The member that leads etcd, as it says itself; undefined: none says so. */
  async leader(): Promise<string | undefined> {
    const told = await Promise.all(
      this.#members.map(async ({ name, state, verbs }) => {
        const status = state === 'up' ? await verbs.status() : undefined
        return status?.isLeader === true ? { name, raftTerm: status.raftTerm } : undefined
      }),
    )
    const leaders = told.filter((one) => one !== undefined)
    return leaders.sort((left, right) => right.raftTerm - left.raftTerm)[0]?.name
  }

  async kill(name: string): Promise<void> {
    const member = this.#of(name)
    if (member === undefined || member.state === 'down') return
    member.state = 'down'
    await member.process.kill()
  }

  async freeze(name: string): Promise<void> {
    const member = this.#of(name)
    if (member?.state !== 'up') return
    member.state = 'frozen'
    await member.process.freeze()
  }

  /** Goes on, or starts again, whatever was done to it. */
  async mend(name: string): Promise<void> {
    const member = this.#of(name)
    if (member === undefined || member.state === 'up') return
    const before = member.state
    member.state = 'up'
    if (before === 'frozen') await member.process.thaw()
    else await member.process.restart()
  }

  /** Settles with true when a read through each member is answered; with false after `WHOLE`. */
  async whole(): Promise<boolean> {
    return until(this.#options.world, WHOLE, async () => {
      const served = await Promise.all(this.#members.map(({ verbs }) => verbs.serves()))
      return served.every(Boolean)
    })
  }

  /** Writes an item, by whichever member takes it. */
  async put(key: string, value: string): Promise<boolean> {
    return this.#by((verbs) => verbs.put(key, value))
  }

  /** Throws away the history of all keys; false when none has done it. */
  async compact(): Promise<boolean> {
    return this.#by(async (verbs) => {
      const status = await verbs.status()
      return status !== undefined && (await verbs.compact(status.revision))
    })
  }

  async defragment(name: string): Promise<boolean> {
    return (await this.#of(name)?.verbs.defragment()) === true
  }

  /** `isHurried`: by SIGKILL. */
  async stop(isHurried = false): Promise<void> {
    if (isHurried) await Promise.all(this.names.map((name) => this.kill(name)))
    await this.#options.stop()
  }

  async #by(run: (verbs: MemberVerbs) => Promise<boolean>): Promise<boolean> {
    for (const { state, verbs } of this.#members) {
      if (state === 'up' && (await run(verbs))) return true
    }
    return false
  }

  #of(name: string): Member | undefined {
    return this.#members.find((member) => member.name === name)
  }
}
