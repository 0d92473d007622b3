/**
 * network/handshake/dialler: the side that dialled: HELLO, then PROOF, then it has been welcomed.
 *
 * A state machine without time or sockets: bytes in, bytes and an outcome out. Nothing the other
 * side says counts before its own proof has been checked. It keeps less than one frame.
 *
 * ```text
 * start -> HELLO   challenge <- CHALLENGE   -> PROOF   welcome <- WELCOME   agreed
 * ```
 *
 * @source ergo-features 19 (handshake); RFC 2104
 */
import { FrameInbox } from './fields.js'
import { flagsOf } from './flags.js'
import {
  type Challenge,
  FRAME,
  NONCE_BYTES,
  readChallenge,
  readRefusal,
  readWelcome,
  splitProof,
  typeOf,
  type Welcome,
  writeHello,
  writeProof,
  writeRefusal,
} from './frames.js'
import { type Outcome, type Step, sending, WAIT } from './outcome.js'
import { isSameProof, joined, type ProofRole, proofOf } from './proof.js'
import { codeOf, isBare, numberOf, type RefusalCode, refusalError } from './refusals.js'
import type { DialPlan, HandshakeSettings, LineFacts } from './settings.js'

/** The one line a developer needs who took the wrong one of two transports. */
const FAR_TLS =
  'the far end speaks TLS, and was dialled without; dial it as tls://, with the option tls here'

type Stage =
  | { readonly kind: 'challenge' }
  | { readonly kind: 'welcome'; readonly challenge: Challenge }
  | { readonly kind: 'over' }

export class Dialler {
  readonly role = 'dialler'
  readonly timeoutMs: number
  readonly #settings: HandshakeSettings
  readonly #plan: DialPlan
  readonly #line: LineFacts
  readonly #inbox = new FrameInbox(FAR_TLS)
  /** Every frame of both sides so far. */
  readonly #transcript: Uint8Array[] = []
  #stage: Stage = { kind: 'challenge' }
  #isTwin = false

  constructor(settings: HandshakeSettings, plan: DialPlan, line: LineFacts) {
    this.timeoutMs = settings.timeoutMs
    this.#settings = settings
    this.#plan = plan
    this.#line = line
  }

  /** Begins; called once. */
  start(): Step {
    const { own, flags, versionMin, versionMax, randomBytes } = this.#settings
    const hello = writeHello({
      versionMin,
      versionMax,
      nonce: randomBytes(NONCE_BYTES),
      creation: own.creation,
      flags,
      resume: this.#plan.resume,
      name: own.name,
      wanted: this.#plan.wanted ?? '',
    })
    this.#transcript.push(hello)
    return sending(hello)
  }

