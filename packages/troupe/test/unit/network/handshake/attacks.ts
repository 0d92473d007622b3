/**
 * attacks: everything that somebody between two nodes, or instead of one, may try.
 *
 * Each attack has a seed and runs whole handshakes. The rule is one: a side agrees only if what
 * it heard is what the other side said, and said now, on this line.
 */
import assert from 'node:assert/strict'
import { type Random, seededRandom } from '#base/random'
import { Acceptor } from '#network/handshake/acceptor'
import { Dialler } from '#network/handshake/dialler'
import type { Outcome, Step } from '#network/handshake/outcome'
import { handshakeKey } from '#network/handshake/proof'
import { REFUSAL_CODES } from '#network/handshake/refusals'
import type { HandshakeSettings, LineFacts } from '#network/handshake/settings'
import {
  agreementOf,
  codeOf,
  type Met,
  meet,
  NOBODY,
  PLAIN,
  seededBytes,
  settingsOf,
} from './handshake-kit.js'

type Side = 'dialler' | 'acceptor'

const BINDINGS = [undefined, Uint8Array.of(1, 2, 3, 4), Uint8Array.of(9)] as const

interface Pair {
  readonly dialler: HandshakeSettings
  readonly acceptor: HandshakeSettings
  readonly line: LineFacts
}

/** Two nodes with chance of their own. */
function pairOf(random: Random): Pair {
  const randomBytes = seededBytes(random)
  const channelBinding = BINDINGS[random.below(BINDINGS.length)]
  return {
    dialler: settingsOf('dialler@one', { randomBytes }),
    acceptor: settingsOf('acceptor@two', { randomBytes }),
    line: { ...PLAIN, channelBinding },
  }
}

const meetPair = ({ dialler, acceptor, line }: Pair, way?: Parameters<typeof meet>[0]): Met =>
  meet({ dialler, acceptor, diallerLine: line, acceptorLine: line, ...way })

/** Bytes that look a little like frames. */
function anyBytes(random: Random): Uint8Array {
  const length = [0, 1, 2, 3, 40, 300][random.below(6)] ?? 0
  const bytes = seededBytes(random)(length + random.below(20))
  if (random.below(3) === 0 || bytes.length < 3) return bytes
  bytes[0] = 0
  bytes[1] = Math.min(255, bytes.length - 2 + random.below(2))
  bytes[2] = random.below(7)
  return bytes
}

/** The frame cut or grown to a length that its own length tells. */
function resized(frame: Uint8Array, length: number): Uint8Array {
  const changed = new Uint8Array(Math.max(3, length))
  changed.set(frame.subarray(0, changed.length))
  changed[0] = (changed.length - 2) >> 8
  changed[1] = (changed.length - 2) & 255
  return changed
}

function altered(frame: Uint8Array, at: number, value: number): Uint8Array {
  const changed = frame.slice()
  changed[at] = value
  return changed
}

/** A frame as it may arrive when somebody has had his hands on it. */
export function tampered(frame: Uint8Array, random: Random): readonly Uint8Array[] {
  const at = random.below(frame.length)
  const other = random.below(frame.length)
  switch (random.below(9)) {
    case 0:
      return [altered(frame, at, random.below(256))]
    case 1:
      return [frame.slice(0, at)]
    case 2:
      return [resized(frame, at)]
    case 3:
      return [frame, frame]
    case 4:
      return []
    case 5:
      return [anyBytes(random), frame]
    case 6:
      return [frame, anyBytes(random)]
    case 7:
      // Fields of a later version.
      return [resized(frame, frame.length + 4)]
    default:
      return [altered(altered(frame, at, frame[other] ?? 0), other, frame[at] ?? 0)]
  }
}

const bytesOf = (frames: readonly Uint8Array[]): string => Buffer.concat(frames).toString('hex')

/** An outcome is an agreement, silence, or a code of the table: nothing else. */
function requireKnown(outcome: Outcome | undefined, seed: string): void {
  if (outcome?.kind !== 'refused') return
  const { code, message } = outcome.refusal.error
  assert.ok(REFUSAL_CODES.includes(code), `${seed}: ${code}`)
  assert.ok(!/\p{Cc}/u.test(message), `${seed}: ${message}`)
}

/** Frames are changed on their way; who agrees has heard what was said. */
function between(random: Random, seed: string): void {
  const pair = pairOf(random)
  const said: Record<Side, Uint8Array[]> = { dialler: [], acceptor: [] }
  const heard: Record<Side, Uint8Array[]> = { dialler: [], acceptor: [] }
  const target = random.below(5)
  let frames = 0
  const met = meetPair(pair, {
    way: (frame, from) => {
      said[from].push(frame)
      frames += 1
      const isHit = frames === target || (target === 0 && random.below(3) === 0)
      const arriving = isHit ? tampered(frame, random) : [frame]
      heard[from === 'dialler' ? 'acceptor' : 'dialler'].push(...arriving)
      return arriving
    },
  })
  requireKnown(met.dialler, seed)
  requireKnown(met.acceptor, seed)
  if (codeOf(met.acceptor) === 'agreed') {
    const saidBytes = bytesOf(said.dialler)
    assert.ok(bytesOf(heard.acceptor).startsWith(saidBytes), `${seed}: the acceptor was misled`)
    const [challenge] = said.acceptor
    assert.ok(bytesOf(heard.dialler).startsWith(bytesOf([challenge ?? new Uint8Array()])), seed)
  }
  if (codeOf(met.dialler) !== 'agreed') return
  assert.ok(bytesOf(heard.dialler).startsWith(bytesOf(said.acceptor)), `${seed}: misled`)
  const mine = agreementOf(met.dialler)
  const theirs = agreementOf(met.acceptor)
  assert.equal(mine.session.sessionId, theirs.session.sessionId, seed)
  assert.deepEqual(mine.flags, theirs.flags, seed)
  assert.equal(mine.version, theirs.version, seed)
}

