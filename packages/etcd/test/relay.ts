/**
 * etcd/test/relay: a line to an etcd that can be broken, cut, frozen and half-closed.
 */
import { connect, createServer, type Server, type Socket } from 'node:net'

interface Pair {
  readonly near: Socket
  readonly far: Socket
}

/** Listens on loopback, and does with a line what it is told. */
export async function listen(serve: (socket: Socket) => void): Promise<{
  readonly endpoint: string
  readonly stop: () => void
}> {
  const sockets = new Set<Socket>()
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { readonly port: number }
  const stop = (): void => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { endpoint: `127.0.0.1:${port}`, stop }
}

export class Relay {
  readonly #pairs = new Set<Pair>()
  readonly #target: { readonly host: string; readonly port: number }
  endpoint = ''
  stop: () => void = () => {}
  #isFrozen = false
  #isCut = false

  private constructor(target: string) {
    const [host = '', port] = target.replace(/^https?:\/\//, '').split(':')
    this.#target = { host, port: Number(port) }
  }

  /** `target`: host:port, as an endpoint of an etcd is written. */
  static async to(target: string): Promise<Relay> {
    const relay = new Relay(target)
    const { endpoint, stop } = await listen((near) => relay.#join(near))
    relay.endpoint = endpoint
    relay.stop = () => {
      relay.cut()
      stop()
    }
    return relay
  }

  #join(near: Socket): void {
    if (this.#isCut) {
      near.destroy()
      return
    }
    const far = connect({ ...this.#target, allowHalfOpen: true })
    const pair = { near, far }
    this.#pairs.add(pair)
    far.on('error', () => near.destroy())
    near.on('error', () => far.destroy())
    near.on('close', () => far.destroy())
    far.on('close', () => {
      near.destroy()
      this.#pairs.delete(pair)
    })
    near.pipe(far)
    far.pipe(near)
    if (this.#isFrozen) this.#freeze(pair)
  }

  #freeze({ near, far }: Pair): void {
    near.unpipe(far)
    far.unpipe(near)
    near.pause()
    far.pause()
  }

  /** Nothing goes through any more, and nobody is told: as a cable that was pulled. */
  freeze(): void {
    this.#isFrozen = true
    for (const pair of this.#pairs) this.#freeze(pair)
  }

  thaw(): void {
    this.#isFrozen = false
    for (const { near, far } of this.#pairs) {
      near.pipe(far)
      far.pipe(near)
    }
  }

  /** What goes through it now ends; whoever dials again goes through. */
  break(): void {
    for (const { near, far } of this.#pairs) {
      near.destroy()
      far.destroy()
    }
  }

  /** Nobody goes through it until it is mended. */
  cut(): void {
    this.#isCut = true
    this.break()
  }

  mend(): void {
    this.#isCut = false
  }

  /** Etcd's side says that it has said all. */
  halfClose(): void {
    for (const { near, far } of this.#pairs) {
      far.unpipe(near)
      near.end()
    }
  }
}
