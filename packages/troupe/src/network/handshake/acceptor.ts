/**
 * network/handshake/acceptor: the side that took the line: it asks for a proof, then welcomes.
 *
 * A state machine without time or sockets: bytes in, bytes, a question and an outcome out. The
 * policy is asked only about who has proven itself. Before the proof a refusal tells its code and
 * nothing else; behind it, a sentence too, with a proof of our own. It keeps less than one frame.
 *
 * ```text
 * hello <- HELLO   -> CHALLENGE   proof <- PROOF   deciding (ask, decide)   -> WELCOME   agreed
 * ```
 *
 * @source ergo-features 19 (handshake); RFC 2104
 */
import { assert } from '#base/assert'
import { FrameInbox } from './fields.js'
import { flagsOf } from './flags.js'
import {
  FRAME,
  type Hello,
  NONCE_BYTES,
  readHello,
  readProof,
  readRefusal,
  readVersions,
  SESSION_ID_BYTES,
  splitProof,
  typeOf,
  writeChallenge,
  writeRefusal,
  writeWelcome,
} from './frames.js'
import {
  type Admission,
  type Agreement,
  type Applicant,
  type Outcome,
  type Step,
  sending,
  WAIT,
} from './outcome.js'
import { isSameProof, joined, proofOf } from './proof.js'
import { codeOf, isBare, numberOf, type RefusalCode, refusalError } from './refusals.js'
import type { HandshakeSettings, LineFacts } from './settings.js'

const TLS_SPOKEN =
  'it speaks TLS, and this port does not; dial it as tcp://, or give this node the option tls'
/** What OpenSSL takes for no TLS, unlike a refusal of ours, which could begin a record. */
const NO_TLS = Buffer.from('this port does not speak TLS\n', 'latin1')

type Stage =
  | { readonly kind: 'hello' }
  | { readonly kind: 'proof'; readonly hello: Hello; readonly version: number }
  | { readonly kind: 'deciding'; readonly applicant: Applicant }
  | { readonly kind: 'over' }

export class Acceptor {
  readonly role = 'acceptor'
  readonly timeoutMs: number
  readonly #settings: HandshakeSettings
  readonly #line: LineFacts
  readonly #inbox = new FrameInbox(TLS_SPOKEN)
  /** Every frame of both sides so far. */
  readonly #transcript: Uint8Array[] = []
  #stage: Stage = { kind: 'hello' }
  /** What it calls itself; true only from the stage `deciding` on. */
  #claimed: string | undefined
  #wanted = ''
  #isTwin = false

  constructor(settings: HandshakeSettings, line: LineFacts) {
    this.timeoutMs = settings.timeoutMs
    this.#settings = settings
    this.#line = line
  }

  /** Nothing is told to a stranger. */
  start(): Step {
    return WAIT
  }

