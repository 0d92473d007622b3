/**
 * Hosts that are network namespaces of this machine, joined by a cable, with nodes as programs.
 *
 * Everything has a name of its own, and only what was made here is taken away; that is done when a
 * test ends, however it ends, and when the program does.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { partSkip } from '@troupe/tools/parts'
import type { RegistrarEvent } from '#contract'
import type { ChildData, FromChild, ToChild } from './two-hosts-child.js'

const PROGRAM = fileURLToPath(new URL('./two-hosts-child.js', import.meta.url))
const NOBODY = '02:00:00:00:00:99'

/** Why no namespace can be made here; false: they can. */
export function namespaceSkip(): string | false {
  const skip = partSkip('iproute2')
  if (skip !== false) return skip
  if (process.getuid?.() !== 0) return 'only root can make network namespaces'
  const name = `troupe-try-${process.pid}`
  const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' })
  if (made.status !== 0) return `no network namespace can be made: ${made.stderr.trim()}`
  spawnSync('ip', ['netns', 'del', name])
  return false
}

function ip(...words: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${words.join(' ')}: ${stderr.trim()}`)
}

/** One namespace, with one end of the cable. */
export class Host {
  readonly name: string
  readonly address: string
  readonly #end: string

  constructor(name: string, end: string, address: string) {
    this.name = name
    this.address = address
    this.#end = end
    ip('netns', 'add', name)
    ip('-n', name, 'link', 'set', 'lo', 'up')
  }

  connect(): void {
    ip('-n', this.name, 'addr', 'add', `${this.address}/24`, 'dev', this.#end)
    ip('-n', this.name, 'link', 'set', this.#end, 'up')
  }

  cutCable(): void {
    ip('-n', this.name, 'link', 'set', this.#end, 'down')
  }

  mendCable(): void {
    ip('-n', this.name, 'link', 'set', this.#end, 'up')
  }

  /** What this host sends to the other one is lost from now on; what that one sends arrives. */
  loseAllTo(other: Host): void {
    const whom = [other.address, 'lladdr', NOBODY, 'dev', this.#end, 'nud', 'permanent']
    ip('-n', this.name, 'neigh', 'replace', ...whom)
  }

  loseNothingTo(other: Host): void {
    ip('-n', this.name, 'neigh', 'del', other.address, 'dev', this.#end)
  }
}

/** A node as a program on a host. */
export class Program {
  readonly host: Host
  readonly events: RegistrarEvent[] = []
  readonly #child: ChildProcess
  readonly #answers = new Map<number, (value: unknown) => void>()
  #asked = 0
  readonly #waiting = new Set<() => void>()
  #ready = false
  #problem = ''

  constructor(host: Host, data: ChildData) {
    this.host = host
    const words = ['netns', 'exec', host.name, process.execPath, PROGRAM, JSON.stringify(data)]
    this.#child = spawn('ip', words, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
    this.#child.stderr?.on('data', (text) => {
      this.#problem += String(text)
    })
    this.#child.on('message', (message: FromChild) => this.#heard(message))
    this.#child.on('exit', () => this.#wake())
  }

  get pid(): number {
    return this.#child.pid as number
  }

  async ready(): Promise<this> {
    await this.until(`start of a node${this.#problem}`, () => this.#ready)
    return this
  }

  async nodes(): Promise<Readonly<Record<string, string>>> {
    return (await this.#ask({ kind: 'nodes' })) as Readonly<Record<string, string>>
  }

  async resolve(node: string): Promise<string> {
    return (await this.#ask({ kind: 'resolve', node })) as string
  }

  /** Asks the echo of another node. */
  async echo(node: string, text: string): Promise<string> {
    return (await this.#ask({ kind: 'echo', node, text })) as string
  }

  async refused(): Promise<Readonly<Record<string, number>>> {
    return (await this.#ask({ kind: 'refused' })) as Readonly<Record<string, number>>
  }

  async isServing(): Promise<boolean> {
    return (await this.#ask({ kind: 'serving' })) as boolean
  }

  /** Until it was told this of a node, from the event at `from` on; gives how long that took. */
  async hears(kind: RegistrarEvent['kind'], node: string, from: number): Promise<number> {
    const startMs = performance.now()
    await this.until(`${kind} of ${node}`, () =>
      this.events.slice(from).some((event) => event.kind === kind && isOf(event, node)),
    )
    return Math.round(performance.now() - startMs)
  }

  async until(what: string, holds: () => boolean, limitMs = 20_000): Promise<void> {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      this.#wake()
    }, limitMs)
    try {
      while (!holds()) {
        if (isLate || this.#isOver) {
          throw new Error(`${what}: not in ${limitMs} ms; ${this.#problem.slice(-2_000)}`)
        }
        await new Promise<void>((wake) => {
          this.#waiting.add(wake)
        })
      }
    } finally {
      clearTimeout(timer)
    }
  }

  get #isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal)
  }

  /** Ends it and waits for that. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#isOver) return
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill(signal)
    await ended
  }

  async #ask(question: ToChild['question']): Promise<unknown> {
    this.#asked += 1
    const id = this.#asked
    const answer = new Promise((resolve) => this.#answers.set(id, resolve))
    this.#child.send({ id, question } satisfies ToChild)
    return answer
  }

  readonly #wake = (): void => {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }

  #heard(message: FromChild): void {
    if (message.kind === 'ready') this.#ready = true
    else if (message.kind === 'event') this.events.push(message.event)
    else this.#answers.get(message.id)?.(message.value)
    this.#wake()
  }
}

const isOf = (event: RegistrarEvent, node: string): boolean =>
  'node' in event && event.node === node

/** Two hosts with a cable between them. */
export class TwoHosts {
  static #made = 0
  readonly one: Host
  readonly two: Host
  readonly #folder: string
  readonly #programs: Program[] = []
  readonly #clean = (): void => this.#remove()

  static async make(): Promise<TwoHosts> {
    return new TwoHosts(await mkdtemp(join(tmpdir(), 'troupe-hosts-')))
  }

  private constructor(folder: string) {
    TwoHosts.#made += 1
    const name = `troupe-${process.pid}-${TwoHosts.#made}`
    const end = `tr${process.pid % 100_000}n${TwoHosts.#made}`
    this.#folder = folder
    process.once('exit', this.#clean)
    try {
      this.one = new Host(`${name}-one`, `${end}a`, '10.99.0.1')
      this.two = new Host(`${name}-two`, `${end}b`, '10.99.0.2')
      const far = ['type', 'veth', 'peer', 'name', `${end}b`, 'netns', this.two.name]
      ip('link', 'add', `${end}a`, 'netns', this.one.name, ...far)
      this.one.connect()
      this.two.connect()
    } catch (thrown) {
      this.#remove(name)
      throw thrown
    }
  }

  /** Starts a node; `name` is the part before its host. */
  start(host: Host, name: string, changes: Partial<ChildData> = {}): Program {
    const other = host === this.one ? this.two : this.one
    const program = new Program(host, {
      ...{ name: `${name}@${host.address}`, host: host.address, hosts: [other.address] },
      ...{
        folder: join(this.#folder, host.name),
        udpPort: 4_499,
        cookie: 'only for tests of two hosts',
      },
      ...changes,
    })
    this.#programs.push(program)
    return program
  }

  /** Ends the programs and takes the hosts away. */
  async close(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.end('SIGKILL')))
    this.#remove()
    process.off('exit', this.#clean)
  }

  #remove(name = this.one.name.replace(/-one$/, '')): void {
    for (const program of this.#programs) program.kill()
    // With a namespace its end of the cable goes, and with that the other end.
    for (const host of ['one', 'two']) spawnSync('ip', ['netns', 'del', `${name}-${host}`])
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
