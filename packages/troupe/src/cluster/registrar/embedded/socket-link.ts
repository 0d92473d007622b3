/**
 * cluster/registrar/embedded/socket-link: links over sockets of the machine, dialled and taken.
 *
 * Limit: `BACKLOG` that have been dialled and not yet taken.
 */
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net'
import type { DialProblem, Link, LinkTaker } from './link.js'

const BACKLOG = 4_096

export class SocketLink implements Link {
  readonly #socket: Socket

  constructor(socket: Socket) {
    this.#socket = socket
    // An error is followed by the end, which is what is told.
    socket.on('error', () => {})
  }

  get waitingBytes(): number {
    return this.#socket.writableLength
  }

  start(taker: LinkTaker): void {
    this.#socket.on('data', (bytes) => taker.data(bytes as Buffer))
    this.#socket.on('close', () => taker.closed())
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  close(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

/** Nobody is there: a socket file that was left behind, or none, or a port that is free. */
const NOBODY: readonly unknown[] = ['ECONNREFUSED', 'ENOENT', 'ENOTSOCK']

/** Dials a path or a port. Never rejects. */
export const dialSocket = (where: NetConnectOpts): Promise<Link | DialProblem> =>
  new Promise((resolve) => {
    const socket = connect(where)
    socket.once('connect', () => resolve(new SocketLink(socket)))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.destroy()
      resolve(NOBODY.includes(error.code) ? 'nobody' : 'failed')
    })
  })

/** Listens at a path or a port; rejects with the error of the system. */
export const listenSocket = (
  where: { readonly path: string } | { readonly host: string; readonly port: number },
  accept: (link: Link) => void,
): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => accept(new SocketLink(socket)))
    server.once('error', reject)
    server.listen({ ...where, backlog: BACKLOG, exclusive: true }, () => {
      server.off('error', reject)
      server.on('error', () => {})
      resolve(server)
    })
  })
