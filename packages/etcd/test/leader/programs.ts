/**
 * programs: three contenders in programs of their own around a real etcd, whose leader is killed
 * and frozen while it writes.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { connectEtcd, type EtcdClient } from '@troupe/etcd'
import type { LocalEtcd } from '@troupe/etcd/testing'
import { EFFECT, machineMs, type Says } from './leader-child.js'

const PROGRAM = fileURLToPath(new URL('./leader-child.js', import.meta.url))

interface Program {
  readonly name: string
  readonly child: ChildProcess
  led: Extract<Says, { readonly kind: 'leads' }> | undefined
}

const termOf = ({ led }: Program): number => led?.term ?? 0

export class Programs {
  readonly #etcd: LocalEtcd
  readonly #leaseMs: number
  readonly #client: EtcdClient
  readonly #programs = new Map<string, Program>()
  readonly #heard = new EventEmitter()
  readonly #terms = new Map<number, string>()
  /** Terms of the writes that etcd took, in its order. */
  readonly written: number[] = []
  /** Writes that a fence has kept out. */
  refused = 0

  constructor(etcd: LocalEtcd, leaseMs: number) {
    this.#etcd = etcd
    this.#leaseMs = leaseMs
    this.#client = connectEtcd({ endpoints: etcd.endpoints })
    this.#heard.setMaxListeners(100)
    this.#client.watch({
      ...{ range: { key: EFFECT }, fromRevision: 1 },
      take: ({ events }) => {
        for (const event of events) {
          if (event.kind === 'put') this.written.push(Number(event.entry.value.toString()))
        }
      },
      ended: () => {},
    })
  }

  start(name: string): void {
    const args = [name, this.#etcd.endpoints[0] ?? '', String(this.#leaseMs)]
    const child = fork(PROGRAM, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const program: Program = { name, child, led: undefined }
    child.on('error', () => {})
    child.on('message', (says: Says) => this.#take(program, says))
    this.#programs.set(name, program)
  }

  #take(program: Program, says: Says): void {
    if (says.kind === 'leads') {
      const other = this.#terms.get(says.term)
      assert.equal(other, undefined, `term ${says.term} has two leaders`)
      this.#terms.set(says.term, program.name)
      program.led = says
    }
    if (says.kind === 'follows') program.led = undefined
    if (says.kind === 'wrote' && !says.held) this.refused += 1
    this.#heard.emit(says.kind, says)
  }

  /** The one that leads and works. */
  async working(): Promise<Program> {
    for (;;) {
      await once(this.#heard, 'works')
      // One that was replaced may not have said yet that it follows.
      const [one] = [...this.#programs.values()]
        .filter(({ led }) => led !== undefined)
        .toSorted((a, b) => termOf(b) - termOf(a))
      if (one !== undefined) return one
    }
  }

  /** Takes the leader away in its work; how long until another one leads, in milliseconds. */
  async strike(how: 'SIGKILL' | 'SIGSTOP'): Promise<{ name: string; tookMs: number }> {
    const program = await this.working()
    const { name, child } = program
    const term = termOf(program)
    const fromMs = machineMs()
    child.kill(how)
    if (how === 'SIGKILL') this.#programs.delete(name)
    for (;;) {
      const [says] = (await once(this.#heard, 'leads')) as [Extract<Says, { kind: 'leads' }>]
      if (says.term > term) return { name, tookMs: says.atMs - fromMs }
    }
  }

  /** A frozen one goes on; settles when it follows. */
  async thaw(name: string): Promise<void> {
    const program = this.#programs.get(name)
    program?.child.kill('SIGCONT')
    while (program?.led !== undefined) await once(this.#heard, 'follows')
  }

  /** Settles when the leader of now has written something. */
  async wrote(): Promise<void> {
    await once(this.#heard, 'wrote')
  }

  end(): void {
    for (const { child } of this.#programs.values()) child.kill('SIGKILL')
    this.#client.close()
  }
}
