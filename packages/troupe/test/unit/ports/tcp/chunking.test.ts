/** ports/tcp/chunking and chunk-decoder: however a stream is read, its chunks are the same. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { TroupeError } from '#contract'
import { ChunkDecoder } from '#ports/tcp/chunk-decoder'
import { type Chunking, completeChunking, encodeChunk } from '#ports/tcp/chunking'
import { anyChunking, anyReads, decodedChunks } from '#test/unit/ports/tcp/any-chunks'
import { hex, plainChunks } from '#test/unit/ports/tcp/plain-chunks'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)

const bytesOf = (text: string): number[] => [...Buffer.from(text)]

/** The chunks as text, and how it ended. */
function cut(chunking: Chunking, ...reads: string[]): unknown[] {
  const decoded = decodedChunks(completeChunking(chunking), reads.map(bytesOf))
  const texts: unknown[] = decoded.chunks.map((chunk) => Buffer.from(chunk, 'hex').toString())
  return decoded.fault === undefined ? [...texts, decoded.rest] : [...texts, decoded.fault]
}

describe('a stream of bytes', () => {
  it('is handed on as it was read when chunking is off', () => {
    assert.deepEqual(cut({ kind: 'off' }, 'ab', 'c'), ['ab', 'c', 0])
  })

  it('is cut into chunks of one length', () => {
    const fixed: Chunking = { kind: 'fixed', chunkBytes: 3 }
    assert.deepEqual(cut(fixed, 'abcdefg'), ['abc', 'def', 1])
    assert.deepEqual(cut(fixed, 'a', 'b', 'c', 'd'), ['abc', 1])
  })

  it('is cut at the length its header tells', () => {
    const one: Chunking = { kind: 'length', lengthBytes: 1 }
    assert.deepEqual(cut(one, '\x03abc\x00\x01d'), ['abc', '', 'd', 0])
    assert.deepEqual(cut(one, '\x03a', 'b', 'c\x01'), ['abc', 1])
    const two: Chunking = { kind: 'length', lengthBytes: 2 }
    assert.deepEqual(cut(two, '\x00', '\x02ab'), ['ab', 0])
    const four: Chunking = { kind: 'length', lengthBytes: 4 }
    assert.deepEqual(cut(four, '\x00\x00\x00\x02ab'), ['ab', 0])
  })

  it('has a header with more than the length in it, which may be kept and counted', () => {
    const tagged: Chunking = {
      kind: 'length',
      headerBytes: 4,
      lengthAt: 1,
      lengthBytes: 2,
      keepHeader: true,
    }
    assert.deepEqual(cut(tagged, 'T\x00\x02!ab'), ['T\x00\x02!ab', 0])
    assert.deepEqual(cut({ ...tagged, keepHeader: false }, 'T\x00\x02!ab'), ['ab', 0])
    const whole: Chunking = { ...tagged, lengthIncludesHeader: true }
    assert.deepEqual(cut(whole, 'T\x00\x06!ab'), ['T\x00\x06!ab', 0])
    assert.deepEqual(cut(whole, 'T\x00\x03!ab'), ['chunk-invalid'])
  })

  it('is cut at its delimiter, wherever a read ends', () => {
    const lines: Chunking = { kind: 'delimiter', delimiter: '\r\n' }
    assert.deepEqual(cut(lines, 'a\r\n\r\nb'), ['a', '', 1])
    assert.deepEqual(cut(lines, 'a\r', '\nb\r', '\r', '\n'), ['a', 'b\r', 0])
    assert.deepEqual(cut({ ...lines, keepDelimiter: true }, 'a\r', '\n'), ['a\r\n', 0])
  })

  it('has a fault at the first chunk above the limit, and gives nothing any more', () => {
    const lines: Chunking = { kind: 'delimiter', delimiter: '\n', chunkBytesMax: 3 }
    assert.deepEqual(cut(lines, 'abc\nabcd\nx\n'), ['abc', 'chunk-too-large'])
    assert.deepEqual(cut(lines, 'abc', 'd', '\nx\n'), ['chunk-too-large'])
    const length: Chunking = { kind: 'length', lengthBytes: 4, chunkBytesMax: 6 }
    assert.deepEqual(cut(length, '\0\0\0\x02ab\0\0\0\x03'), ['ab', 'chunk-too-large'])
    assert.deepEqual(cut(length, '\xff\xff\xff\xff'.repeat(2)), ['chunk-too-large'])
  })

  it('takes memory for what has come, not for what was promised', () => {
    const decoder = new ChunkDecoder(completeChunking({ kind: 'length', lengthBytes: 4 }))
    decoder.feed(Buffer.from([0, 0x0f, 0xff, 0x00, 1]))
    assert.equal(decoder.next(), undefined)
    assert.equal(decoder.pendingBytes, 5)
  })

  it('gives a chunk that lies in one read without a copy', () => {
    const decoder = new ChunkDecoder(completeChunking({ kind: 'length', lengthBytes: 1 }))
    const read = Buffer.from('\x02ab\x01c')
    decoder.feed(read)
    assert.equal(decoder.next()?.buffer, read.buffer)
    assert.equal(decoder.next()?.buffer, read.buffer)
  })

  it('is cut as the plain decoder cuts it, however it is read', () => {
    const property = fc.property(anyChunking, anyReads, (chunking, reads) => {
      assert.deepEqual(decodedChunks(chunking, reads), plainChunks(chunking, reads.flat()))
    })
    fc.assert(property, { seed, numRuns: 3_000 })
  })
})

