/**
 * test/system-process: the traffic system as a program of its own, and clients that use it.
 *
 * Every port is a free one; what the program prints says which. Nothing here sleeps: it waits
 * for a line, for an answer, or for the account to say what is wanted.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { nodeOf } from '#traffic/nodes/roles'

const START = fileURLToPath(new URL('../../../tools/commands/start.mjs', import.meta.url))
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** Nothing listens for those who look inside. */
const UNSEEN = ['--observer', 'off', '--metrics', 'off'] as const
/** Ports that are free, whoever else runs on this machine. */
export const FREE_PORTS = [
  ...['--udp-port', '0', '--https-port', '0', '--tcp-port', '0'],
  ...UNSEEN,
] as const

let threePrograms = false
let started = 0

/** From now on this test file runs the system as three programs. */
export function inThreePrograms(): void {
  threePrograms = true
}

/** The parts of the group `intake`, which storage is one of when it is in the same program. */
export const intakeParts = (): readonly string[] => [
  ...(threePrograms ? [] : ['storage']),
  ...['ingest', 'udp', 'reader', 'tcp'],
]

/** The node of storage, of a system of this name. */
export const storageNodeOf = (name: string): string =>
  threePrograms ? nodeOf('storage', name) : name

/** What makes three programs of it, that meet nobody else's. */
function formFlags(): readonly string[] {
  if (!threePrograms) return []
  started += 1
  const name = `test-${process.pid}-${started}@localhost`
  // It is a port on Windows alone; elsewhere it only tells registrars of one host apart.
  return ['--nodes', '3', '--name', name, '--registrar-port', `${20_000 + (process.pid % 40_000)}`]
}

/** The part of `GET /stats` that tests look at. */
export interface Stats {
  readonly sent: number
  readonly stored: number
  readonly rejected: number
  readonly dropped: number
  readonly lost: number
  readonly waiting: number
  readonly difference: number
  readonly closes: boolean
  readonly sentOver: Readonly<Record<'udp' | 'tcp', number>>
  readonly rejectedFor: Readonly<Record<string, number>>
  readonly droppedAt: Readonly<Record<string, number | 'unknown'>>
  readonly lostWith: Readonly<Record<string, number>>
  readonly vehicles: number
  readonly restarts: Readonly<Record<string, number>>
  /** Undefined when nothing is kept. */
  readonly disk?: { readonly lastFlushMs: number; readonly flushes: number }
  readonly web: {
    readonly headersTooLarge: number
    readonly connectionsRefused: number
    readonly connectionsOpen: number
  }
  /** Undefined when all runs in one. */
  readonly programs?: Readonly<Record<string, { readonly pid: number; readonly lives: number }>>
  readonly uptimeMs: number
  readonly countedSince: string
}

/** A vehicle as the answer shows it. */
export interface Vehicle {
  readonly ID: string
  readonly Lat: number
  readonly Lon: number
  readonly Date: string
  readonly Emergency: boolean
  readonly Distance: number
}

/** What was answered over HTTP. */
export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

// One that is kept alive could meet a server that closes it at that very moment.
const AGENTS = {
  http: new HttpAgent({ keepAlive: false }),
  https: new HttpsAgent({ keepAlive: false, rejectUnauthorized: false, maxCachedSessions: 100 }),
}

