/**
 * two nodes: a cable between two TCP ports, that can be broken, cut, or come to a stand.
 */
import { createServer, connect as dial, type Server, type Socket } from 'node:net'

/** Carries TCP between two ports until it is cut. */
export class Cable {
  readonly #pairs = new Map<Socket, Socket>()
  readonly #server: Server
  /** Where it leads. */
  to = 0
  isCut = false

  constructor() {
    this.#server = createServer((near) => this.#carry(near))
  }

  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  break(): void {
    for (const socket of this.#pairs.keys()) socket.destroy()
    this.#pairs.clear()
  }

  /** What comes stays where it is. */
  stall(): void {
    for (const [from] of this.#pairs) from.unpipe().pause()
  }

  /** Carries on, with what has come meanwhile. */
  go(): void {
    this.isCut = false
    for (const [from, to] of this.#pairs) from.pipe(to)
  }

  close(): void {
    this.break()
    this.#server.close()
  }

  #carry(near: Socket): void {
    if (this.isCut) {
      near.destroy()
      return
    }
    const far = dial(this.to, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#pairs.set(from, to)
      from.setNoDelay(true)
      from.on('error', () => {})
      from.on('close', () => {
        to.destroy()
        this.#pairs.delete(from)
      })
      from.pipe(to)
    }
  }
}