/** Feeds frames to a machine that ought to refuse. */
function fed(machine: Dialler | Acceptor, frames: readonly Uint8Array[], seed: string): void {
  const steps: Step[] = [machine.start()]
  for (const frame of frames) steps.push(machine.receive(frame))
  steps.push(machine.expire())
  const outcomes = steps.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome]))
  assert.equal(outcomes.length, 1, `${seed}: one outcome`)
  requireKnown(outcomes[0], seed)
  assert.notEqual(codeOf(outcomes[0]), 'agreed', `${seed}: an attacker was let in`)
  assert.ok(
    steps.every(({ ask }) => ask === undefined),
    `${seed}: the policy was asked about an attacker`,
  )
  const told = Buffer.concat(steps.flatMap(({ send }) => send))
  assert.equal(told.indexOf(Buffer.from(handshakeKey('a cookie'))), -1)
}

const framesOf = (met: Met, side: Side): readonly Uint8Array[] =>
  met.sent.filter(({ from }) => from === side).map(({ bytes }) => bytes)

/** One side of a recorded handshake is played again to a new machine, on a line like the old. */
function replayed(random: Random, seed: string): void {
  const pair = pairOf(random)
  const met = meetPair(pair)
  if (random.below(2) === 0)
    fed(new Acceptor(pair.acceptor, pair.line), framesOf(met, 'dialler'), seed)
  else fed(new Dialler(pair.dialler, NOBODY, pair.line), framesOf(met, 'acceptor'), seed)
}

/** A machine hears itself. */
function reflected(random: Random, seed: string): void {
  const pair = pairOf(random)
  const dialler = new Dialler(pair.dialler, NOBODY, pair.line)
  const [hello] = dialler.start().send
  assert.ok(hello !== undefined)
  const heard = dialler.receive(hello)
  assert.equal(codeOf(heard.outcome), 'HANDSHAKE_INVALID', seed)
  const acceptor = new Acceptor(pair.acceptor, pair.line)
  const challenge = acceptor.receive(hello).send
  fed(new Acceptor(pair.acceptor, pair.line), [hello, ...challenge], seed)
  const proof = framesOf(meetPair(pair), 'dialler')[1]
  fed(new Acceptor(pair.acceptor, pair.line), [hello, ...(proof ? [proof] : [])], seed)
}

/** Frames of two handshakes, each genuine, put together. */
function spliced(random: Random, seed: string): void {
  const pair = pairOf(random)
  const first = meetPair(pair)
  const second = meetPair(pair)
  const side: Side = random.below(2) === 0 ? 'dialler' : 'acceptor'
  const frames = [...framesOf(first, side), ...framesOf(second, side)]
  const chosen = Array.from({ length: 3 }, () => frames[random.below(frames.length)])
  const sound = chosen.filter((frame) => frame !== undefined)
  if (side === 'dialler') fed(new Acceptor(pair.acceptor, pair.line), sound, seed)
  else fed(new Dialler(pair.dialler, NOBODY, pair.line), sound, seed)
}

/** Proofs are carried from one line to another: somebody ends TLS twice. */
function relayed(random: Random, seed: string): void {
  const pair = pairOf(random)
  const near = { ...PLAIN, channelBinding: seededBytes(random)(32) }
  const far = random.below(2) === 0 ? PLAIN : { ...PLAIN, channelBinding: seededBytes(random)(32) }
  const met = meet({ ...pair, diallerLine: near, acceptorLine: far })
  assert.deepEqual([codeOf(met.dialler), codeOf(met.acceptor)], Array(2).fill('COOKIE_MISMATCH'))
  assert.deepEqual(met.asked, [], seed)
}

/** Somebody who does not know the cookie, and follows the rules otherwise. */
function guessed(random: Random, seed: string): void {
  const pair = pairOf(random)
  const wrong = settingsOf('evil@three', { key: handshakeKey(`guess ${random.below(1e9)}`) })
  const isDialler = random.below(2) === 0
  const met = meetPair(isDialler ? { ...pair, dialler: wrong } : { ...pair, acceptor: wrong })
  assert.notEqual(codeOf(met.dialler), 'agreed', seed)
  assert.notEqual(codeOf(met.acceptor), 'agreed', seed)
  assert.deepEqual(met.asked, [], seed)
}

/** Bytes without a plan. */
function noise(random: Random, seed: string): void {
  const pair = pairOf(random)
  const frames = Array.from({ length: 1 + random.below(6) }, () => anyBytes(random))
  fed(new Acceptor(pair.acceptor, pair.line), frames, seed)
  fed(new Dialler(pair.dialler, NOBODY, pair.line), frames, seed)
}

/** All attacks by name. */
export const ATTACKS: Readonly<Record<string, (random: Random, seed: string) => void>> =
  Object.freeze({ between, replayed, reflected, spliced, relayed, guessed, noise })

/** One attack of each kind, all of one seed. */
export function attack(seed: number): void {
  for (const [name, run] of Object.entries(ATTACKS)) run(seededRandom(seed), `${name} ${seed}`)
}
