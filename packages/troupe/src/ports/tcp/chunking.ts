/**
 * ports/tcp/chunking: how a stream of bytes is cut into chunks, and the other direction.
 *
 * The options, their check and the encoder; the decoder is `ChunkDecoder`. Pure: knows nothing
 * of sockets. Lengths are big-endian.
 * Limit: `chunkBytesMax`, for what comes in and for what goes out.
 *
 * @source ergo-features 13 (chunking)
 */
import { requireOption, TroupeError } from '#contract'

/** No cutting: each read of the socket is a chunk, wherever the sender made a pause. */
export interface ChunkingOff {
  readonly kind: 'off'
}

/** Chunks that all have one length. */
export interface FixedChunking {
  readonly kind: 'fixed'
  /** Length of each chunk, in bytes. */
  readonly chunkBytes: number
}

/** Chunks behind a header that tells their length. */
export interface LengthChunking {
  readonly kind: 'length'
  /** Length of the whole header, in bytes; default that of the length in it. */
  readonly headerBytes?: number
  /** Where in the header the length begins; default 0. */
  readonly lengthAt?: number
  /** Bytes of the length: 1, 2 or 4, big-endian. */
  readonly lengthBytes: 1 | 2 | 4
  /** Whether the length counts the header too; default false. */
  readonly lengthIncludesHeader?: boolean
  /** Hand on the header with the chunk, for what else is in it; default false. */
  readonly keepHeader?: boolean
  /** The largest chunk with its header, in bytes; default 1 MiB. */
  readonly chunkBytesMax?: number
}

/** Chunks that end with some bytes, for example lines. */
export interface DelimiterChunking {
  readonly kind: 'delimiter'
  /** Text is UTF-8; 1 byte at least. */
  readonly delimiter: string | Uint8Array
  /** Hand on the delimiter with the chunk; default false. */
  readonly keepDelimiter?: boolean
  /** The largest chunk without its delimiter, in bytes; default 1 MiB. */
  readonly chunkBytesMax?: number
}

/** How a stream is cut. */
export type Chunking = ChunkingOff | FixedChunking | LengthChunking | DelimiterChunking

/** What a chunking leaves open. */
export const CHUNKING_DEFAULTS = Object.freeze({
  lengthAt: 0,
  lengthIncludesHeader: false,
  keepHeader: false,
  keepDelimiter: false,
  chunkBytesMax: 1_048_576,
})

/** A chunking that was checked, with nothing left open. */
export type CompleteChunking =
  | ChunkingOff
  | FixedChunking
  | Required<LengthChunking>
  | (Required<DelimiterChunking> & { readonly delimiter: Uint8Array })

/** Lines of text as most programs write them. */
export const LINES: Chunking = Object.freeze({ kind: 'delimiter', delimiter: '\n' })

/**
 * The chunking with its defaults.
 *
 * Throws OPTION_INVALID, naming the member, for what cannot be or does not fit together.
 */
export function completeChunking(given: Chunking = { kind: 'off' }): CompleteChunking {
  const { kind } = Object(given) as { readonly kind: unknown }
  switch (given?.kind) {
    case 'off':
      return Object.freeze({ kind: 'off' })
    case 'fixed':
      requireBytes('chunking.chunkBytes', given.chunkBytes, 1)
      return Object.freeze({ kind: 'fixed', chunkBytes: given.chunkBytes })
    case 'length':
      return completeLength(given)
    case 'delimiter':
      return completeDelimiter(given)
    default:
      requireOption(false, 'chunking.kind', kind, 'one of off, fixed, length, delimiter')
      return { kind: 'off' }
  }
}

function completeLength(given: LengthChunking): CompleteChunking {
  const { lengthBytes } = given
  const isWidth = lengthBytes === 1 || lengthBytes === 2 || lengthBytes === 4
  requireOption(isWidth, 'chunking.lengthBytes', lengthBytes, 'one of 1, 2, 4')
  const { lengthAt, lengthIncludesHeader, keepHeader, chunkBytesMax } = {
    ...CHUNKING_DEFAULTS,
    ...given,
  }
  requireBytes('chunking.lengthAt', lengthAt, 0)
  const { headerBytes = lengthAt + lengthBytes } = given
  requireBytes('chunking.headerBytes', headerBytes, 1)
  const fits = lengthAt + lengthBytes <= headerBytes
  requireOption(fits, 'chunking.headerBytes', headerBytes, 'the length does not lie in the header')
  requireBytes('chunking.chunkBytesMax', chunkBytesMax, headerBytes)
  const length = { lengthAt, lengthBytes, lengthIncludesHeader }
  return Object.freeze({ kind: 'length', headerBytes, ...length, keepHeader, chunkBytesMax })
}

