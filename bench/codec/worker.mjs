/**
 * bench/codec/worker: encodes or decodes one subject with one codec, and prints nanoseconds of
 * CPU a value. `node worker.mjs PEER SUBJECT encode|decode ROUNDS`.
 *
 * As between two nodes: one encoder and one decoder for the whole run, dictionaries and records
 * kept, messages one behind the other in a buffer of 4 MB that is used again and again.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { SUBJECTS } from './subjects.mjs'

const SLAB_BYTES = 4 * 1_048_576
const WARM_ROUNDS = 3
const TIMED_ROUNDS = 4

async function troupe() {
  const at = new URL('../../packages/troupe/dist/network/codec/', import.meta.url)
  const { Encoder } = await import(new URL('encoder.js', at).href)
  const { Decoder } = await import(new URL('decoder.js', at).href)
  const slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
  const encoder = new Encoder({ buffer: slab })
  const decoder = new Decoder()
  return {
    encodeAll(values) {
      let bytes = 0
      encoder.use(slab, 0)
      for (const value of values) {
        if (encoder.position > SLAB_BYTES / 2) encoder.use(slab, 0)
        const from = encoder.position
        encoder.mark(SLAB_BYTES / 2)
        encoder.value(value)
        bytes += encoder.position - from
      }
      return bytes
    },
    encoded(value) {
      encoder.use(Buffer.allocUnsafeSlow(1_048_576), 0)
      encoder.value(value)
      return Buffer.from(encoder.buffer.subarray(0, encoder.position))
    },
    decoder: (buffer) => (from, to) => {
      decoder.reset(buffer, from, to)
      return decoder.value()
    },
  }
}

async function msgpackr() {
  const { Packr, REUSE_BUFFER_MODE, Unpackr } = await import('msgpackr')
  const packr = new Packr({ structures: [], useRecords: true })
  const unpackr = new Unpackr({ structures: packr.structures, useRecords: true, copyBuffers: true })
  return {
    encodeAll(values) {
      let bytes = 0
      for (const value of values) {
        // The buffer itself, with where the value lies in it: saves making a view of it.
        const { start, end } = packr.pack(value, REUSE_BUFFER_MODE)
        bytes += end - start
      }
      return bytes
    },
    encoded: (value) => Buffer.from(packr.pack(value)),
    decoder: (buffer) => {
      const options = { start: 0, end: 0 }
      return (from, to) => {
        options.start = from
        options.end = to
        return unpackr.unpack(buffer, options)
      }
    },
  }
}

async function json() {
  return {
    encodeAll(values) {
      let bytes = 0
      for (const value of values) bytes += Buffer.from(JSON.stringify(value)).length
      return bytes
    },
    encoded: (value) => Buffer.from(JSON.stringify(value)),
    decoder: (buffer) => (from, to) => JSON.parse(buffer.toString('utf8', from, to)),
  }
}

const PEERS = { troupe, msgpackr, json }

const LEARNING = 64

/** Decodes all values, which lie one behind the other; dictionaries have been learnt before. */
function decoding(codec, values) {
  for (let i = 0; i < LEARNING; i += 1) {
    const learnt = codec.encoded(values[i % values.length])
    codec.decoder(learnt)(0, learnt.length)
  }
  const parts = values.map((value) => codec.encoded(value))
  const decode = codec.decoder(Buffer.concat(parts))
  let end = 0
  const ends = parts.map((part) => {
    end += part.length
    return end
  })
  return () => {
    let from = 0
    let last
    for (const to of ends) {
      last = decode(from, to)
      from = to
    }
    return last
  }
}

const cpuNanos = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1_000
}

async function main() {
  const [peer, subject, direction, factor = '1'] = process.argv.slice(2)
  const { make, rounds } = SUBJECTS[subject]
  const values = make()
  const codec = await PEERS[peer]()
  const work =
    direction === 'decode' ? decoding(codec, values) : () => codec.encodeAll(values) / values.length
  // A binary may come back as a Buffer, and from JSON as something else altogether.
  if (direction === 'decode' && subject !== 'binary') deepStrictEqual(work(), values.at(-1))
  const count = Math.max(1, Math.round(rounds * Number(factor)))
  for (let i = 0; i < WARM_ROUNDS * count; i += 1) work()
  globalThis.gc?.()
  const before = cpuNanos()
  for (let i = 0; i < TIMED_ROUNDS * count; i += 1) work()
  const nanos = (cpuNanos() - before) / (TIMED_ROUNDS * count * values.length)
  const bytes = direction === 'encode' ? work() : undefined
  console.log(JSON.stringify({ nanos, bytes }))
}

await main()
