/**
 * bench/udp/receiver: what takes the packets of one measurement, in a process of its own.
 *
 * `receiver.mjs KIND BUFFER`: opens a free port of 127.0.0.1, prints `port N`, counts, and on a
 * line on its input prints { received, cpuSeconds, bufferBytes }. KIND: `raw` is Node's socket
 * with an empty handler, `actor` a Troupe port that sends each datagram to an actor. BUFFER: bytes
 * of receive buffer to ask for; 0 asks for none.
 */
import { createSocket } from 'node:dgram'
import { createInterface } from 'node:readline'

const [kind = 'actor', buffer = '0'] = process.argv.slice(2)
const receiveBufferBytes = Number(buffer)
const asked = receiveBufferBytes > 0 ? { receiveBufferBytes } : {}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

async function raw() {
  const socket = createSocket('udp4')
  let received = 0
  socket.on('message', () => {
    received += 1
  })
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve))
  if (receiveBufferBytes > 0) socket.setRecvBufferSize(receiveBufferBytes)
  return {
    port: socket.address().port,
    received: () => received,
    bufferBytes: socket.getRecvBufferSize(),
  }
}

async function actor() {
  const troupe = await import('troupe')
  let received = 0
  const counter = troupe.actor(troupe.DatagramReader, {
    init: () => ({ received: 0 }),
    on: {
      datagram() {
        received += 1
      },
    },
  })
  const node = await troupe.startNode('bench@localhost', { logSinks: [] })
  const to = await node.spawn(counter)
  const socket = await troupe.openUdp({ port: 0, hosts: ['127.0.0.1'], ...asked })
  await node.spawn(troupe.udpPort, { args: [{ socket, target: { kind: 'process', to } }] })
  return { port: socket.port, received: () => received, bufferBytes: socket.receiveBufferBytes }
}

const receiver = await (kind === 'raw' ? raw() : actor())
console.log(`port ${receiver.port}`)
const before = cpuSeconds()
createInterface({ input: process.stdin })
  .on('line', () => {
    const told = { received: receiver.received(), cpuSeconds: cpuSeconds() - before }
    console.log(JSON.stringify({ ...told, bufferBytes: receiver.bufferBytes }))
  })
  .on('close', () => process.exit(0))