function completeDelimiter(given: DelimiterChunking): CompleteChunking {
  const { keepDelimiter, chunkBytesMax } = { ...CHUNKING_DEFAULTS, ...given }
  const delimiter = bytesOf(given.delimiter)
  const hasAny = delimiter !== undefined && delimiter.length > 0
  requireOption(hasAny, 'chunking.delimiter', given.delimiter, 'give 1 byte or more')
  requireBytes('chunking.chunkBytesMax', chunkBytesMax, 1)
  const complete = { delimiter: delimiter as Uint8Array, keepDelimiter, chunkBytesMax }
  return Object.freeze({ kind: 'delimiter', ...complete })
}

function requireBytes(option: string, value: unknown, least: number): void {
  const holds = Number.isSafeInteger(value) && (value as number) >= least
  requireOption(holds, option, value, `give a whole number of bytes, ${least} or more`)
}

/** A copy of the bytes, so that nobody changes them meanwhile. */
function bytesOf(given: unknown): Uint8Array | undefined {
  if (typeof given === 'string') return Buffer.from(given)
  return given instanceof Uint8Array ? Buffer.from(given) : undefined
}

/** The length that a header tells; at `at` in `bytes`, `lengthBytes` long. */
export function readLength(bytes: Uint8Array, at: number, lengthBytes: number): number {
  let length = 0
  for (let i = at; i < at + lengthBytes; i += 1) length = length * 256 + (bytes[i] as number)
  return length
}

/**
 * The bytes to send so that the other side, cutting in the same way, gets `body` as one chunk.
 *
 * With a `header` longer than its length, give the rest of it in `header`: the length is written
 * into a copy. Throws CHUNK_REFUSED when no chunk can be made of it: too large, of another length
 * than the fixed one, or with the delimiter inside.
 */
export function encodeChunk(
  chunking: CompleteChunking,
  body: Uint8Array,
  header?: Uint8Array,
): Uint8Array {
  switch (chunking.kind) {
    case 'off':
      return body
    case 'fixed':
      if (body.length !== chunking.chunkBytes) {
        throw refused(body, `each chunk has ${chunking.chunkBytes} bytes`)
      }
      return body
    case 'length':
      return withHeader(chunking, body, header)
    case 'delimiter':
      return withDelimiter(chunking.delimiter, body, chunking.chunkBytesMax)
  }
}

const refused = ({ length }: Uint8Array, problem: string): TroupeError =>
  new TroupeError('CHUNK_REFUSED', { length, problem })

function withHeader(
  {
    headerBytes,
    lengthAt,
    lengthBytes,
    lengthIncludesHeader,
    chunkBytesMax,
  }: Required<LengthChunking>,
  body: Uint8Array,
  header: Uint8Array | undefined,
): Uint8Array {
  const total = headerBytes + body.length
  const length = lengthIncludesHeader ? total : body.length
  if (total > chunkBytesMax) throw refused(body, `a chunk has ${chunkBytesMax} bytes at most`)
  if (length >= 256 ** lengthBytes)
    throw refused(body, `${lengthBytes} bytes cannot tell its length`)
  if (header !== undefined && header.length !== headerBytes) {
    throw refused(body, `its header has ${headerBytes} bytes`)
  }
  const whole = Buffer.allocUnsafe(total)
  if (header === undefined) whole.fill(0, 0, headerBytes)
  else whole.set(header)
  whole.writeUIntBE(length, lengthAt, lengthBytes)
  whole.set(body, headerBytes)
  return whole
}

function withDelimiter(delimiter: Uint8Array, body: Uint8Array, bytesMax: number): Uint8Array {
  if (body.length > bytesMax) throw refused(body, `a chunk has ${bytesMax} bytes at most`)
  const whole = Buffer.allocUnsafe(body.length + delimiter.length)
  whole.set(body)
  whole.set(delimiter, body.length)
  // Also one that begins in the body and ends in the delimiter would cut it too early.
  if (whole.indexOf(delimiter) !== body.length) throw refused(body, 'the delimiter is in it')
  return whole
}
