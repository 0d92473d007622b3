/**
 * examples/jobs/test/cluster: a whole job cluster of real programs, and a client of its HTTP.
 *
 * Ports are free ones, names, registrar and data its own. Nothing here sleeps: it waits for a line
 * or for an answer.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
/** What `npm start` runs. */
const START = fileURLToPath(new URL('../../../tools/commands/start.mjs', import.meta.url))

/** How often an answer is asked for that is not there yet, in milliseconds. */
const LOOK_MS = 25

const ETCD = /^etcd \S+ is at (\S+) \(process (\d+)\)$/

/** A job, as it is shown. */
export interface Shown {
  readonly id: string
  readonly state: string
  readonly tries: number
  readonly worker: string | null
  readonly progress: number
  readonly result: unknown
  readonly problem: string | null
  readonly sha256: string
}

/** The cluster, as it is shown. */
export interface View {
  readonly leader: string
  readonly term: number
  readonly coordinators: readonly { readonly node: string; readonly state: string }[]
  readonly workers: readonly {
    readonly node: string
    readonly state: string
    readonly weight: number
    readonly capacity: number
    readonly running: number
    readonly version: string
  }[]
  readonly jobs: Readonly<Record<string, number>>
}

export interface Got {
  readonly status: number
  readonly headers: Headers
  readonly json: unknown
}

export class Cluster {
  readonly #child: ChildProcess
  readonly #folder: string
  readonly flags: readonly string[]
  readonly lines: string[] = []
  readonly #pids = new Map<string, number>()
  readonly #urls = new Map<string, string>()
  readonly #listeners = new Set<() => void>()
  readonly ended: Promise<number | null>

