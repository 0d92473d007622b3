/**
 * testing/etcd-member: one member of a local etcd over its lives, and how it is asked how it is.
 */
import { TroupeError } from 'troupe'
import { systemClock } from 'troupe/registrar'
import type { LocalMember } from './local-etcd.js'
import { askMember } from './member-http.js'
import { type MemberCommand, MemberProcess } from './member-process.js'

/** `answers`: the program does, healthy or not; `healthy`: it has a leader, too. */
export type Readiness = 'answers' | 'healthy'

export interface MemberSetting {
  readonly name: string
  readonly endpoint: string
  readonly folder: string
  readonly healthPort: number
  readonly command: MemberCommand
  readonly timeoutMs: number
  /** What a restart can wait for, as many members as run now. */
  reachable(): Readiness
}

const LOOK_MS = 20
const ANSWER_MS_MAX = 1_000
/** How much of the log is told when a start fails. */
const TOLD_LINES = 6
const STOP_MS_MAX = 3_000

/** Begins its first life when it is made. */
export class EtcdMember implements LocalMember {
  readonly #setting: MemberSetting
  #life: MemberProcess

  constructor(setting: MemberSetting) {
    this.#setting = setting
    this.#life = new MemberProcess(setting.command)
  }

  get name(): string {
    return this.#setting.name
  }

  get endpoint(): string {
    return this.#setting.endpoint
  }

  get folder(): string {
    return this.#setting.folder
  }

  get pid(): number {
    return this.#life.pid
  }

  get isRunning(): boolean {
    return this.#life.isRunning
  }

  get isFrozen(): boolean {
    return this.#life.isFrozen
  }

  log(): readonly string[] {
    return this.#life.log()
  }

  kill(): Promise<void> {
    return this.#life.end('SIGKILL')
  }

  freeze(): void {
    this.#life.freeze(true)
  }

  thaw(): void {
    this.#life.freeze(false)
  }

  async restart(): Promise<void> {
    await this.kill()
    this.#life = new MemberProcess(this.#setting.command)
    await this.ready(this.#setting.reachable())
  }

  /** In order, and by force when that takes too long. */
  async stop(): Promise<void> {
    this.thaw()
    const cancel = systemClock.after(STOP_MS_MAX, () => void this.kill())
    await this.#life.end('SIGTERM')
    cancel()
  }

  /** Settles when it is. Rejects with ETCD_NOT_STARTED and the end of its log. */
  async ready(readiness: Readiness): Promise<void> {
    const { healthPort: port, timeoutMs } = this.#setting
    const life = this.#life
    const untilMs = systemClock.nowMs() + timeoutMs
    while (life.isRunning && life === this.#life && systemClock.nowMs() < untilMs) {
      const { status } = await askMember({ port, path: '/health', timeoutMs: ANSWER_MS_MAX })
      if (status === 200 || (status !== 0 && readiness === 'answers')) return
      await new Promise<void>((resolve) => systemClock.after(LOOK_MS, resolve))
    }
    const how = life.isRunning ? `was not ready within ${timeoutMs} ms` : 'has ended'
    const told = life.log().slice(-TOLD_LINES).join('\n  ')
    const problem = `member ${this.name} (${this.endpoint}) ${how}:\n  ${told}`
    throw new TroupeError('ETCD_NOT_STARTED', { problem })
  }

  async isLeader(): Promise<boolean> {
    if (!this.isRunning || this.isFrozen) return false
    const { healthPort: port } = this.#setting
    const { text } = await askMember({ port, path: '/metrics', timeoutMs: ANSWER_MS_MAX })
    return /^etcd_server_is_leader 1$/m.test(text)
  }
}
