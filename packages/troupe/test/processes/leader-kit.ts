/**
 * leader-kit: voters in programs of their own, whose leader is killed, frozen and stopped, beside
 * a store that takes the effects of leaders.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { termFence } from 'troupe'
import { steadyMs } from '#base/clock'
import type { Says, Told } from './leader-child.js'

const PROGRAM = fileURLToPath(new URL('./leader-child.js', import.meta.url))
const COOKIE = 'a cookie for tests and nothing else'

/** How a leader is taken away. */
export type Blow = 'SIGKILL' | 'SIGSTOP' | 'stop'

interface Voter {
  readonly name: string
  readonly child: ChildProcess
  leads: { readonly term: number; readonly atMs: number } | undefined
  /** The term of the leader it follows, and who that is. */
  follows: { readonly leader: string | undefined; readonly term: number } | undefined
}

/** Who was taken away, and after how long another one led, in which term. */
export interface Struck {
  readonly victim: Voter
  readonly tookMs: number
  readonly term: number
}

/** Three voters and a store. */
export class Voters {
  readonly #folder: string
  readonly #names: readonly string[]
  readonly #voters = new Map<string, Voter>()
  readonly #changed = new EventEmitter()
  readonly #fence = termFence()
  readonly #terms = new Map<number, string>()
  /** Effects by what became of them. */
  readonly effects = { taken: 0, stale: 0 }
  /** How often somebody was told that it leads. */
  elections = 0

  constructor(folder: string, names: readonly string[]) {
    this.#folder = folder
    this.#names = names
    this.#changed.setMaxListeners(100)
  }

  static async make(names: readonly string[] = ['a', 'b', 'c']): Promise<Voters> {
    const folder = await mkdtemp(join(tmpdir(), 'troupe-test-'))
    // Nodes of one name meet on one host, whatever their folder is.
    const own = folder.slice(-6).toLowerCase()
    const nodes = names.map((name) => `${name}-${own}@localhost`)
    const made = new Voters(folder, nodes)
    await Promise.all(made.#names.map((name) => made.start(name)))
    await made.led()
    return made
  }

  /** Starts one, and waits until it has begun. */
  async start(name: string): Promise<void> {
    const args = [name, COOKIE, this.#folder, this.#names.join(' ')]
    const child = fork(PROGRAM, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    child.on('error', () => {})
    const voter: Voter = { name, child, leads: undefined, follows: undefined }
    child.on('message', (says: Says) => this.#heard(voter, says))
    this.#voters.set(name, voter)
    const ended = once(child, 'exit').then(() => assert.fail(`${name} ended before it was ready`))
    await Promise.race([ready(child), ended])
    ended.catch(() => {})
  }

  #heard(voter: Voter, says: Says): void {
    if (says.kind === 'effect') {
      this.effects[this.#fence.admits(says.term) ? 'taken' : 'stale'] += 1
      this.#changed.emit('effect', says.term)
      return
    }
    if (says.kind === 'works' || says.kind === 'ends') {
      this.#changed.emit(says.kind, says)
      return
    }
    if (says.kind === 'leads') {
      this.elections += 1
      const other = this.#terms.get(says.term)
      assert.equal(other, undefined, `term ${says.term} has two leaders`)
      this.#terms.set(says.term, voter.name)
      voter.leads = says
      voter.follows = undefined
    } else if (says.kind === 'follows') {
      voter.leads = undefined
      voter.follows = says
    }
    this.#changed.emit('changed')
  }

  /** All have effects when they lead. */
  work(): void {
    for (const voter of this.#voters.values()) tell(voter, { kind: 'work' })
  }

  /** Settles when the leader has begun to work. */
  async works(): Promise<void> {
    await once(this.#changed, 'works')
  }

  /** Settles when an effect of this term has come, or of a later one. */
  async effectSince(term: number): Promise<void> {
    for (;;) if ((await once(this.#changed, 'effect'))[0] >= term) return
  }

  /** The leader, once all others that run follow it. */
  async led(): Promise<Voter> {
    for (;;) {
      const [one, ...more] = [...this.#voters.values()].filter(({ leads }) => leads !== undefined)
      const others = [...this.#voters.values()].filter((voter) => voter !== one)
      const isFollowed = others.every(({ follows }) => follows?.leader === one?.name)
      if (one !== undefined && more.length === 0 && isFollowed) return one
      await once(this.#changed, 'changed')
    }
  }

  /** Takes the leader away; from the blow to the callback of the next one, in milliseconds. */
  async strike(blow: Blow): Promise<Struck> {
    const victim = await this.led()
    this.#voters.delete(victim.name)
    let fromMs = steadyMs()
    if (blow === 'stop') {
      // Until then it leads: it stops only after its node has told all others that it leaves.
      this.#changed.once('ends', ({ atMs }) => {
        fromMs = atMs
      })
      tell(victim, { kind: 'stop' })
    } else victim.child.kill(blow)
    const { leads } = await this.led()
    return { victim, term: leads?.term ?? 0, tookMs: (leads?.atMs ?? 0) - fromMs }
  }

  /** A frozen one goes on; waits until it follows. */
  async thaw(victim: Voter): Promise<void> {
    this.#voters.set(victim.name, victim)
    victim.child.kill('SIGCONT')
    await this.led()
  }

  /** The next life of one that has ended; waits until it follows. */
  async restart(victim: Voter): Promise<void> {
    await this.start(victim.name)
    await this.led()
  }

  async end(): Promise<void> {
    for (const { child } of this.#voters.values()) child.kill('SIGKILL')
    await rm(this.#folder, { recursive: true, force: true })
  }
}

async function ready(child: ChildProcess): Promise<void> {
  for (;;) {
    const [says] = (await once(child, 'message')) as [Says]
    if (says.kind === 'ready') return
  }
}

function tell({ child }: Voter, told: Told): void {
  child.send(told, () => {})
}

/** The value below which a share of all lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
