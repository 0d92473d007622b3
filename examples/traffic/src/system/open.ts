/**
 * system/open: opens what the system needs from the outside before its first process starts.
 *
 * A port in use, or a recording that cannot be read, is told here, while nothing runs yet.
 * Whatever was opened is closed again when a later step fails.
 */

import { readFile } from 'node:fs/promises'
import {
  formatListening,
  openTcp,
  openUdp,
  openWeb,
  type TcpListener,
  TroupeError,
  type UdpSocket,
  type WebListener,
} from 'troupe'
import type { Flags } from '#traffic/cli/flags'
import { PACKET_BYTES_MAX } from '#traffic/packet/decode'
import { openArchive } from '#traffic/store/archive'
import {
  certificateLines,
  type KeptCertificate,
  keptCertificate,
} from '#traffic/tls/kept-certificate'
import { LOCAL_HOSTS } from '#traffic/tls/self-signed'

/** Where packets come in, and where ours leave. */
export interface IntakeSockets {
  readonly socket: UdpSocket
  /** Where packets come in over TLS. */
  readonly tcp: TcpListener
  /** Where our own packets leave; undefined when we send none. */
  readonly sender: UdpSocket | undefined
}

/** Sockets that outlive the processes that use them. */
export interface Sockets extends IntakeSockets {
  readonly listener: WebListener
  /** What the ports show to their clients. */
  readonly certificate: KeptCertificate
}

// There is no node yet that has clocks.
const nowMs = (): number => process.uptime() * 1_000
const wallMs = (): number => performance.timeOrigin + nowMs()

/** Open connections of each port, so that idle ones shut nobody out; one more is closed at once. */
export const CONNECTIONS_MAX = 12_000

/** Opens the table and what is kept of it; a refusal says why its folder cannot be used. */
export function openTable({
  dataFolder,
  expireAfterSeconds,
}: Flags): ReturnType<typeof openArchive> {
  return openArchive({
    folder: dataFolder,
    expireAfterMs: expireAfterSeconds === 0 ? undefined : expireAfterSeconds * 1_000,
    wallMs,
    nowMs,
  })
}

/** Which flag to give another number to, after a port was found in use; undefined for else. */
export function portInUse(error: unknown, { tcpPort }: Flags): string | undefined {
  if (!TroupeError.is(error, 'PORT_IN_USE')) return undefined
  const { transport, address } = error.detail
  const isTcp = String(address).endsWith(`:${tcpPort}`)
  const flag = transport === 'udp' ? '--udp-port' : isTcp ? '--tcp-port' : '--https-port'
  return `${error.code}: ${error.message} with ${flag} N`
}

/** What the ports show to their clients; kept in the data folder when there is one. */
export const openCertificate = ({ dataFolder }: Flags): Promise<KeptCertificate> =>
  keptCertificate({ folder: dataFolder, hosts: LOCAL_HOSTS, nowMs: wallMs() })

/** Opens the sockets; rejects with PORT_IN_USE, PORT_FAILED. The data folder is open by now. */
export async function openSockets(flags: Flags): Promise<Sockets> {
  const certificate = await openCertificate(flags)
  const intake = await openIntake(flags, certificate)
  try {
    return { ...intake, listener: await openQuestions(flags, certificate), certificate }
  } catch (error) {
    await closeIntake(intake)
    throw error
  }
}

/** Opens where packets come in; rejects with PORT_IN_USE, PORT_FAILED. */
export async function openIntake(
  flags: Flags,
  { certificates }: KeptCertificate,
): Promise<IntakeSockets> {
  const { udpPort, tcpPort, receiveBufferBytes, vehicles, replay } = flags
  const limits = { receiveBufferBytes, datagramBytesMax: PACKET_BYTES_MAX }
  const isSending = vehicles > 0 || replay !== undefined
  const opened: { close(): Promise<void> }[] = []
  const keep = <S extends { close(): Promise<void> }>(socket: S): S => {
    opened.push(socket)
    return socket
  }
  const connectionsMax = CONNECTIONS_MAX
  try {
    return {
      socket: keep(await openUdp({ port: udpPort, ...limits })),
      tcp: keep(await openTcp({ port: tcpPort, tls: { certificates }, connectionsMax })),
      sender: isSending ? keep(await openUdp({ port: 0, hosts: ['127.0.0.1'] })) : undefined,
    }
  } catch (error) {
    await Promise.all(opened.map((socket) => socket.close()))
    throw error
  }
}

/** Opens where questions come in; rejects with PORT_IN_USE, PORT_FAILED. */
export const openQuestions = (
  { webPort, isPlainHttp }: Flags,
  { certificates }: KeptCertificate,
): Promise<WebListener> =>
  openWeb({
    ...{ port: webPort, connectionsMax: CONNECTIONS_MAX },
    ...(isPlainHttp ? {} : { tls: { certificates } }),
  })

export async function closeSockets(sockets: Sockets): Promise<void> {
  await Promise.all([closeIntake(sockets), sockets.listener.close()])
}

export async function closeIntake({ socket, tcp, sender }: IntakeSockets): Promise<void> {
  await Promise.all([socket.close(), tcp.close(), sender?.close()])
}

/** One line for each address, and those for the certificate and the buffer that was granted. */
export async function addressLines(
  { socket, tcp, listener, certificate }: Sockets,
  isPlainHttp: boolean,
): Promise<readonly string[]> {
  return [
    ...intakeLines({ socket, tcp }),
    ...questionLines(listener, isPlainHttp),
    ...certificateLines(certificate),
    await bufferLine(socket.receiveBufferBytes),
  ]
}

/** One line for each address where packets come in. */
export const intakeLines = ({ socket, tcp }: Pick<IntakeSockets, 'socket' | 'tcp'>): string[] => [
  ...socket.addresses.map((address) => `packets    udp ${formatListening(address)}`),
  ...tcp.addresses.map((address) => `packets    tls ${formatListening(address)}`),
]

/** One line for each address where questions come in. */
export function questionLines(listener: WebListener, isPlainHttp: boolean): string[] {
  const scheme = isPlainHttp ? 'http' : 'https'
  return [
    ...listener.addresses.map((address) => `questions  ${scheme}://${formatListening(address)}/`),
    `live map   ${scheme}://localhost:${listener.port}/map`,
  ]
}

/** Linux keeps twice what is asked for, and grants no more than its limit. */
export async function bufferLine(grantedBytes: number): Promise<string> {
  const most = await readFile('/proc/sys/net/core/rmem_max', 'latin1').catch(() => undefined)
  const granted = `receive buffer ${grantedBytes} bytes`
  if (most === undefined) return `${granted}; ask for more with --receive-buffer`
  const raise = 'more with sysctl -w net.core.rmem_max=N and --receive-buffer N'
  return `${granted} (net.core.rmem_max is ${most.trim()}); ${raise}`
}
