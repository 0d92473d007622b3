/**
 * network/transport/unix: lines over Unix sockets, between programs of one user on one host.
 *
 * About a third cheaper than TCP on the loopback address, and closed to other users. A file that a
 * killed program left behind is recognised by dialling it, and removed; one that answers is left
 * alone. Knows nothing of node names: `unixSocketPath` turns one into a path.
 *
 * @source Node.js "Net", IPC; unix(7)
 */
import { lstatSync, renameSync } from 'node:fs'
import { link, unlink } from 'node:fs/promises'
import { connect, createServer, type IpcNetConnectOpts, type Socket } from 'node:net'
import {
  type Line,
  type LineDialOptions,
  type LineListener,
  type LineListenOptions,
  type Transport,
  type TransportAddress,
  TroupeError,
} from '#contract'
import { accepted } from './accepted.js'
import { dialSocket } from './dial.js'
import { codeOf, problemOf } from './problem.js'
import { failure, opened, type Serving } from './serve.js'
import { Inlet, SocketLine } from './socket-line.js'
import {
  limitConnections,
  listenerOf,
  READ_BYTES,
  SOCKET_DEFAULTS,
  type SocketOptions,
  WATER_BYTES,
} from './tcp.js'
import { folderProblem, pathProblem } from './unix-path.js'

/** How often a left-over file is removed and another program is quicker. */
const TRIES_MAX = 5
/** A program that is there answers at once; one that takes longer hangs, and is there. */
const PROBE_TIMEOUT_MS = 1_000

/**
 * A transport over Unix sockets.
 *
 * @example await unixTransport().listen({ ...options, path: unixSocketPath('shop@localhost') })
 */
export function unixTransport(options: SocketOptions = {}): Transport {
  return new Unix({ ...SOCKET_DEFAULTS, ...options })
}

class Unix implements Transport {
  readonly name = 'unix'
  readonly #options: Required<SocketOptions>
  readonly #readBuffer = Buffer.allocUnsafeSlow(READ_BYTES)
  /** Tells the lines of one path apart, since these sockets have no ports. */
  #lines = 0

  constructor(options: Required<SocketOptions>) {
    this.#options = options
  }

  async dial({ path }: TransportAddress, options: LineDialOptions): Promise<Line> {
    const { clock } = this.#options
    const problem = pathProblem(path)
    if (problem !== undefined) throw failure(this.name, path, problem)
    const inlet = new Inlet()
    const socket = await dialSocket(() => this.#open(path, inlet), {
      ...options,
      transport: this.name,
      address: path,
      clock,
      ready: 'connect',
    })
    const ends = { remote: path, local: this.#nextEnd('dialled') }
    return new SocketLine({ ...ends, transport: this.name, socket, clock, inlet })
  }

  async listen(options: LineListenOptions): Promise<LineListener> {
    const { clock, backlog, connectionsMax } = this.#options
    const { path } = options
    const problem = pathProblem(path) ?? (await folderProblem(path))
    if (problem !== undefined) throw failure(this.name, path, problem)
    const server = createServer({ highWaterMark: WATER_BYTES, pauseOnConnect: true })
    limitConnections(server, connectionsMax, options.refused)
    server.on('connection', (given) => {
      const ends = { remote: this.#nextEnd('unix'), local: path }
      const made = accepted(given, this.#readBuffer, WATER_BYTES)
      options.accept(new SocketLine({ ...ends, ...made, transport: this.name, clock }))
    })
    await this.#serve({ transport: this.name, server, backlog }, path)
    return listenerOf(server, { transport: this.name, host: '', port: 0, path })
  }

  #open(path: string, inlet: Inlet): Socket {
    const settings: IpcNetConnectOpts & { readonly highWaterMark: number } = {
      path,
      highWaterMark: WATER_BYTES,
      onread: { buffer: this.#readBuffer, callback: inlet.take },
    }
    return connect(settings).pause()
  }

  #nextEnd(how: string): string {
    this.#lines += 1
    return `${how} ${this.#lines}`
  }

  async #serve(serving: Serving, path: string): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      try {
        return await opened(serving, { path })
      } catch (thrown) {
        if (codeOf(thrown) !== 'EADDRINUSE')
          throw failure(this.name, path, problemOf(thrown), thrown)
      }
      if (!(await this.#removeLeftOver(path))) break
    }
    throw new TroupeError('PORT_IN_USE', { transport: this.name, address: path })
  }

  /** False when a program answers there. Rejects when something else lies in the place. */
  async #removeLeftOver(path: string): Promise<boolean> {
    const found = lookAt(path)
    if (found === 'nothing') return true
    if (found === 'other') {
      throw failure(this.name, path, 'what lies there is no socket; remove it or correct the path')
    }
    const answer = await this.#probe(path)
    if (answer === 'ENOENT') return true
    if (answer !== 'ECONNREFUSED') return false
    // Between the question and this moment another program may have put its own in the place: it
    // is taken away first, looked at, and put back when it is not the one that was dead.
    const aside = setAside(path, found)
    if (aside === undefined) return true
    const isDead = lookAt(aside) === found
    if (!isDead) await link(aside, path).catch(() => {})
    await unlink(aside).catch(() => {})
    return isDead
  }

  /** `ok` when somebody answers; otherwise the code of the failure. */
  async #probe(path: string): Promise<string> {
    const { clock } = this.#options
    const dialling = {
      transport: this.name,
      address: path,
      clock,
      timeoutMs: PROBE_TIMEOUT_MS,
      ready: 'connect',
    } as const
    try {
      const socket = await dialSocket(() => connect({ path }), dialling)
      socket.destroy()
      return 'ok'
    } catch (thrown) {
      return codeOf(thrown instanceof Error ? thrown.cause : undefined)
    }
  }
}

/** Which socket lies at a path: two that were made one after the other are told apart. */
function lookAt(path: string): string {
  try {
    const facts = lstatSync(path, { bigint: true })
    return facts.isSocket() ? `${facts.ino} ${facts.mtimeNs}` : 'other'
  } catch {
    return 'nothing'
  }
}

/** Names that were taken for sockets in the way. */
let asides = 0

/** Moves what was found, if it is still there; nothing else of this program comes in between. */
function setAside(path: string, found: string): string | undefined {
  if (lookAt(path) !== found) return undefined
  asides += 1
  const aside = `${path}.${process.pid}.${asides}`
  try {
    renameSync(path, aside)
    return aside
  } catch {
    return undefined
  }
}
