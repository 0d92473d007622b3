/**
 * The plain version of the chunk decoder: all bytes at once, cut from the front. Slow and short.
 */
import type { CompleteChunking } from '#ports/tcp/chunking'

export interface PlainChunks {
  readonly chunks: readonly string[]
  readonly fault: string | undefined
  /** Bytes left that are in no chunk. */
  readonly rest: number
}

type Cut =
  | { readonly kind: 'chunk'; readonly takes: number; readonly from: number; readonly to: number }
  | { readonly kind: 'fault'; readonly fault: string }
  | { readonly kind: 'more' }

const MORE: Cut = { kind: 'more' }
const TOO_LARGE: Cut = { kind: 'fault', fault: 'chunk-too-large' }

export function plainChunks(chunking: CompleteChunking, bytes: readonly number[]): PlainChunks {
  const chunks: string[] = []
  let rest = [...bytes]
  for (;;) {
    const cut = rest.length === 0 ? MORE : cutOf(chunking, rest)
    if (cut.kind === 'more') return { chunks, fault: undefined, rest: rest.length }
    if (cut.kind === 'fault') return { chunks, fault: cut.fault, rest: rest.length }
    chunks.push(hex(rest.slice(cut.from, cut.to)))
    rest = rest.slice(cut.takes)
  }
}

export const hex = (bytes: Iterable<number>): string => Buffer.from([...bytes]).toString('hex')

function cutOf(chunking: CompleteChunking, bytes: readonly number[]): Cut {
  switch (chunking.kind) {
    case 'off':
      return { kind: 'chunk', takes: bytes.length, from: 0, to: bytes.length }
    case 'fixed': {
      const { chunkBytes } = chunking
      if (bytes.length < chunkBytes) return MORE
      return { kind: 'chunk', takes: chunkBytes, from: 0, to: chunkBytes }
    }
    case 'length': {
      const { headerBytes, lengthAt, lengthBytes } = chunking
      if (bytes.length < headerBytes) return MORE
      const told = Number(`0x${hex(bytes.slice(lengthAt, lengthAt + lengthBytes))}`)
      const takes = chunking.lengthIncludesHeader ? told : told + headerBytes
      if (takes < headerBytes) return { kind: 'fault', fault: 'chunk-invalid' }
      if (takes > chunking.chunkBytesMax) return TOO_LARGE
      if (bytes.length < takes) return MORE
      return { kind: 'chunk', takes, from: chunking.keepHeader ? 0 : headerBytes, to: takes }
    }
    case 'delimiter': {
      const end = [...chunking.delimiter]
      for (let at = 0; at + end.length <= bytes.length; at += 1) {
        if (end.some((byte, i) => bytes[at + i] !== byte)) continue
        if (at > chunking.chunkBytesMax) return TOO_LARGE
        const takes = at + end.length
        return { kind: 'chunk', takes, from: 0, to: chunking.keepDelimiter ? takes : at }
      }
      return bytes.length - end.length + 1 > chunking.chunkBytesMax ? TOO_LARGE : MORE
    }
  }
}
