/**
 * bench/peers/node/raw-network: both sides of `bench -- network` with node:net and msgpackr.
 *
 * No actors, no acknowledgement, no limits: frames of a length and a value, many to a write, one
 * turn of the microtask queue each. The ceiling of what Node does with a known good codec.
 */
import { connect, createServer } from 'node:net'
import { Packr, Unpackr } from 'msgpackr'
import { near, objectOf } from './network-work.mjs'

const FULL_BYTES = 1_048_576

/** The shapes of all values here, known to both sides: msgpackr then writes one byte for keys. */
const shapes = () => [
  ['kind', 'pair', 'value'],
  ['kind', 'pair', 'id'],
  ['kind', 'value', 'id'],
  ['by', 'n'],
  ['by'],
  ['id', 'value'],
  Object.keys(objectOf(0)),
]

/** A socket that carries values. */
class Wire {
  #packr = new Packr({ structures: shapes() })
  #unpackr = new Unpackr({ structures: shapes() })
  #frames = []
  #rest = Buffer.alloc(0)
  #socket
  #take

  constructor(socket, take) {
    this.#socket = socket.setNoDelay(true)
    this.#take = take
    socket.on('data', (chunk) => this.#read(chunk))
  }

  get isFull() {
    return this.#socket.writableLength > FULL_BYTES
  }

  send(value) {
    const body = this.#packr.pack(value)
    const head = Buffer.allocUnsafe(4)
    head.writeUInt32BE(body.length)
    if (this.#frames.length === 0) queueMicrotask(() => this.#flush())
    this.#frames.push(head, body)
  }

  #flush() {
    this.#socket.write(Buffer.concat(this.#frames))
    this.#frames = []
  }

  #read(chunk) {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (bytes.length >= 4) {
      const end = 4 + bytes.readUInt32BE(0)
      if (bytes.length < end) break
      this.#take(this.#unpackr.unpack(bytes.subarray(4, end)))
      bytes = bytes.subarray(end)
    }
    this.#rest = bytes
  }
}

function far() {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    const handled = new Array(10).fill(0)
    const wire = new Wire(socket, ({ kind, pair, id, value }) => {
      if (kind === 'add') handled[pair] += 1
      else if (kind === 'echo') wire.send({ id, value: value.by })
      else {
        wire.send({ id, value: handled[pair] })
        handled[pair] = 0
      }
    })
  })
  server.listen(0, '127.0.0.1', () => console.log(JSON.stringify(server.address())))
}

function nearPeer(address) {
  const waiting = new Map()
  let lastId = 0
  const wire = new Wire(connect(JSON.parse(address).port, '127.0.0.1'), ({ id, value }) => {
    waiting.get(id)(value)
    waiting.delete(id)
  })
  const ask = (request) =>
    new Promise((resolve) => {
      lastId += 1
      waiting.set(lastId, resolve)
      wire.send({ ...request, id: lastId })
    })
  return {
    send: (pair, value) => {
      if (wire.isFull) return false
      wire.send({ kind: 'add', pair, value })
      return true
    },
    handled: (pair) => ask({ kind: 'handled', pair }),
    call: (value) => ask({ kind: 'echo', value }),
  }
}

const [side, , , address] = process.argv.slice(2)
if (side === 'far') far()
else await near(nearPeer(address))
