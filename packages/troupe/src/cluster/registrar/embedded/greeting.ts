/**
 * cluster/registrar/embedded/greeting: both ends of a link prove that they know the cookie.
 *
 * Three messages of fixed lengths, so that nothing is parsed of who has proved nothing. A proof is
 * an HMAC over the role and both nonces: it cannot be sent back to its maker or used again. Behind
 * it the link carries lines, each at most as long as this side takes.
 *
 * ```text
 * client                      server
 *   magic, nonce      ------>
 *                     <------ nonce, proof
 *   proof             ------>
 * ```
 *
 * @source RFC 2104 (HMAC); network/handshake/proof
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Link } from './link.js'

const MAGIC = new TextEncoder().encode('TRR1')
const NONCE_BYTES = 32
const PROOF_BYTES = 32
const NEWLINE = 10
const NO_BYTES = new Uint8Array(0)

/** What both ends need. */
export interface GreetingSettings {
  /** Of the cookie. */
  readonly key: Uint8Array
  /** The longest line that is taken, in bytes. */
  readonly lineBytesMax: number
  randomBytes(length: number): Uint8Array
}

/** Why a link is over before its time. */
export type GreetingProblem = 'PROOF_INVALID' | 'GREETING_INVALID' | 'LINE_TOO_LONG'

/** Who is told what a proven link says. */
export interface GreetingTaker {
  /** The other end knows the cookie; lines may be written. */
  proven(): void
  /** One line without its end; not to be kept. */
  line(bytes: Uint8Array): void
  /** It is over, told once; undefined: the other end went. */
  closed(problem: GreetingProblem | undefined): void
}

/** One link from its first byte. */
export class Greeting {
  readonly #link: Link
  readonly #role: 'client' | 'server'
  readonly #settings: GreetingSettings
  readonly #taker: GreetingTaker
  readonly #nonce: Uint8Array
  #clientNonce: Uint8Array = NO_BYTES
  #serverNonce: Uint8Array = NO_BYTES
  #step: 'magic' | 'answer' | 'proof' | 'lines' | 'over' = 'magic'
  #parts: Uint8Array[] = []
  #bytes = 0

  constructor(
    link: Link,
    role: 'client' | 'server',
    settings: GreetingSettings,
    taker: GreetingTaker,
  ) {
    this.#link = link
    this.#role = role
    this.#settings = settings
    this.#taker = taker
    this.#nonce = settings.randomBytes(NONCE_BYTES)
  }

  get isProven(): boolean {
    return this.#step === 'lines'
  }

  get waitingBytes(): number {
    return this.#link.waitingBytes
  }

  start(): void {
    this.#link.start({
      data: (bytes) => this.#take(bytes),
      closed: () => this.#end(undefined),
    })
    if (this.#role === 'server') return
    this.#step = 'answer'
    this.#clientNonce = this.#nonce
    this.#link.write(Buffer.concat([MAGIC, this.#nonce]))
  }

  /** One line, with its end. */
  write(line: Uint8Array): void {
    if (this.#step === 'lines') this.#link.write(line)
  }

  /** Ends it when what was written has left; nothing is told any more. */
  close(): void {
    this.#step = 'over'
    this.#link.close()
  }

  destroy(): void {
    this.#step = 'over'
    this.#link.destroy()
  }

  #take(bytes: Uint8Array): void {
    if (this.#step === 'over') return
    if (this.#step === 'lines') {
      this.#takeLines(bytes)
      return
    }
    this.#parts.push(Uint8Array.from(bytes))
    this.#bytes += bytes.length
    const length = this.#wanted()
    if (this.#bytes < length) return
    const whole = Buffer.concat(this.#parts)
    this.#parts = []
    this.#bytes = 0
    this.#greet(whole.subarray(0, length))
    if (whole.length > length) this.#take(whole.subarray(length))
  }

  #wanted(): number {
    if (this.#step === 'magic') return MAGIC.length + NONCE_BYTES
    return this.#step === 'answer' ? NONCE_BYTES + PROOF_BYTES : PROOF_BYTES
  }

  #greet(bytes: Uint8Array): void {
    switch (this.#step) {
      case 'magic':
        this.#answer(bytes)
        break
      case 'answer':
        this.#proveBack(bytes)
        break
      default:
        if (this.#proof('client', bytes)) this.#prove()
        else this.#end('PROOF_INVALID')
    }
  }

  #answer(bytes: Uint8Array): void {
    if (!MAGIC.every((byte, at) => bytes[at] === byte)) {
      this.#end('GREETING_INVALID')
      return
    }
    this.#clientNonce = Uint8Array.from(bytes.subarray(MAGIC.length))
    this.#serverNonce = this.#nonce
    this.#step = 'proof'
    this.#link.write(Buffer.concat([this.#nonce, this.#proofOf('server')]))
  }

  #proveBack(bytes: Uint8Array): void {
    this.#serverNonce = Uint8Array.from(bytes.subarray(0, NONCE_BYTES))
    if (!this.#proof('server', bytes.subarray(NONCE_BYTES))) {
      this.#end('PROOF_INVALID')
      return
    }
    this.#link.write(this.#proofOf('client'))
    this.#prove()
  }

  #prove(): void {
    this.#step = 'lines'
    this.#taker.proven()
  }

  #proof(role: 'client' | 'server', given: Uint8Array): boolean {
    return timingSafeEqual(this.#proofOf(role), given)
  }

  #proofOf(role: 'client' | 'server'): Uint8Array {
    const hmac = createHmac('sha256', this.#settings.key).update(role, 'latin1')
    return hmac.update(this.#clientNonce).update(this.#serverNonce).digest()
  }

  #takeLines(given: Uint8Array): void {
    let bytes = given
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE)) {
      const line = bytes.subarray(0, at)
      bytes = bytes.subarray(at + 1)
      if (this.#bytes + at > this.#settings.lineBytesMax) {
        this.#end('LINE_TOO_LONG')
        return
      }
      this.#taker.line(this.#bytes === 0 ? line : Buffer.concat([...this.#parts, line]))
      this.#parts = []
      this.#bytes = 0
      if (this.#step !== 'lines') return
    }
    if (bytes.length === 0) return
    this.#bytes += bytes.length
    if (this.#bytes > this.#settings.lineBytesMax) {
      this.#end('LINE_TOO_LONG')
      return
    }
    this.#parts.push(Uint8Array.from(bytes))
  }

  #end(problem: GreetingProblem | undefined): void {
    if (this.#step === 'over') return
    this.#step = 'over'
    this.#link.destroy()
    this.#taker.closed(problem)
  }
}
