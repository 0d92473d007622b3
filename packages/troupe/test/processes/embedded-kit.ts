/**
 * embedded-kit: nodes of one host in programs of their own, killed and frozen while they serve.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { steadyMs } from '#base/clock'
import type { Says, Told } from './embedded-child.js'

const PROGRAM = fileURLToPath(new URL('./embedded-child.js', import.meta.url))
const COOKIE = 'a cookie for tests and nothing else'

/** How a node is taken away. */
export type Blow = 'SIGKILL' | 'SIGSTOP' | 'stop'

type Account = Extract<Says, { readonly kind: 'account' }>

class Program {
  readonly name: string
  readonly child: ChildProcess
  readonly ready: Promise<Extract<Says, { readonly kind: 'ready' }>>

  constructor(name: string, folder: string) {
    this.name = name
    this.child = fork(PROGRAM, [name, COOKIE, folder], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.child.on('error', () => {})
    this.ready = this.said('ready')
  }

  say(told: Told): void {
    this.child.send(told, () => {})
  }

  async said<K extends Says['kind']>(kind: K): Promise<Extract<Says, { readonly kind: K }>> {
    for (;;) {
      const [message] = (await once(this.child, 'message')) as [Says]
      if (message.kind === kind) return message as Extract<Says, { readonly kind: K }>
    }
  }

  async asked<K extends Says['kind']>(told: Told, kind: K) {
    const answer = this.said(kind)
    this.say(told)
    return answer
  }
}

/** One host with its nodes. */
export class Host {
  readonly #folder: string
  readonly #programs = new Map<string, Program>()
  readonly #accounts: Account[] = []
  readonly #stopped = new Set<Program>()

  constructor(folder: string) {
    this.#folder = folder
  }

  static async make(): Promise<Host> {
    return new Host(await mkdtemp(join(tmpdir(), 'troupe-test-')))
  }

  get names(): readonly string[] {
    return [...this.#programs.keys()]
  }

  /** Starts a node; gives how long after it was ready the others knew it, in milliseconds. */
  async start(name: string): Promise<number> {
    const program = new Program(name, this.#folder)
    await program.ready
    this.#programs.set(name, program)
    return this.#known(program)
  }

  /** Until all know each other; from the start of the node's registration. */
  async #known(program: Program): Promise<number> {
    const fromMs = steadyMs()
    await this.expectAll(this.names, '')
    void program
    return steadyMs() - fromMs
  }

  /** Starts two nodes; gives how long after the start of the second each knew the other. */
  async meet(first: string, second: string): Promise<number> {
    await this.start(first)
    const one = this.#programs.get(first) as Program
    const knows = one.asked({ kind: 'until', nodes: [second], notServer: '' }, 'knows')
    const program = new Program(second, this.#folder)
    const { startedMs } = await program.ready
    this.#programs.set(second, program)
    const { atMs } = await program.asked({ kind: 'until', nodes: [first], notServer: '' }, 'knows')
    return Math.max(atMs, (await knows).atMs) - startedMs
  }

  /** All wait until they know these nodes; then nothing else is right. Gives who serves. */
  async expectAll(nodes: readonly string[], notServer: string) {
    const told = { kind: 'until', nodes, notServer } as const
    const knows = await Promise.all(this.#running().map((one) => one.asked(told, 'knows')))
    await this.#expect(nodes)
    return { server: knows[0]?.server ?? '', atMs: Math.max(...knows.map(({ atMs }) => atMs)) }
  }

  /** Takes the serving node away; gives how long the others took, in milliseconds. */
  async strike(blow: Blow): Promise<{ readonly victim: string; readonly tookMs: number }> {
    const victim = await this.server()
    const program = this.#programs.get(victim) as Program
    this.#programs.delete(victim)
    await this.#expect(this.names)
    if (blow !== 'SIGSTOP') this.#accounts.push(await program.asked({ kind: 'account' }, 'account'))
    const waiting = this.expectAll(this.names, victim)
    const fromMs = steadyMs()
    if (blow === 'stop') program.say({ kind: 'stop' })
    else program.child.kill(blow)
    if (blow === 'SIGSTOP') this.#stopped.add(program)
    const { server, atMs } = await waiting
    assert.notEqual(server, victim)
    return { victim, tookMs: atMs - fromMs }
  }

  /** Who was taken away comes again: a new life, or the old one goes on. */
  async restore(victim: string): Promise<void> {
    const [program] = [...this.#stopped].filter(({ name }) => name === victim)
    if (program === undefined) {
      await this.start(victim)
      return
    }
    this.#stopped.delete(program)
    program.child.kill('SIGCONT')
    this.#programs.set(victim, program)
    await this.expectAll(this.names, '')
  }

  /** Until nobody lists a node; gives how long that took, in milliseconds. */
  async server(): Promise<string> {
    const accounts = await this.#ask()
    const [first] = accounts
    assert.ok(first !== undefined)
    return first.server
  }

  /** What all that have lived were asked, and what of it they answered wrongly. */
  async account(): Promise<{ asked: number; wrong: number; notes: readonly string[] }> {
    const all = [...this.#accounts, ...(await this.#ask())]
    return {
      asked: all.reduce((sum, { asked }) => sum + asked, 0),
      wrong: all.reduce((sum, { wrong }) => sum + wrong, 0),
      notes: all.flatMap(({ notes }) => notes),
    }
  }

  /** The loop of the serving node does nothing for a while. */
  async block(ms: number): Promise<string> {
    const server = await this.server()
    this.#programs.get(server)?.say({ kind: 'block', ms })
    return server
  }

  async end(): Promise<void> {
    for (const { child } of [...this.#programs.values(), ...this.#stopped]) child.kill('SIGKILL')
    await rm(this.#folder, { recursive: true, force: true })
  }

  #running(): readonly Program[] {
    return [...this.#programs.values()]
  }

  #ask(): Promise<readonly Account[]> {
    return Promise.all(this.#running().map((one) => one.asked({ kind: 'account' }, 'account')))
  }

  async #expect(nodes: readonly string[]): Promise<void> {
    const told = { kind: 'expect', nodes } as const
    await Promise.all(this.#running().map((one) => one.asked(told, 'expecting')))
  }
}

/** The value below which a share of all lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