describe('an encoded chunk', () => {
  it('comes out as it went in, between others, however it is read', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 5 })
    const property = fc.property(anyChunking, bodies, fc.nat(7), (chunking, given, step) => {
      const sent: Uint8Array[] = []
      const stream: number[] = []
      for (const body of given) {
        try {
          stream.push(...encodeChunk(chunking, body))
          sent.push(body)
        } catch (error) {
          assert.ok(TroupeError.is(error, 'CHUNK_REFUSED'))
        }
      }
      const reads: number[][] = []
      while (stream.length > 0) reads.push(stream.splice(0, step + 1))
      const { chunks, fault, rest } = decodedChunks(chunking, reads)
      assert.deepEqual([fault, rest], [undefined, 0])
      const isWhole = chunking.kind === 'length' && chunking.keepHeader
      const skipped = isWhole ? chunking.headerBytes : 0
      const isKept = chunking.kind === 'delimiter' && chunking.keepDelimiter
      const behind = isKept ? chunking.delimiter.length : 0
      const got = chunks.map((chunk) => chunk.slice(skipped * 2, chunk.length - behind * 2))
      assert.deepEqual(got, sent.map(hex))
    })
    fc.assert(property, { seed, numRuns: 1_000 })
  })

  it('has the header it was given, with the length written into it', () => {
    const chunking = completeChunking({
      kind: 'length',
      headerBytes: 4,
      lengthAt: 1,
      lengthBytes: 2,
      lengthIncludesHeader: true,
    })
    const header = Buffer.from('T??!')
    const encoded = encodeChunk(chunking, Buffer.from('ab'), header)
    assert.equal(Buffer.from(encoded).toString(), 'T\x00\x06!ab')
    assert.equal(header.toString(), 'T??!')
  })

  it('is refused when the other side would cut it elsewhere', () => {
    const refused = (chunking: Chunking, text: string, header?: Uint8Array) =>
      assert.throws(
        () => encodeChunk(completeChunking(chunking), Buffer.from(text), header),
        (error) => TroupeError.is(error, 'CHUNK_REFUSED'),
      )
    refused({ kind: 'fixed', chunkBytes: 3 }, 'ab')
    refused({ kind: 'length', lengthBytes: 1 }, 'x'.repeat(256))
    refused({ kind: 'length', lengthBytes: 1, lengthIncludesHeader: true }, 'x'.repeat(255))
    refused({ kind: 'length', lengthBytes: 4, chunkBytesMax: 6 }, 'abc')
    refused({ kind: 'length', lengthBytes: 1 }, 'a', Buffer.alloc(2))
    refused({ kind: 'delimiter', delimiter: '\n' }, 'a\nb')
    refused({ kind: 'delimiter', delimiter: '--' }, 'a-')
    refused({ kind: 'delimiter', delimiter: '\n', chunkBytesMax: 2 }, 'abc')
  })
})

describe('a chunking', () => {
  it('is refused when its members do not fit together', () => {
    const refused = (given: unknown, option: string) =>
      assert.throws(
        () => completeChunking(given as Chunking),
        (error) => {
          assert.ok(TroupeError.is(error, 'OPTION_INVALID'))
          assert.equal(error.detail.option, `chunking.${option}`)
          return true
        },
      )
    refused({ kind: 'lines' }, 'kind')
    refused(null, 'kind')
    refused('off', 'kind')
    refused({ kind: 'fixed' }, 'chunkBytes')
    refused({ kind: 'fixed', chunkBytes: 0 }, 'chunkBytes')
    refused({ kind: 'length', lengthBytes: 3 }, 'lengthBytes')
    refused({ kind: 'length', lengthBytes: 4, lengthAt: -1 }, 'lengthAt')
    refused({ kind: 'length', lengthBytes: 4, headerBytes: 3 }, 'headerBytes')
    refused({ kind: 'length', lengthBytes: 4, headerBytes: 5, lengthAt: 2 }, 'headerBytes')
    refused({ kind: 'length', lengthBytes: 4, chunkBytesMax: 3 }, 'chunkBytesMax')
    refused({ kind: 'delimiter', delimiter: '' }, 'delimiter')
    refused({ kind: 'delimiter', delimiter: 10 }, 'delimiter')
    refused({ kind: 'delimiter', delimiter: '\n', chunkBytesMax: 0.5 }, 'chunkBytesMax')
  })

  it('keeps a delimiter of its own', () => {
    const delimiter = Buffer.from('\n')
    const chunking = completeChunking({ kind: 'delimiter', delimiter })
    delimiter.fill(0)
    assert.deepEqual(decodedChunks(chunking, [[97, 10]]).chunks, ['61'])
  })
})