  /** What has arrived; valid only during the call. */
  receive(bytes: Uint8Array): Step {
    if (this.#stage.kind === 'over') return WAIT
    if (this.#stage.kind === 'deciding') return this.#hasty()
    this.#inbox.push(bytes)
    const send: Uint8Array[] = []
    for (;;) {
      const frame = this.#inbox.next()
      if (frame === undefined) break
      const step = this.#frame(frame)
      send.push(...step.send)
      if (step.outcome !== undefined || step.ask !== undefined) return { ...step, send }
    }
    const { problem } = this.#inbox
    if (problem === undefined) return sending(...send)
    const step = this.#refuse('HANDSHAKE_INVALID', problem)
    return { ...step, send: [...send, ...step.send] }
  }

  /** What the policy answers to `ask`. Nothing happens when the handshake ended meanwhile. */
  decide(admission: Admission): Step {
    if (this.#stage.kind === 'over') return WAIT
    assert(this.#stage.kind === 'deciding', 'a policy answers only what it was asked')
    const { applicant } = this.#stage
    if (admission.kind === 'refuse') return this.#refuse(admission.code, admission.detail)
    if (this.#inbox.rest().length > 0) return this.#hasty()
    const resume = admission.kind === 'resume' ? applicant.resume : undefined
    if (admission.kind === 'resume' && resume === undefined)
      return this.fail('it would go on with a session that nobody asked for')
    const { randomBytes, terms } = this.#settings
    const sessionId =
      resume?.sessionId ?? Buffer.from(randomBytes(SESSION_ID_BYTES)).toString('hex')
    const receivedBytes = admission.kind === 'resume' ? admission.receivedBytes : 0
    const resumed = resume !== undefined
    const open = writeWelcome({ resumed, sessionId, receivedBytes, terms })
    const welcome = joined(open, this.#proof('accept', open))
    const session: Agreement['session'] = {
      kind: resumed ? 'resume' : 'fresh',
      sessionId,
      peerReceivedBytes: resume?.receivedBytes ?? 0,
    }
    return { ...this.#end(this.#agreed(applicant, session)), send: [welcome] }
  }

  /** The policy has failed. Nothing happens when the handshake ended meanwhile. */
  fail(problem: string): Step {
    if (this.#stage.kind === 'over') return WAIT
    return this.#refuse('HANDSHAKE_INVALID', `the policy of the acceptor failed: ${problem}`)
  }

  /** The time of the handshake is over. */
  expire(): Step {
    switch (this.#stage.kind) {
      case 'hello':
        return this.#refuse('HANDSHAKE_TIMEOUT', 'it did not introduce itself')
      case 'proof':
        return this.#refuse('HANDSHAKE_TIMEOUT', 'it did not prove itself')
      case 'deciding':
        return this.#refuse('HANDSHAKE_TIMEOUT', 'this node did not decide about it')
      case 'over':
        return WAIT
    }
  }

  /** The line is gone; `problem` says why, undefined when it was closed in order. */
  closed(problem: string | undefined): Step {
    if (this.#stage.kind === 'over') return WAIT
    const told = problem ?? 'it closed the line without a word'
    return this.#end(this.#refusal('HANDSHAKE_INVALID', `the line ended: ${told}`, 'line'))
  }

  /** What followed the last frame of the handshake. */
  rest(): Uint8Array {
    return this.#inbox.rest()
  }

  #frame(frame: Uint8Array): Step {
    const type = typeOf(frame)
    if (type === FRAME.refusal) return this.#refused(frame)
    switch (this.#stage.kind) {
      case 'hello':
        if (type === FRAME.hello) return this.#greeted(frame)
        break
      case 'proof':
        if (type === FRAME.proof) return this.#proven(frame, this.#stage.hello, this.#stage.version)
        break
      default:
        return WAIT
    }
    return this.#refuse('HANDSHAKE_INVALID', `a frame of type ${type} has no place here`)
  }

  #greeted(frame: Uint8Array): Step {
    const { own, flags, randomBytes } = this.#settings
    const versions = readVersions(frame)
    if ('problem' in versions) return this.#refuse('HANDSHAKE_INVALID', versions.problem)
    const version = this.#common(versions.value)
    if (version === undefined) return this.#refuse('WIRE_VERSION', this.#unlike(versions.value))
    const read = readHello(frame)
    if ('problem' in read) return this.#refuse('HANDSHAKE_INVALID', read.problem)
    this.#claimed = read.value.name
    this.#wanted = read.value.wanted
    const nonce = randomBytes(NONCE_BYTES)
    const { name, creation } = own
    const challenge = writeChallenge({ version, nonce, creation, flags, name })
    this.#transcript.push(frame, challenge)
    this.#stage = { kind: 'proof', hello: read.value, version }
    return sending(challenge)
  }

  #common({ min, max }: { readonly min: number; readonly max: number }): number | undefined {
    const { versionMin, versionMax } = this.#settings
    const highest = Math.min(max, versionMax)
    return highest >= min && highest >= versionMin ? highest : undefined
  }

  #unlike({ min, max }: { readonly min: number; readonly max: number }): string {
    const { versionMin, versionMax } = this.#settings
    return `it speaks ${min} to ${max}, we ${versionMin} to ${versionMax}`
  }

  #proven(frame: Uint8Array, hello: Hello, version: number): Step {
    const [open, proof] = splitProof(frame)
    if (!isSameProof(proof, this.#proof('dial', open))) {
      const { channelBinding } = this.#line
      const told = 'its proof does not fit'
      const tls = `${told}, or something ends the TLS line between the two nodes`
      return this.#refuse('COOKIE_MISMATCH', channelBinding === undefined ? told : tls)
    }
    this.#transcript.push(frame)
    const read = readProof(frame)
    if ('problem' in read) return this.#refuse('HANDSHAKE_INVALID', read.problem)
    const { name, creation, resume } = hello
    const applicant: Applicant = {
      name,
      creation,
      resume,
      remote: this.#line.remote,
      terms: read.value,
      version,
      flags: flagsOf(hello.flags & this.#settings.flags),
    }
    this.#stage = { kind: 'deciding', applicant }
    return this.#wrongNode(hello) ?? { ...WAIT, ask: applicant }
  }

  #wrongNode({ name, creation, wanted }: Hello): Step | undefined {
    const { own } = this.#settings
    if (name === own.name) {
      const isSelf = creation === own.creation
      this.#isTwin = !isSelf
      const problem = isSelf ? 'it dialled itself' : 'another node was given the same name'
      return this.#refuse('NODE_SELF', `${problem}, from ${this.#line.remote}`)
    }
    if (wanted === '' || wanted === own.name) return undefined
    return this.#refuse('NODE_NAME_MISMATCH', `${name} dialled the wrong address`)
  }

  #agreed(applicant: Applicant, session: Agreement['session']): Outcome {
    const { name, creation, version, flags, terms } = applicant
    const { remote } = this.#line
    const peer = { name, creation }
    const { role } = this
    return {
      kind: 'agreed',
      agreement: { role, peer, remote, version, flags, session, peerTerms: terms },
    }
  }

  /** The dialler has given up; it proves nothing by that. */
  #refused(frame: Uint8Array): Step {
    const read = readRefusal(frame)
    const code = 'value' in read ? codeOf(read.value.code) : undefined
    const isSound = code !== undefined && isBare(code)
    const problem = isSound ? 'it gave up' : 'it gave up without a reason that counts'
    return this.#end(this.#refusal(isSound ? code : 'HANDSHAKE_INVALID', problem, 'peer'))
  }

  #hasty(): Step {
    return this.#refuse('HANDSHAKE_INVALID', 'it sent more before it was welcomed')
  }

  #proof(role: 'dial' | 'accept' | 'refuse', open: Uint8Array): Uint8Array {
    const { key } = this.#settings
    return proofOf(key, role, [...this.#transcript, open], this.#line.channelBinding)
  }

  #refuse(code: RefusalCode, detail: string): Step {
    const number = numberOf(code)
    const isProven = this.#stage.kind === 'deciding'
    const step = this.#end(this.#refusal(code, detail, 'self'))
    if (detail === TLS_SPOKEN) return { ...step, send: [NO_TLS] }
    const open = writeRefusal({ code: number, detail: isProven ? detail : undefined })
    return { ...step, send: [isProven ? joined(open, this.#proof('refuse', open)) : open] }
  }

  #refusal(code: RefusalCode, problem: string, by: 'self' | 'peer' | 'line'): Outcome {
    const proven = this.#stage.kind === 'deciding'
    const node = this.#subject(code)
    const { timeoutMs } = this
    const facts = { node, problem, wanted: this.#wanted, timeoutMs }
    const isMute = by === 'line' && this.#stage.kind === 'hello' && this.#inbox.rest().length === 0
    const claimed = this.#claimed
    const isTwin = this.#isTwin
    const refusal = { error: refusalError(code, facts), by, proven, claimed, isMute, isTwin }
    return { kind: 'refused', refusal }
  }

  /** Whom the error of a code is about; who has proven nothing is told by its address first. */
  #subject(code: RefusalCode): string {
    const { remote } = this.#line
    switch (code) {
      case 'NODE_NAME_MISMATCH':
      case 'NODE_SELF':
        return this.#settings.own.name
      case 'NODE_NAME_TAKEN':
      case 'NODE_INCARNATION_OLD':
        return this.#claimed ?? remote
      default:
        if (this.#claimed === undefined) return remote
        if (this.#stage.kind === 'deciding') return `${this.#claimed} at ${remote}`
        return `${remote}, which calls itself ${this.#claimed},`
    }
  }

  #end(outcome: Outcome): Step {
    this.#stage = { kind: 'over' }
    return { ...WAIT, outcome }
  }
}
