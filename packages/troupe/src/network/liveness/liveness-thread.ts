/**
 * network/liveness/liveness-thread: the thread that answers probes while the loop is blocked.
 *
 * Its own program, started by liveness-server with what it needs. Loads as little as it can: its
 * start costs every node. Runs the services that the node starts here, too.
 */
import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { steadyMs } from '#base/clock'
import { Answerer } from './answerer.js'
import { isAnswerable, sendBack } from './send-back.js'
import { SharedBeat } from './shared-beat.js'
import { type SideAnswer, type SideRequest, sideHost } from './side-host.js'

/** What the thread is started with. */
export interface LivenessThreadData {
  readonly host: string
  readonly port: number
  readonly name: string
  readonly creation: number
  readonly key: Uint8Array
  readonly answersPerSecondMax: number
  readonly beatMs: number
  readonly memory: SharedArrayBuffer
}

/** What the thread tells: the first two once each, the last one of each service. */
export type LivenessThreadMessage =
  | { readonly kind: 'listening'; readonly host: string; readonly port: number }
  | { readonly kind: 'failed'; readonly code: string; readonly problem: string }
  | { readonly kind: 'service'; readonly answer: SideAnswer }

const data: LivenessThreadData = workerData
const answerer = new Answerer(data, steadyMs())
const beat = new SharedBeat(data.memory, data.beatMs)
const socket = createSocket(isIPv6(data.host) ? 'udp6' : 'udp4')
const tell = (message: LivenessThreadMessage): void => parentPort?.postMessage(message)

socket.on('message', (datagram, from) => {
  if (!isAnswerable(from)) return beat.count('malformed')
  const nowMs = steadyMs()
  const { cause, bytes } = answerer.answer(datagram, nowMs, beat.loopDelayMs(nowMs))
  beat.count(cause)
  if (bytes !== undefined) sendBack(socket, bytes, from)
})
socket.on('listening', () => {
  const { address, port } = socket.address()
  tell({ kind: 'listening', host: address, port })
})
socket.on('error', (error: NodeJS.ErrnoException) => {
  tell({ kind: 'failed', code: error.code ?? '', problem: error.message })
  socket.close()
})
socket.bind({ address: data.host, port: data.port, exclusive: true })

const loopDelayMs = (): number => beat.loopDelayMs(steadyMs())
const serve = sideHost((answer) => tell({ kind: 'service', answer }), loopDelayMs)
parentPort?.on('message', (request: SideRequest) => void serve(request))
