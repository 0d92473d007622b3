/**
 * network/handshake/frames: the five frames of the handshake, read and written.
 *
 * A reader answers the frame or a text that says what is wrong with it, never throws, and ignores
 * what follows the fields it knows: room for later versions, which the proof covers all the same.
 * Knows nothing of the order of the frames.
 *
 * @source docs/reference/wire.md, "Handshake"
 */
import { isNodeName, printable, type TransportAddress } from '#contract'
import { FrameReader, FrameWriter } from './fields.js'
import { ADDRESSES_MAX, type HandshakeTerms, isAddress, type LivenessAddress } from './terms.js'

/** The types of frames. */
export const FRAME = Object.freeze({ hello: 1, challenge: 2, proof: 3, welcome: 4, refusal: 5 })
/** What each handshake begins with. */
export const MAGIC = 'TRPE'
export const NONCE_BYTES = 32
export const SESSION_ID_BYTES = 16
/** HMAC-SHA-256; always the last bytes of its frame. */
export const PROOF_BYTES = 32
/** Longest detail of a refusal, in characters. */
const DETAIL_LENGTH_MAX = 500

/** The session of an earlier line that the dialler wants to go on with. */
export interface ResumeWish {
  /** 32 hexadecimal digits. */
  readonly sessionId: string
  /** Bytes of the session's stream that it has received. */
  readonly receivedBytes: number
}

export interface Hello {
  readonly versionMin: number
  readonly versionMax: number
  readonly nonce: Uint8Array
  readonly creation: number
  readonly flags: bigint
  readonly resume: ResumeWish | undefined
  readonly name: string
  /** The node that is dialled; empty: whoever lives there. */
  readonly wanted: string
}

export interface Challenge {
  readonly version: number
  readonly nonce: Uint8Array
  readonly creation: number
  readonly flags: bigint
  readonly name: string
}

export interface Welcome {
  readonly resumed: boolean
  readonly sessionId: string
  readonly receivedBytes: number
  readonly terms: HandshakeTerms
}

export interface RefusalFrame {
  readonly code: number
  /** Undefined before the proof; then the frame carries no proof of its own. */
  readonly detail: string | undefined
}

/** What a reader answers: the frame, or what is wrong with it. */
export type Read<T> = { readonly value: T } | { readonly problem: string }

const answer = <T>(reader: FrameReader, value: T): Read<T> =>
  reader.problem === undefined ? { value } : { problem: reader.problem }

export const typeOf = (frame: Uint8Array): number => frame[2] ?? 0

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const unhex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))

export function writeHello(hello: Hello): Uint8Array {
  const { resume } = hello
  return new FrameWriter(FRAME.hello)
    .bytes(Buffer.from(MAGIC, 'latin1'))
    .u16(hello.versionMin)
    .u16(hello.versionMax)
    .bytes(hello.nonce)
    .u48(hello.creation)
    .u64(hello.flags)
    .u8(resume === undefined ? 0 : 1)
    .bytes(resume === undefined ? new Uint8Array(SESSION_ID_BYTES) : unhex(resume.sessionId))
    .u48(resume?.receivedBytes ?? 0)
    .text(hello.name)
    .text(hello.wanted)
    .frame()
}

export function readHello(frame: Uint8Array): Read<Hello> {
  const reader = new FrameReader(frame)
  const magic = Buffer.from(reader.bytes(MAGIC.length)).toString('latin1')
  if (magic !== MAGIC) reader.fail('it does not begin like a handshake of Troupe')
  const versionMin = reader.u16()
  const versionMax = reader.u16()
  if (versionMin > versionMax) reader.fail('its versions are the wrong way round')
  const nonce = reader.bytes(NONCE_BYTES)
  const creation = reader.u48()
  const flags = reader.u64()
  const resumes = readSwitch(reader)
  const sessionId = hex(reader.bytes(SESSION_ID_BYTES))
  const receivedBytes = reader.u48()
  const name = readName(reader)
  const wanted = reader.text()
  if (wanted !== '' && !isNodeName(wanted)) reader.fail('the name it asks for is none')
  const resume = resumes ? { sessionId, receivedBytes } : undefined
  const hello = { versionMin, versionMax, nonce, creation, flags, resume, name, wanted }
  return answer(reader, hello)
}

/** The versions of a HELLO, whatever a later version may have put behind them. */
export function readVersions(
  frame: Uint8Array,
): Read<{ readonly min: number; readonly max: number }> {
  const reader = new FrameReader(frame)
  const magic = Buffer.from(reader.bytes(MAGIC.length)).toString('latin1')
  if (magic !== MAGIC) reader.fail('it does not begin like a handshake of Troupe')
  return answer(reader, { min: reader.u16(), max: reader.u16() })
}

export function writeChallenge(challenge: Challenge): Uint8Array {
  return new FrameWriter(FRAME.challenge)
    .u16(challenge.version)
    .bytes(challenge.nonce)
    .u48(challenge.creation)
    .u64(challenge.flags)
    .text(challenge.name)
    .frame()
}

