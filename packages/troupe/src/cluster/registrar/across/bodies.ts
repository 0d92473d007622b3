/**
 * cluster/registrar/across/bodies: what the frames of each kind carry.
 *
 * ```text
 * find      name 2 + n, filled up            found     verdict 1 | route as JSON
 * digest    filled up                        digested  digest 16 | pages 2 | bytes 4
 * page      digest 16 | page 2, filled up    paged     digest 16 | page 2 | bytes
 * notice    digest 16                        farewell  last 1 | creation 6 | name
 * ```
 *
 * Only for bodies of frames that are proven; every reader answers undefined for what it is not.
 */
import type { NodeRoute } from '#contract'
import { BODY_BYTES_MAX } from './frame.js'
import { readRoute } from './table-text.js'

export const DIGEST_BYTES = 16
const DIGESTED_BYTES = DIGEST_BYTES + 6
const PAGE_AT = DIGEST_BYTES + 2
/** The bytes of a table that one page carries. */
export const PAGE_BYTES = BODY_BYTES_MAX - PAGE_AT
const FAREWELL_NAME_AT = 7
const NAME_BYTES_MAX = BODY_BYTES_MAX - 2

/** What identifies a table: equal when it is. */
export interface TableDigest {
  /** In base64. */
  readonly digest: string
  readonly pages: number
  readonly bytes: number
}

/** What a server knows of a node of its host. */
export type FoundBody =
  | { readonly verdict: 'unknown' }
  | { readonly verdict: 'found'; readonly route: NodeRoute }

const EMPTY = new Uint8Array(0)

export const noBody = (): Uint8Array => EMPTY

/** Undefined for a name that is too long to be asked for. */
export function writeFind(node: string): Uint8Array | undefined {
  const name = Buffer.from(node, 'utf8')
  if (name.length > NAME_BYTES_MAX) return undefined
  const body = Buffer.alloc(BODY_BYTES_MAX)
  body.writeUInt16BE(name.length)
  name.copy(body, 2)
  return body
}

export function readFind(body: Uint8Array): string | undefined {
  const bytes = bufferOf(body)
  if (bytes.length !== BODY_BYTES_MAX) return undefined
  const length = bytes.readUInt16BE(0)
  return length <= NAME_BYTES_MAX ? bytes.toString('utf8', 2, 2 + length) : undefined
}

/** Addresses that have no room are left out: the first ones are the best. */
export function writeFound(route: NodeRoute | undefined): Uint8Array {
  if (route === undefined) return Uint8Array.of(0)
  for (let count = route.addresses.length; count >= 0; count -= 1) {
    const told = { ...route, addresses: route.addresses.slice(0, count) }
    const text = Buffer.from(JSON.stringify(told), 'utf8')
    if (text.length < BODY_BYTES_MAX) return Buffer.concat([Uint8Array.of(1), text])
  }
  return Uint8Array.of(0)
}

export function readFound(body: Uint8Array): FoundBody | undefined {
  if (body.length === 1 && body[0] === 0) return { verdict: 'unknown' }
  if (body[0] !== 1) return undefined
  const route = readRoute(parsed(bufferOf(body).toString('utf8', 1)))
  return route === undefined ? undefined : { verdict: 'found', route }
}

export const writeDigestQuestion = (): Uint8Array => new Uint8Array(DIGESTED_BYTES)

export function writeDigested({ digest, pages, bytes }: TableDigest): Uint8Array {
  const body = Buffer.alloc(DIGESTED_BYTES)
  body.write(digest, 0, DIGEST_BYTES, 'base64')
  body.writeUInt16BE(pages, DIGEST_BYTES)
  body.writeUInt32BE(bytes, DIGEST_BYTES + 2)
  return body
}

export function readDigested(body: Uint8Array): TableDigest | undefined {
  if (body.length !== DIGESTED_BYTES) return undefined
  const told = bufferOf(body)
  const pages = told.readUInt16BE(DIGEST_BYTES)
  const bytes = told.readUInt32BE(DIGEST_BYTES + 2)
  if (pages !== Math.ceil(bytes / PAGE_BYTES)) return undefined
  return { digest: told.toString('base64', 0, DIGEST_BYTES), pages, bytes }
}

export function writePageQuestion(digest: string, page: number): Uint8Array {
  const body = Buffer.alloc(BODY_BYTES_MAX)
  body.write(digest, 0, DIGEST_BYTES, 'base64')
  body.writeUInt16BE(page, DIGEST_BYTES)
  return body
}

/** Also of an answer: what follows is the page. */
export function readPage(
  body: Uint8Array,
): { readonly digest: string; readonly page: number; readonly bytes: Uint8Array } | undefined {
  if (body.length <= PAGE_AT) return undefined
  const told = bufferOf(body)
  const digest = told.toString('base64', 0, DIGEST_BYTES)
  return { digest, page: told.readUInt16BE(DIGEST_BYTES), bytes: body.subarray(PAGE_AT) }
}

export function writePaged(digest: string, page: number, bytes: Uint8Array): Uint8Array {
  const head = Buffer.alloc(PAGE_AT)
  head.write(digest, 0, DIGEST_BYTES, 'base64')
  head.writeUInt16BE(page, DIGEST_BYTES)
  return Buffer.concat([head, bytes])
}

export const writeNotice = (digest: string): Uint8Array => Buffer.from(digest, 'base64')

export const readNotice = (body: Uint8Array): string | undefined =>
  body.length === DIGEST_BYTES ? bufferOf(body).toString('base64') : undefined

/** One life of a node that has left. */
export interface GoneLife {
  readonly node: string
  readonly creation: number
}

export function writeFarewell(isLast: boolean, { node, creation }: GoneLife): Uint8Array {
  const head = Buffer.alloc(FAREWELL_NAME_AT)
  head.writeUInt8(isLast ? 1 : 0)
  head.writeUIntBE(creation, 1, 6)
  return Buffer.concat([head, Buffer.from(node, 'utf8')]).subarray(0, BODY_BYTES_MAX)
}

export function readFarewell(
  body: Uint8Array,
): { readonly isLast: boolean; readonly left: GoneLife } | undefined {
  if (body.length < FAREWELL_NAME_AT) return undefined
  const told = bufferOf(body)
  const left = { node: told.toString('utf8', FAREWELL_NAME_AT), creation: told.readUIntBE(1, 6) }
  return { isLast: body[0] === 1, left }
}

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
