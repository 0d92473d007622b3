/**
 * test/list/spoiled-line: stands in front of one port and makes its lines bad: slow, or open at one
 * end only.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/**
 * `slow`: bytes arrive late, in their order; `half-closed`: whoever is behind says its last word
 * with its first bytes and hears on; `deaf`: the same of whoever asks.
 */
export type Spoiling =
  | { readonly kind: 'none' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'half-closed' | 'deaf' }

export class SpoiledLine {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #spoiling: Spoiling = { kind: 'none' }

  private constructor(port: number) {
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true })
      this.#pass(near, far, 'deaf')
      this.#pass(far, near, 'half-closed')
    })
  }

  /** In front of this port, at any free one. */
  static async open(port: number): Promise<SpoiledLine> {
    const line = new SpoiledLine(port)
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve))
    return line
  }

  get endpoint(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** From now on, for what is open as well. */
  spoil(spoiling: Spoiling): void {
    this.#spoiling = spoiling
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #pass(from: Socket, to: Socket, ending: 'half-closed' | 'deaf'): void {
    let last = Promise.resolve()
    this.#sockets.add(from)
    const later = (act: () => void): void => {
      const delayMs = this.#spoiling.kind === 'slow' ? this.#spoiling.delayMs : 0
      const due = delayMs === 0 ? Promise.resolve() : wait(delayMs)
      last = last.then(() => due).then(act)
    }
    from.on('data', (bytes: Buffer) => {
      later(() => {
        if (to.writableEnded || to.destroyed) return
        if (this.#spoiling.kind === ending) to.end(bytes)
        else to.write(bytes)
      })
    })
    from.on('end', () => later(() => void to.end()))
    from.on('error', () => {})
    from.on('close', () => {
      this.#sockets.delete(from)
      later(() => void to.destroy())
    })
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
