/** handshake-kit: two machines in one hand, with everything that passes between them recorded. */
import assert from 'node:assert/strict'
import type { ErrorCode } from 'troupe'
import { type Random, seededRandom } from '#base/random'
import { Acceptor } from '#network/handshake/acceptor'
import { Dialler } from '#network/handshake/dialler'
import { maskOf } from '#network/handshake/flags'
import { writeChallenge, writeWelcome } from '#network/handshake/frames'
import type { Admission, Agreement, Applicant, Outcome, Step } from '#network/handshake/outcome'
import { handshakeKey, joined, proofOf } from '#network/handshake/proof'
import {
  completeSettings,
  type DialPlan,
  type HandshakeGiven,
  type HandshakeSettings,
  type LineFacts,
} from '#network/handshake/settings'
import type { HandshakeTerms } from '#network/handshake/terms'

export const COOKIE = 'a cookie for tests and nothing else'
export const SESSION = '00112233445566778899aabbccddeeff'

export const TERMS: HandshakeTerms = {
  messageBytesMax: 64_000_000,
  windowBytes: 1_000_000,
  keepAliveMs: 500,
  liveness: { host: '10.0.0.1', port: 4_000 },
  addresses: [{ transport: 'tcp', host: '10.0.0.1', port: 11_144, path: '' }],
}

/** Chance that repeats itself for the same seed. */
export function seededBytes(seed: number | Random): (length: number) => Uint8Array {
  const random = typeof seed === 'number' ? seededRandom(seed) : seed
  return (length) => Uint8Array.from({ length }, () => random.below(256))
}

export function settingsOf(name: string, given: Partial<HandshakeGiven> = {}): HandshakeSettings {
  const creation = name.length * 1_000_000_000
  return completeSettings({
    own: { name, creation },
    key: handshakeKey(COOKIE),
    flags: maskOf(['liveness', 'fragmentation']),
    terms: TERMS,
    randomBytes: seededBytes(name.length),
    ...given,
  })
}

export const NOBODY: DialPlan = { wanted: undefined, resume: undefined }
export const PLAIN: LineFacts = { remote: '10.0.0.9:5000', channelBinding: undefined }

export interface Meeting {
  readonly dialler: HandshakeSettings
  readonly acceptor: HandshakeSettings
  readonly plan: DialPlan
  readonly diallerLine: LineFacts
  readonly acceptorLine: LineFacts
  readonly admit: (applicant: Applicant) => Admission
  /** What becomes of a frame on its way, from the dialler or to it. */
  readonly way: (frame: Uint8Array, from: 'dialler' | 'acceptor') => readonly Uint8Array[]
}

export interface Met {
  readonly dialler: Outcome | undefined
  readonly acceptor: Outcome | undefined
  readonly sent: readonly { readonly from: 'dialler' | 'acceptor'; readonly bytes: Uint8Array }[]
  readonly asked: readonly Applicant[]
  readonly machines: { readonly dialler: Dialler; readonly acceptor: Acceptor }
}

export const meeting = (given: Partial<Meeting> = {}): Meeting => ({
  dialler: settingsOf('dialler@one'),
  acceptor: settingsOf('acceptor-a@two'),
  plan: NOBODY,
  diallerLine: PLAIN,
  acceptorLine: PLAIN,
  admit: () => ({ kind: 'fresh' }),
  way: (frame) => [frame],
  ...given,
})

/** Lets two machines talk until both are silent. */
export function meet(given: Partial<Meeting> = {}): Met {
  const { way, admit, ...rest } = meeting(given)
  const dialler = new Dialler(rest.dialler, rest.plan, rest.diallerLine)
  const acceptor = new Acceptor(rest.acceptor, rest.acceptorLine)
  const outcomes: { dialler?: Outcome; acceptor?: Outcome } = {}
  const asked: Applicant[] = []
  const sent: { from: 'dialler' | 'acceptor'; bytes: Uint8Array }[] = []
  const waiting: { from: 'dialler' | 'acceptor'; bytes: Uint8Array }[] = []
  const take = (from: 'dialler' | 'acceptor', step: Step): void => {
    for (const bytes of step.send) {
      sent.push({ from, bytes })
      waiting.push(...way(bytes, from).map((changed) => ({ from, bytes: changed })))
    }
    if (step.outcome !== undefined) {
      assert.equal(outcomes[from], undefined, `${from} has two outcomes`)
      outcomes[from] = step.outcome
    }
    if (step.ask === undefined) return
    asked.push(step.ask)
    take(from, acceptor.decide(admit(step.ask)))
  }
  take('acceptor', acceptor.start())
  take('dialler', dialler.start())
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (next.from === 'dialler') take('acceptor', acceptor.receive(next.bytes))
    else take('dialler', dialler.receive(next.bytes))
  }
  return {
    dialler: outcomes.dialler,
    acceptor: outcomes.acceptor,
    sent,
    asked,
    machines: { dialler, acceptor },
  }
}

export function agreementOf(outcome: Outcome | undefined): Agreement {
  assert.equal(outcome?.kind, 'agreed', told(outcome))
  return outcome.agreement
}

/** The code a side ended with: `agreed`, `silent`, or that of its error. */
export function codeOf(outcome: Outcome | undefined): ErrorCode | 'agreed' | 'silent' {
  if (outcome === undefined) return 'silent'
  return outcome.kind === 'agreed' ? 'agreed' : outcome.refusal.error.code
}

export const codesOf = ({ dialler, acceptor }: Met): readonly string[] => [
  codeOf(dialler),
  codeOf(acceptor),
]

function told(outcome: Outcome | undefined): string {
  return outcome?.kind === 'refused' ? outcome.refusal.error.message : 'no outcome'
}

export function flipped(frame: Uint8Array, at: number): Uint8Array {
  const changed = frame.slice()
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}

/** What a node may do that takes part in the handshake and does not play by its rules. */
export interface Forged {
  readonly name: string
  readonly version?: number
  readonly key?: Uint8Array
  /** Goes on with this session. */
  readonly resumed?: string
}

/** The outcome of a dialler that meets somebody who welcomes everybody. */
export function welcomedBy(dialler: Dialler, forged: Forged): Outcome | undefined {
  const { name, version = 1, key = handshakeKey(COOKIE), resumed } = forged
  const [hello] = dialler.start().send
  const nonce = new Uint8Array(32)
  const challenge = writeChallenge({ version, nonce, creation: 9, flags: 0n, name })
  const challenged = dialler.receive(challenge)
  const [proof] = challenged.send
  if (challenged.outcome !== undefined) return challenged.outcome
  assert.ok(hello !== undefined && proof !== undefined)
  const open = writeWelcome({
    resumed: resumed !== undefined,
    sessionId: resumed ?? SESSION,
    receivedBytes: 0,
    terms: TERMS,
  })
  const mac = proofOf(key, 'accept', [hello, challenge, proof, open], undefined)
  const step = dialler.receive(joined(open, mac))
  assert.deepEqual(step.send, [], 'behind its proof a dialler tells nothing more')
  return step.outcome
}