export function readChallenge(frame: Uint8Array): Read<Challenge> {
  const reader = new FrameReader(frame)
  const version = reader.u16()
  const nonce = reader.bytes(NONCE_BYTES)
  const creation = reader.u48()
  const flags = reader.u64()
  const name = readName(reader)
  return answer(reader, { version, nonce, creation, flags, name })
}

/** PROOF without its proof, which is appended. */
export const writeProof = (terms: HandshakeTerms): Uint8Array =>
  writeTerms(new FrameWriter(FRAME.proof), terms).frame(PROOF_BYTES)

export function readProof(frame: Uint8Array): Read<HandshakeTerms> {
  const reader = new FrameReader(frame, PROOF_BYTES)
  return answer(reader, readTerms(reader))
}

/** WELCOME without its proof, which is appended. */
export function writeWelcome(welcome: Welcome): Uint8Array {
  const writer = new FrameWriter(FRAME.welcome)
    .u8(welcome.resumed ? 1 : 0)
    .bytes(unhex(welcome.sessionId))
    .u48(welcome.receivedBytes)
  return writeTerms(writer, welcome.terms).frame(PROOF_BYTES)
}

export function readWelcome(frame: Uint8Array): Read<Welcome> {
  const reader = new FrameReader(frame, PROOF_BYTES)
  const resumed = readSwitch(reader)
  const sessionId = hex(reader.bytes(SESSION_ID_BYTES))
  const receivedBytes = reader.u48()
  const terms = readTerms(reader)
  return answer(reader, { resumed, sessionId, receivedBytes, terms })
}

/** REFUSAL; with a detail its proof is to be appended. */
export function writeRefusal({ code, detail }: RefusalFrame): Uint8Array {
  const writer = new FrameWriter(FRAME.refusal).u8(code).u8(detail === undefined ? 0 : 1)
  if (detail === undefined) return writer.frame()
  return writer.text(printable(detail, DETAIL_LENGTH_MAX)).frame(PROOF_BYTES)
}

export function readRefusal(frame: Uint8Array): Read<RefusalFrame> {
  const head = new FrameReader(frame)
  const code = head.u8()
  if (!readSwitch(head)) return answer(head, { code, detail: undefined })
  const reader = new FrameReader(frame, PROOF_BYTES)
  reader.u16()
  const detail = printable(reader.text(), DETAIL_LENGTH_MAX)
  return answer(reader, { code, detail })
}

/** The frame up to its proof, and the proof. */
export const splitProof = (frame: Uint8Array): readonly [Uint8Array, Uint8Array] => [
  frame.subarray(0, Math.max(0, frame.length - PROOF_BYTES)),
  frame.subarray(Math.max(0, frame.length - PROOF_BYTES)),
]

function readSwitch(reader: FrameReader): boolean {
  const value = reader.u8()
  if (value > 1) reader.fail('a switch is neither 0 nor 1')
  return value === 1
}

function readName(reader: FrameReader): string {
  const name = reader.text()
  if (!isNodeName(name)) reader.fail('its name is not of the form name@host')
  return name
}

function writeTerms(writer: FrameWriter, terms: HandshakeTerms): FrameWriter {
  writer.u48(terms.messageBytesMax).u48(terms.windowBytes).u32(terms.keepAliveMs)
  writer.text(terms.liveness?.host ?? '').u16(terms.liveness?.port ?? 0)
  writer.u8(terms.addresses.length)
  for (const { transport, host, port, path } of terms.addresses)
    writer.text(transport).text(host).u16(port).text(path)
  return writer
}

function readTerms(reader: FrameReader): HandshakeTerms {
  const messageBytesMax = reader.u48()
  const windowBytes = reader.u48()
  const keepAliveMs = reader.u32()
  const isSound = messageBytesMax > 0 && windowBytes > 0 && keepAliveMs > 0
  if (!isSound) reader.fail('a limit it announces is 0')
  const liveness = readLiveness(reader)
  const count = reader.u8()
  if (count > ADDRESSES_MAX) reader.fail('it announces too many addresses')
  const addresses: TransportAddress[] = []
  while (addresses.length < count && reader.problem === undefined)
    addresses.push(readAddress(reader))
  return { messageBytesMax, windowBytes, keepAliveMs, liveness, addresses }
}

function readLiveness(reader: FrameReader): LivenessAddress | undefined {
  const host = printable(reader.text())
  const port = reader.u16()
  return port === 0 ? undefined : { host, port }
}

function readAddress(reader: FrameReader): TransportAddress {
  const transport = printable(reader.text())
  const host = printable(reader.text())
  const port = reader.u16()
  const address = { transport, host, port, path: printable(reader.text()) }
  if (!isAddress(address)) reader.fail('an address it announces is too long')
  return address
}
