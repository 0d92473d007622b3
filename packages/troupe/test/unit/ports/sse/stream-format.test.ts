/** ports/sse/decode and encode: however a stream is read, its events are those of a browser. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { SseDecoder } from '#ports/sse/decode'
import { encodeSse } from '#ports/sse/encode'
import { anyReads, decodedStream, WIDE } from '#test/unit/ports/sse/any-stream'
import { plainStream } from '#test/unit/ports/sse/plain-stream'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)

/** The events of a text as `type data id`. */
function read(...texts: (string | number[])[]): unknown[] {
  const reads = texts.map((text) => Uint8Array.from(Buffer.from(text as string)))
  return decodedStream(reads).events.map((event) => JSON.parse(event))
}

describe('an event stream', () => {
  it('is that of the examples of the specification', () => {
    const stock = 'data: YHOO\ndata: +2\ndata: 10\n\n'
    assert.deepEqual(read(stock), [['message', 'YHOO\n+2\n10', '']])
    const four =
      ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event'
    assert.deepEqual(read(four), [
      ['message', 'first event', '1'],
      ['message', 'second event', ''],
    ])
    assert.deepEqual(read('data\n\ndata\ndata\n\ndata:'), [
      ['message', '', ''],
      ['message', '\n', ''],
    ])
    assert.deepEqual(read('data:test\n\ndata: test\n\n'), [
      ['message', 'test', ''],
      ['message', 'test', ''],
    ])
  })

  it('has lines that end with LF, CR or CRLF, wherever a read ends', () => {
    const events = [
      ['message', 'a\nb', ''],
      ['message', 'c', ''],
    ]
    assert.deepEqual(read('data:a\rdata:b\r\rdata:c\r\r'), events)
    assert.deepEqual(read('data:a\r\ndata:b\r\n\r\ndata:c\r\n\r\n'), events)
    assert.deepEqual(read('data:a\r', '\nda', 'ta:b\r', '\n\r', '\nda', 'ta:c\r', '\r'), events)
    assert.deepEqual(read('data:a\n\r\ndata:c\n\r'), [
      ['message', 'a', ''],
      ['message', 'c', ''],
    ])
  })

  it('ends an event at once when a CR ends its empty line', () => {
    const decoder = new SseDecoder({ lineBytesMax: 100, eventBytesMax: 100 })
    decoder.feed(Buffer.from('data:a\r\r'))
    assert.equal(decoder.next()?.data, 'a')
  })

  it('has one byte order mark taken away, at its start alone', () => {
    assert.deepEqual(read([0xef], [0xbb], [0xbf], 'data:a\n\n'), [['message', 'a', '']])
    assert.deepEqual(read('\ufeff\ufeffdata:a\n\n'), [])
    assert.deepEqual(read('data:a\n\n\ufeffdata:b\n\n'), [['message', 'a', '']])
  })

  it('has types, ids and times to come again', () => {
    assert.deepEqual(read('event:x\nid:7\ndata:a\n\ndata:b\n\nid\ndata:c\n\n'), [
      ['x', 'a', '7'],
      ['message', 'b', '7'],
      ['message', 'c', ''],
    ])
    const { retryMs, lastEventId } = decodedStream([
      Buffer.from('retry:5\nid:9\n\nretry:x\nid:1\n'),
    ])
    assert.deepEqual([retryMs, lastEventId], [5, '9'])
  })

  it('ignores an id with NUL and a retry that is no number', () => {
    assert.deepEqual(read('id:1\n\nid:a\0b\ndata:a\n\n'), [['message', 'a', '1']])
    assert.equal(decodedStream([Buffer.from('retry: 1.5\nretry:\nretry:-1\n')]).retryMs, undefined)
  })

  it('has no event without data, or without its empty line', () => {
    assert.deepEqual(read('event:x\nid:1\n\ndata:a\n\ndata:b\n'), [['message', 'a', '1']])
  })

  it('has characters whole, and U+FFFD for what is none', () => {
    const bytes = [...Buffer.from('data:\u20ac\n\n')]
    assert.deepEqual(read(...bytes.map((byte) => [byte])), [['message', '\u20ac', '']])
    assert.deepEqual(read('data:', [0xc3], '\n\n'), [['message', '\ufffd', '']])
  })

  it('has a fault at a line or an event above its limit, and gives nothing any more', () => {
    const limits = { lineBytesMax: 10, eventBytesMax: 6 }
    const faultOf = (...texts: string[]) => {
      const { events, fault } = decodedStream(
        texts.map((text) => Buffer.from(text)),
        limits,
      )
      return [events.length, fault]
    }
    assert.deepEqual(faultOf('data:a\n\n0123456789\ndata:b\n\n'), [2, undefined])
    assert.deepEqual(faultOf('data:a\n\n0123456789a\ndata:b\n\n'), [1, 'line-too-long'])
    assert.deepEqual(faultOf('data:a\n\n', '01234', '56789', 'a'), [1, 'line-too-long'])
    assert.deepEqual(faultOf('data:123\ndata:4\n\n'), [1, undefined])
    assert.deepEqual(faultOf('data:123\ndata:45\n\ndata:c\n\n'), [0, 'event-too-large'])
  })

  it('is the same however it is read', () => {
    const property = fc.property(anyReads, (reads) => {
      assert.deepEqual(decodedStream(reads), plainStream(Buffer.concat(reads), WIDE))
    })
    fc.assert(property, { seed, numRuns: 2_000 })
  })

  it('is read as it was written', () => {
    const line = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n\0]/.test(text))
    const push = fc.record({ event: line.filter((text) => text !== ''), id: line, data: line })
    const property = fc.property(push, (given) => {
      const { events } = decodedStream([encodeSse(given)])
      const { event, data, id } = given
      const whole = (text: string): string => Buffer.from(text).toString()
      assert.deepEqual(events, [JSON.stringify([whole(event), whole(data), whole(id)])])
    })
    fc.assert(property, { seed, numRuns: 500 })
  })
})
