/**
 * system/open: opens what the system needs from the outside before its first process starts.
 *
 * A port in use, or a recording that cannot be read, is told here, while nothing runs yet.
 * Whatever was opened is closed again when a later step fails.
 */

import { readFile } from 'node:fs/promises'
import { formatListening, openUdp, openWeb, type UdpSocket, type WebListener } from 'troupe'
import type { Flags } from '#traffic/cli/flags'
import { PACKET_BYTES_MAX } from '#traffic/packet/decode'

/** Sockets that outlive the processes that use them. */
export interface Sockets {
  readonly socket: UdpSocket
  readonly listener: WebListener
  /** Where our own packets leave; undefined when we send none. */
  readonly sender: UdpSocket | undefined
}

/** Opens the sockets; rejects with PORT_IN_USE, PORT_FAILED. */
export async function openSockets(flags: Flags): Promise<Sockets> {
  const { udpPort, webPort, receiveBufferBytes, vehicles, replay } = flags
  const buffer = receiveBufferBytes === undefined ? {} : { receiveBufferBytes }
  const socket = await openUdp({ port: udpPort, datagramBytesMax: PACKET_BYTES_MAX, ...buffer })
  try {
    const listener = await openWeb({ port: webPort })
    const isSending = vehicles > 0 || replay !== undefined
    const sender = isSending ? await openUdp({ port: 0, hosts: ['127.0.0.1'] }) : undefined
    return { socket, listener, sender }
  } catch (error) {
    await socket.close()
    throw error
  }
}

export async function closeSockets({ socket, listener, sender }: Sockets): Promise<void> {
  await Promise.all([socket.close(), listener.close(), sender?.close()])
}

/** One line for each address, and one for the buffer the kernel granted. */
export async function addressLines({ socket, listener }: Sockets): Promise<readonly string[]> {
  const most = await readFile('/proc/sys/net/core/rmem_max', 'latin1').catch(() => undefined)
  const limit = most === undefined ? '' : ` (net.core.rmem_max allows ${most.trim()})`
  return [
    ...socket.addresses.map((address) => `packets    udp ${formatListening(address)}`),
    ...listener.addresses.map((address) => `questions  http://${formatListening(address)}/`),
    `receive buffer ${socket.receiveBufferBytes} bytes${limit}; ask for more with --receive-buffer`,
  ]
}
