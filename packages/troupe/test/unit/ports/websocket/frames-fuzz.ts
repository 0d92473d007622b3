/**
 * ports/websocket under a fuzzer: any honest stream arrives, any other one ends with one word.
 */
import type { TestContext } from 'node:test'
import { damagedBytes, type SlowFuzzer } from '@troupe/tools/fuzz'
import fc from 'fast-check'
import { keptLines } from '#test/corpus'
import { type AnyMessage, anyDamage, anyMessages } from '#test/unit/ports/websocket/any-frames'
import { anyReads, arrives, endsWithOneWord } from '#test/unit/ports/websocket/any-stream'
import type { Served } from '#test/unit/ports/websocket/ws-kit'

/** Messages, and the lengths of the pieces in which they are sent. */
type Sent = readonly [readonly AnyMessage[], readonly number[]]

/** How messages are kept: bytes in hex, text as it is. */
interface KeptMessage {
  readonly text?: string
  readonly hex?: string
  readonly cuts: readonly number[]
  readonly ping?: string
}

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function sentOf(line: string): Sent {
  const [messages, reads] = JSON.parse(line) as [readonly KeptMessage[], readonly number[]]
  const all = messages.map(({ text, hex, cuts, ping }): AnyMessage => {
    const body = text ?? bytesOf(hex ?? '')
    return { body, cuts, ping: ping === undefined ? undefined : bytesOf(ping) }
  })
  return [all, reads]
}

function lineOf([messages, reads]: Sent): string {
  const kept = messages.map(({ body, cuts, ping }): KeptMessage => {
    const given = typeof body === 'string' ? { text: body } : { hex: hexOf(body) }
    return { ...given, cuts, ...(ping === undefined ? {} : { ping: hexOf(ping) }) }
  })
  return JSON.stringify([kept, reads])
}

/** Streams of honest clients, to a port that was opened for them. */
export const messageFuzzer = (t: TestContext, all: Served): SlowFuzzer<Sent> => ({
  corpus: 'packages/troupe/test/corpus/websocket-messages.txt',
  kept: keptLines('websocket-messages').map(sentOf),
  inputs: fc.tuple(anyMessages, anyReads),
  judge: (given) => arrives(t, all, given),
  line: lineOf,
})

const keptBytes = keptLines('websocket-bytes').map((line) => Buffer.from(line, 'hex'))

/** Streams of anybody. */
export const frameFuzzer = (t: TestContext, all: Served): SlowFuzzer<Buffer> => ({
  corpus: 'packages/troupe/test/corpus/websocket-bytes.txt',
  kept: keptBytes,
  inputs: fc.oneof({ weight: 2, arbitrary: anyDamage }, damagedBytes(keptBytes)),
  judge: (bytes) => endsWithOneWord(t, all, bytes),
  line: hexOf,
})
