/**
 * test/tls-client: a client of the TLS port that sends chunks and knows what the kernel took.
 */
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'

export interface TlsClient {
  readonly socket: TLSSocket
  /** Sends, and waits while the other side does not read. */
  send(bytes: Uint8Array): Promise<void>
  /** Settles when the connection is closed, whoever closed it. */
  readonly closed: Promise<void>
}

/** Connects; nobody has signed the certificate. */
export async function tlsClient(t: TestContext, port: number): Promise<TlsClient> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  t.after(() => socket.destroy())
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await once(socket, 'secureConnect')
  const send = async (bytes: Uint8Array): Promise<void> => {
    // What is written after the other side has ended is an error event: then it is closed, too.
    if (socket.write(bytes)) return
    await Promise.race([once(socket, 'drain').catch(() => closed), closed])
  }
  return { socket, send, closed }
}
