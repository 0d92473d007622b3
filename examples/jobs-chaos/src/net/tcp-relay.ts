/**
 * net/tcp-relay: stands in front of the port of one node and lets lines through, or holds them.
 *
 * Behind a wall nothing is closed and nothing refused: bytes stay where they are, and so does the
 * end of a line, as if the cable were cut; when the wall falls they go on, as TCP would send them
 * again. A line of somebody unknown is ended.
 * Not as in a real network: a line that begins behind a wall is taken, and then mute.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { Walls } from './walls.js'

export interface TcpRelayOptions {
  /** The node behind it. */
  readonly node: string
  /** Its own port. */
  readonly port: number
  readonly walls: Walls
  /** Whose the line from this port is; undefined: nobody knows. */
  readonly callerOf: (port: number) => string | undefined
}

export class TcpRelay {
  readonly #options: TcpRelayOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(options: TcpRelayOptions) {
    this.#options = options
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#take(socket))
  }

  /** Listens at any free port of the loopback address. */
  static async open(options: TcpRelayOptions): Promise<TcpRelay> {
    const relay = new TcpRelay(options)
    await new Promise<void>((resolve, reject) => {
      relay.#server.once('error', reject)
      relay.#server.listen(0, '127.0.0.1', resolve)
    })
    return relay
  }

  /** The port other nodes are told. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #take(near: Socket): void {
    const { node, port, walls, callerOf } = this.#options
    const caller = near.remotePort === undefined ? undefined : callerOf(near.remotePort)
    if (caller === undefined) {
      near.on('error', () => {})
      near.resetAndDestroy()
      return
    }
    const far = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true })
    near.setNoDelay(true)
    const there = new Way(near, far, () => walls.blocks(caller, node))
    const back = new Way(far, near, () => walls.blocks(node, caller))
    const forget = walls.onChange(() => {
      there.look()
      back.look()
    })
    for (const socket of [near, far]) {
      this.#sockets.add(socket)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        if (near.destroyed && far.destroyed) forget()
      })
    }
  }
}

/** One direction of a line. */
class Way {
  readonly #from: Socket
  readonly #to: Socket
  readonly #isBlocked: () => boolean
  /** The last that is to be told: an orderly end, or that the line broke. */
  #ending: 'open' | 'ended' | 'broken' | 'told' = 'open'

  constructor(from: Socket, to: Socket, isBlocked: () => boolean) {
    this.#from = from
    this.#to = to
    this.#isBlocked = isBlocked
    from.on('data', (bytes) => {
      if (!to.write(bytes)) from.pause()
    })
    to.on('drain', () => this.look())
    from.on('end', () => this.#end('ended'))
    from.on('error', () => this.#end('broken'))
    from.on('close', () => this.#end('broken'))
    this.look()
  }

  /** Obeys the walls as they stand now. */
  look(): void {
    if (this.#isBlocked()) {
      this.#from.pause()
      return
    }
    if (this.#ending !== 'open') this.#tell()
    else if (!this.#to.writableNeedDrain) this.#from.resume()
  }

  #end(how: 'ended' | 'broken'): void {
    if (this.#ending === 'told' || this.#ending === 'broken') return
    this.#ending = how
    if (!this.#isBlocked()) this.#tell()
  }

  #tell(): void {
    const how = this.#ending
    this.#ending = 'told'
    if (how === 'ended') this.#to.end()
    else if (how === 'broken') this.#to.destroy()
  }
}
