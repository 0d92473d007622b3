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
import { openArchive } from '#traffic/store/archive'

/** Sockets that outlive the processes that use them. */
export interface Sockets {
  readonly socket: UdpSocket
  readonly listener: WebListener
  /** Where our own packets leave; undefined when we send none. */
  readonly sender: UdpSocket | undefined
}

/** Opens the table and what is kept of it; a refusal says why its folder cannot be used. */
export function openTable({
  dataFolder,
  expireAfterSeconds,
}: Flags): ReturnType<typeof openArchive> {
  const nowMs = (): number => process.uptime() * 1_000
  return openArchive({
    folder: dataFolder,
    expireAfterMs: expireAfterSeconds === 0 ? undefined : expireAfterSeconds * 1_000,
    wallMs: () => performance.timeOrigin + nowMs(),
    nowMs,
  })
}

/** Opens the sockets; rejects with PORT_IN_USE, PORT_FAILED. */
export async function openSockets(flags: Flags): Promise<Sockets> {
  const { udpPort, webPort, receiveBufferBytes, vehicles, replay } = flags
  const limits = { receiveBufferBytes, datagramBytesMax: PACKET_BYTES_MAX }
  const socket = await openUdp({ port: udpPort, ...limits })
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
  return [
    ...socket.addresses.map((address) => `packets    udp ${formatListening(address)}`),
    ...listener.addresses.map((address) => `questions  http://${formatListening(address)}/`),
    await bufferLine(socket.receiveBufferBytes),
  ]
}

/** Linux keeps twice what is asked for, and grants no more than its limit. */
async function bufferLine(grantedBytes: number): Promise<string> {
  const most = await readFile('/proc/sys/net/core/rmem_max', 'latin1').catch(() => undefined)
  const granted = `receive buffer ${grantedBytes} bytes`
  if (most === undefined) return `${granted}; ask for more with --receive-buffer`
  const raise = 'more with sysctl -w net.core.rmem_max=N and --receive-buffer N'
  return `${granted} (net.core.rmem_max is ${most.trim()}); ${raise}`
}