  /** What has arrived; valid only during the call. */
  receive(bytes: Uint8Array): Step {
    if (this.#stage.kind === 'over') return WAIT
    this.#inbox.push(bytes)
    const send: Uint8Array[] = []
    for (;;) {
      const frame = this.#inbox.next()
      if (frame === undefined) break
      const step = this.#frame(frame)
      send.push(...step.send)
      if (step.outcome !== undefined) return { ...step, send }
    }
    const { problem } = this.#inbox
    if (problem === undefined) return sending(...send)
    const step = this.#refuse('HANDSHAKE_INVALID', problem)
    return { ...step, send: [...send, ...step.send] }
  }

  /** The time of the handshake is over. */
  expire(): Step {
    if (this.#stage.kind === 'over') return WAIT
    const isFirst = this.#stage.kind === 'challenge'
    return this.#refuse(
      'HANDSHAKE_TIMEOUT',
      isFirst ? 'it did not answer' : 'it did not answer our proof',
    )
  }

  /** The line is gone; `problem` says why, undefined when it was closed in order. */
  closed(problem: string | undefined): Step {
    if (this.#stage.kind === 'over') return WAIT
    const isUnheard = this.#stage.kind === 'challenge' && this.#inbox.rest().length === 0
    const isPlain = this.#line.transport === 'tcp'
    const hint = isUnheard && isPlain ? '; if it speaks TLS, dial it as tls://' : ''
    const told = `${problem ?? 'it closed the line without a word'}${hint}`
    return this.#end(this.#refusal('HANDSHAKE_INVALID', `the line ended: ${told}`, 'line', false))
  }

  /** What followed the last frame of the handshake. */
  rest(): Uint8Array {
    return this.#inbox.rest()
  }

  #frame(frame: Uint8Array): Step {
    const type = typeOf(frame)
    if (type === FRAME.refusal) return this.#refused(frame)
    switch (this.#stage.kind) {
      case 'challenge':
        if (type === FRAME.challenge) return this.#challenged(frame)
        break
      case 'welcome':
        if (type === FRAME.welcome) return this.#welcomed(frame, this.#stage.challenge)
        break
      case 'over':
        return WAIT
    }
    return this.#refuse('HANDSHAKE_INVALID', `a frame of type ${type} has no place here`)
  }

  #challenged(frame: Uint8Array): Step {
    const read = readChallenge(frame)
    if ('problem' in read) return this.#refuse('HANDSHAKE_INVALID', read.problem)
    const { version } = read.value
    const { versionMin, versionMax, terms } = this.#settings
    if (version < versionMin || version > versionMax)
      return this.#refuse('HANDSHAKE_INVALID', `it chose the version ${version}, not one of ours`)
    this.#transcript.push(frame)
    const open = writeProof(terms)
    const proof = joined(open, this.#proof('dial', open))
    this.#transcript.push(proof)
    this.#stage = { kind: 'welcome', challenge: read.value }
    return sending(proof)
  }

  #welcomed(frame: Uint8Array, challenge: Challenge): Step {
    const [open, proof] = splitProof(frame)
    if (!isSameProof(proof, this.#proof('accept', open)))
      return this.#refuse('COOKIE_MISMATCH', this.#unlike('its answer to our proof does not fit'))
    const read = readWelcome(frame)
    if ('problem' in read) return this.#refuse('HANDSHAKE_INVALID', read.problem)
    const wrong = this.#wrongNode(challenge) ?? this.#wrongSession(read.value)
    if (wrong !== undefined) return wrong
    return this.#end(this.#agreed(challenge, read.value))
  }

  #wrongNode({ name, creation }: Challenge): Step | undefined {
    const { remote } = this.#line
    const { wanted } = this.#plan
    const { own } = this.#settings
    if (name === own.name) {
      this.#isTwin = creation !== own.creation
      return this.#refuse('NODE_SELF', `${remote} answers as it, creation ${creation}`)
    }
    if (wanted === undefined || wanted === name) return undefined
    return this.#refuse('NODE_NAME_MISMATCH', `we dialled ${remote}`)
  }

  #wrongSession({ resumed, sessionId }: Welcome): Step | undefined {
    if (!resumed || sessionId === this.#plan.resume?.sessionId) return undefined
    return this.#refuse('HANDSHAKE_INVALID', 'it goes on with a session that we did not ask for')
  }

  #agreed(challenge: Challenge, welcome: Welcome): Outcome {
    const { name, creation, version, flags } = challenge
    const { resumed, sessionId, receivedBytes, terms } = welcome
    return {
      kind: 'agreed',
      agreement: {
        role: this.role,
        peer: { name, creation },
        remote: this.#line.remote,
        version,
        flags: flagsOf(flags & this.#settings.flags),
        session: {
          kind: resumed ? 'resume' : 'fresh',
          sessionId,
          peerReceivedBytes: resumed ? receivedBytes : 0,
        },
        peerTerms: terms,
      },
    }
  }

  /** The other side has refused; a detail counts only with a proof. */
  #refused(frame: Uint8Array): Step {
    const read = readRefusal(frame)
    if ('problem' in read) return this.#refuse('HANDSHAKE_INVALID', read.problem)
    const { code: number, detail } = read.value
    const [open, proof] = splitProof(frame)
    const isProven = detail !== undefined && isSameProof(proof, this.#proof('refuse', open))
    const code = codeOf(number)
    if (code === undefined || (!isProven && (detail !== undefined || !isBare(code)))) {
      const problem = `it refused with ${code ?? number}, which counts only with a proof`
      return this.#end(this.#refusal('HANDSHAKE_INVALID', problem, 'peer', false))
    }
    return this.#end(this.#refusal(code, detail ?? this.#toldBare(code), 'peer', isProven))
  }

  #toldBare(code: RefusalCode): string {
    const { versionMin, versionMax } = this.#settings
    switch (code) {
      case 'COOKIE_MISMATCH':
        return this.#unlike('it refused our proof')
      case 'WIRE_VERSION':
        return `it refused our versions ${versionMin} to ${versionMax}`
      case 'HANDSHAKE_TIMEOUT':
        return 'it waited too long for us'
      default:
        return 'it refused what we sent'
    }
  }

  /** Under TLS there is a second reason for a proof that does not fit. */
  #unlike(problem: string): string {
    if (this.#line.channelBinding === undefined) return problem
    return `${problem}, or something ends the TLS line between the two nodes`
  }

  #proof(role: ProofRole, open: Uint8Array): Uint8Array {
    const { key } = this.#settings
    return proofOf(key, role, [...this.#transcript, open], this.#line.channelBinding)
  }

  /** Ends it from this side; once our proof is out the acceptor may not listen for a refusal. */
  #refuse(code: RefusalCode, problem: string): Step {
    const isEarly = this.#stage.kind === 'challenge'
    const step = this.#end(this.#refusal(code, problem, 'self', false))
    const refusal = writeRefusal({ code: numberOf(code), detail: undefined })
    return isEarly ? { ...step, send: [refusal] } : step
  }

  #refusal(
    code: RefusalCode,
    problem: string,
    by: 'self' | 'peer' | 'line',
    proven: boolean,
  ): Outcome {
    const wanted = this.#plan.wanted ?? 'anybody'
    const facts = { node: this.#subject(code), problem, wanted, timeoutMs: this.timeoutMs }
    const claimed = this.#stage.kind === 'welcome' ? this.#stage.challenge.name : undefined
    const error = refusalError(code, facts)
    const isTwin = this.#isTwin
    return { kind: 'refused', refusal: { error, by, proven, claimed, isMute: false, isTwin } }
  }

  /** Whom the error of a code is about. */
  #subject(code: RefusalCode): string {
    const { own } = this.#settings
    const { wanted } = this.#plan
    const { remote } = this.#line
    const named = wanted === undefined ? remote : `${wanted} at ${remote}`
    switch (code) {
      case 'NODE_SELF':
      case 'NODE_NAME_TAKEN':
      case 'NODE_INCARNATION_OLD':
        return own.name
      case 'NODE_NAME_MISMATCH':
        return this.#stage.kind === 'welcome' ? this.#stage.challenge.name : named
      default:
        return named
    }
  }

  #end(outcome: Outcome): Step {
    this.#stage = { kind: 'over' }
    return { ...WAIT, outcome }
  }
}