  private constructor(child: ChildProcess, folder: string, flags: readonly string[]) {
    this.#child = child
    this.#folder = folder
    this.flags = flags
    this.ended = once(child, 'exit').then(([code]) => code as number | null)
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface(stream).on('line', (line) => this.#line(line))
    }
    void this.ended.then(() => this.#tell())
  }

  /** Starts it and waits until it serves; it ends with the test. */
  static async start(t: TestContext, ...given: readonly string[]): Promise<Cluster> {
    const { folder, flags } = await Cluster.#flagsOf(t, given)
    return await Cluster.again(t, folder, flags)
  }

  /** The same by what `npm start -- jobs` runs. */
  static async launched(t: TestContext, ...given: readonly string[]): Promise<Cluster> {
    const { folder, flags } = await Cluster.#flagsOf(t, given)
    return await Cluster.again(t, folder, flags, [START, 'jobs'])
  }

  static async #flagsOf(t: TestContext, given: readonly string[]) {
    const folder = await mkdtemp(join(tmpdir(), 'jobs-test-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    const name = `t${randomBytes(4).toString('hex')}`
    const quiet = ['--observer', 'off', '--metrics', 'off']
    const own = [
      ...quiet,
      '--name',
      name,
      '--level',
      'error',
      '--cookie',
      randomBytes(16).toString('hex'),
    ]
    // Its own registrar, or an etcd of its own, which has one.
    const registrar = given.includes('etcd') ? [] : ['--registrar-folder', join(folder, 'r')]
    const flags = [...own, ...registrar, ...given]
    return { folder, flags: [...flags, '--http-port', '0'] }
  }

  /** Starts it with flags that were used before. */
  static async again(
    t: TestContext,
    folder: string,
    flags: readonly string[],
    program: readonly string[] = [MAIN],
  ): Promise<Cluster> {
    const words = [...program, ...flags]
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    const cluster = new Cluster(child, folder, flags)
    t.after(() => cluster.stop())
    await cluster.said((line) => line === 'ready')
    return cluster
  }

  get folder(): string {
    return this.#folder
  }

  /** First part of the names of its nodes. */
  get name(): string {
    return this.flags[this.flags.lastIndexOf('--name') + 1] ?? ''
  }

  get urls(): readonly string[] {
    return [...this.#urls.values()]
  }

  /** The etcd that was started with it. */
  get etcd(): { readonly endpoint: string; readonly pid: number } | undefined {
    const told = this.lines.findLast((line) => ETCD.test(line)) ?? ''
    const [, endpoint = '', pid] = ETCD.exec(told) ?? []
    return pid === undefined ? undefined : { endpoint, pid: Number(pid) }
  }

  #line(line: string): void {
    this.lines.push(line)
    const [, name = '', told = '', pid] = /^(\S+) +(.*?) \(process (\d+)\)$/.exec(line) ?? []
    if (pid !== undefined) this.#pids.set(name, Number(pid))
    if (told.startsWith('http')) this.#urls.set(name, told.slice(0, -1))
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Waits for a line, also one that was there before; fails when the program ends instead. */
  async said(fits: (line: string) => boolean, from = 0): Promise<void> {
    const isSaid = (): boolean => this.lines.slice(from).some(fits)
    while (!isSaid()) {
      assert.equal(this.#child.exitCode, null, this.lines.join('\n'))
      await new Promise<void>((resolve) => {
        const listener = (): void => {
          this.#listeners.delete(listener)
          resolve()
        }
        this.#listeners.add(listener)
      })
    }
  }

  /** Kills a program by the short name of its node, and waits until it was started again. */
  async kill(name: string): Promise<void> {
    const from = this.lines.length
    const pid = this.#pids.get(name)
    assert.ok(pid !== undefined, `${name} is one of ${[...this.#pids.keys()].join(', ')}`)
    process.kill(pid, 'SIGKILL')
    await this.said((line) => line.startsWith(`${name} `) && line.includes('is back'), from)
  }

  /** Kills all programs at once, the one that started them first. */
  async killAll(): Promise<void> {
    this.#child.kill('SIGKILL')
    for (const pid of this.#pids.values()) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended already, as the one that started it has.
      }
    }
    await this.ended
  }

  /** Ends all in order; the exit code. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null)
      this.#child.kill('SIGTERM')
    return await this.ended
  }

  /** One request to one coordinator. */
  async ask(
    method: string,
    path: string,
    { body, at = 0, headers: own }: Asked = {},
  ): Promise<Got> {
    const isJson = body !== undefined && typeof body === 'object' && !(body instanceof Uint8Array)
    const response = await fetch(`${this.urls[at % this.urls.length]}${path}`, {
      method,
      headers: { ...own, ...(isJson ? { 'content-type': 'application/json' } : {}) },
      ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : (body as string) }),
    })
    const text = await response.text()
    const { status, headers } = response
    return { status, headers, json: text === '' ? undefined : JSON.parse(text) }
  }

  /** As a client should: the same request goes to another coordinator when one cannot take it. */
  async insist(method: string, path: string, asked: Asked = {}): Promise<Got> {
    for (let at = asked.at ?? 0; ; at += 1) {
      const got = await this.ask(method, path, { ...asked, at }).catch(() => undefined)
      if (got !== undefined && got.status !== 503) return got
      await pause(LOOK_MS)
    }
  }

  async view(): Promise<View> {
    return (await this.insist('GET', '/cluster')).json as View
  }

  /** Waits until the cluster looks like this. */
  async viewWhen(fits: (view: View) => boolean): Promise<View> {
    for (;;) {
      const view = await this.view()
      if (fits(view)) return view
      await pause(LOOK_MS)
    }
  }

  /** Submits a job and fails unless it is accepted. */
  async submit(
    id: string,
    query: string,
    body: string | Uint8Array,
    at = 0,
    headers: Asked['headers'] = {},
  ): Promise<void> {
    const got = await this.insist('POST', `/jobs?id=${id}&${query}`, { body, at, headers })
    assert.ok(got.status === 201 || got.status === 200, JSON.stringify(got.json))
  }

  async job(id: string): Promise<Shown> {
    const got = await this.insist('GET', `/jobs/${id}`)
    assert.equal(got.status, 200, `${id}: ${JSON.stringify(got.json)}`)
    return got.json as Shown
  }

  /** Waits until a job is in one of these states. */
  async jobWhen(id: string, ...states: readonly string[]): Promise<Shown> {
    for (;;) {
      const job = await this.job(id)
      if (states.includes(job.state)) return job
      await pause(LOOK_MS)
    }
  }
}

interface Asked {
  readonly body?: string | Uint8Array | object
  /** Which coordinator. */
  readonly at?: number
  readonly headers?: Readonly<Record<string, string>>
}