/** Runs the program to its end; for flags it refuses, and for help. */
export async function runToEnd(...flags: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...UNSEEN, ...formFlags(), ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { out: '', error: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => {
    texts.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    texts.error += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...texts }
}

export class SystemProcess {
  readonly lines: string[] = []
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  readonly #waiting = new Set<() => void>()

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#ended = once(child, 'close').then(([code]) => code as number | null)
    void this.#ended.then(() => this.#tell())
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line)
        this.#tell()
      })
    }
  }

  /** Starts the program on free ports and waits until it says that it is ready. */
  static async start(t: TestContext, ...flags: readonly string[]): Promise<SystemProcess> {
    return SystemProcess.startAs(t, '--http', '--no-data', ...flags)
  }

  /** The same as a user has it: HTTPS, and a data folder when one is named. */
  static async startAs(t: TestContext, ...flags: readonly string[]): Promise<SystemProcess> {
    return SystemProcess.#startWith(t, [MAIN], flags)
  }

  /** The same by the command of `npm start -- traffic`. */
  static async startTyped(t: TestContext, flags: readonly string[]): Promise<SystemProcess> {
    return SystemProcess.#startWith(t, [START, 'traffic'], flags)
  }

  /** The same with a module loaded before it: a fault that a test has planted. */
  static async startFaulty(
    t: TestContext,
    fault: URL,
    ...flags: readonly string[]
  ): Promise<SystemProcess> {
    return SystemProcess.#startWith(t, ['--import', fault.href, MAIN], flags)
  }

  static async #startWith(
    t: TestContext,
    program: readonly string[],
    flags: readonly string[],
  ): Promise<SystemProcess> {
    const words = [...program, ...FREE_PORTS, ...formFlags(), ...flags]
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    const system = new SystemProcess(child)
    t.after(() => system.stop())
    await system.line(/^ready$/)
    return system
  }

  /** The first line that fits, as soon as it is there. */
  async line(pattern: RegExp): Promise<string> {
    await this.lineWhen(() => this.lines.some((line) => pattern.test(line)))
    return this.lines.find((line) => pattern.test(line)) ?? assert.fail('it was there')
  }

  /** Waits until the lines are as wanted. */
  async lineWhen(isWanted: () => boolean): Promise<void> {
    for (;;) {
      if (isWanted()) return
      const { exitCode } = this.#child
      if (exitCode !== null) assert.fail(`ended with ${exitCode}:\n${this.lines.join('\n')}`)
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  get udpPort(): number {
    return this.#printed(/udp 127\.0\.0\.1:(\d+)$/)
  }

  /** Where packets come in over TLS and TCP. */
  get tcpPort(): number {
    return this.#printed(/tls 127\.0\.0\.1:(\d+)$/)
  }

  get webPort(): number {
    return this.#printed(/https?:\/\/127\.0\.0\.1:(\d+)\/$/)
  }

  get url(): string {
    const isPlain = this.lines.some((line) => line.includes('questions  http:'))
    return `${isPlain ? 'http' : 'https'}://127.0.0.1:${this.webPort}`
  }

  get pid(): number {
    return this.#child.pid ?? assert.fail('it never ran')
  }

  /** Asks over HTTP or HTTPS, whichever it speaks; nobody has signed its certificate. */
  ask(path: string, method = 'GET', host = '127.0.0.1'): Promise<Answered> {
    const url = new URL(
      path,
      this.url.replace('127.0.0.1', host.includes(':') ? `[${host}]` : host),
    )
    const isPlain = url.protocol === 'http:'
    const agent = isPlain ? AGENTS.http : AGENTS.https
    return new Promise((resolve, reject) => {
      const asked = (isPlain ? httpRequest : httpsRequest)(url, { method, agent }, (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (text) => {
          body += text
        })
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
        })
        response.on('error', reject)
      })
      asked.on('error', reject).end()
    })
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Stops it where it is, until SIGCONT or the end of the test. */
  pause(t: TestContext): void {
    t.after(() => this.signal('SIGCONT'))
    this.signal('SIGSTOP')
  }

  /** The exit code, once the program has ended. */
  get ended(): Promise<number | null> {
    return this.#ended
  }

  /** Asks the program to end and gives its exit code. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null) this.signal('SIGTERM')
    // One that a failed test has left paused could not hear it.
    this.signal('SIGCONT')
    return this.#ended
  }

  async nearest(
    latitude: number,
    longitude: number,
    limit = 10,
    more = '',
  ): Promise<readonly Vehicle[]> {
    const path = `/?lat=${latitude}&lon=${longitude}&limit=${limit}${more}`
    const { status, body } = await this.ask(path)
    assert.equal(status, 200, body)
    return JSON.parse(body) as Vehicle[]
  }

  async stats(): Promise<Stats> {
    for (;;) {
      const { status, body } = await this.ask('/stats')
      // The one who answers may be the one that was killed a moment ago.
      if (status === 200) return JSON.parse(body) as Stats
    }
  }

  /** Asks for the account until it is as wanted; the limit of the test ends it otherwise. */
  async statsWhen(isWanted: (stats: Stats) => boolean): Promise<Stats> {
    for (;;) {
      const stats = await this.stats()
      if (isWanted(stats)) return stats
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async kill(part: string): Promise<void> {
    for (;;) {
      const { status } = await this.ask(`/kill?part=${part}`, 'POST')
      // Whoever kills its own messenger gets no answer from it, and 404 means not there now.
      if (status !== 404) return
    }
  }

  #printed(pattern: RegExp): number {
    const match = this.lines.map((line) => pattern.exec(line)).find((found) => found !== null)
    return Number(match?.[1] ?? assert.fail('the address was not printed'))
  }

  #tell(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

/** A vehicle of our own that sends packets; closed with the test. */
export function udpClient(t: TestContext, port: number, address = '127.0.0.1') {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  t.after(() => socket.close())
  return senderOf(socket, port, address)
}

/** What a client sends, and every datagram it gets back. */
export function talkingClient(t: TestContext, port: number, address = '127.0.0.1') {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  t.after(() => socket.close())
  const replies: Buffer[] = []
  socket.on('message', (bytes) => replies.push(bytes))
  const replied = async (count: number): Promise<readonly Buffer[]> => {
    while (replies.length < count) await once(socket, 'message')
    return replies
  }
  return { send: senderOf(socket, port, address), replied, replies }
}

function senderOf(socket: Socket, port: number, address: string) {
  return (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.send(bytes, port, address, (error) =>
        error instanceof Error ? reject(error) : resolve(),
      )
    })
}
