/**
 * cluster/membership/pulse: what the connection with one node, and the answers of its loop, tell.
 *
 * Decides only: notices of the network, answers and failures come in, findings go out. One life of
 * a node at a time: what is told of another one than the connected one counts for nothing.
 *
 * ```text
 * connected -- answered --> responding      any -- silent --> suspect -- well --> what it was
 * any -- missedMax times no answer, or blocked --> unresponsive -- answered --> responding
 * ```
 *
 * @source elixir-cluster 3.3 (three failed checks, one success); design 5
 */
import type { DetectorFinding, PeerNotice } from '#contract'

/** What a loop said of itself when it was asked. */
export interface LoopAnswer {
  /** Of the life that answered. */
  readonly creation: number
  readonly roundTripMs: number
  readonly loopDelayMs: number
}

/** What is known of a node while there is a connection. */
export interface Pulse {
  readonly creation: number
  /** `silent`: asked whether it lives; `blocked`: it does, and its loop stands still. */
  readonly line: 'up' | 'silent' | 'blocked'
  /** Of its loop since it was connected, or since it stood still. */
  readonly last: LoopAnswer | undefined
  /** Milliseconds since 1970. */
  readonly answeredMs: number
  /** Questions in a row that its loop did not answer. */
  readonly missed: number
}

/** What has happened. */
export type PulseInput =
  | Extract<PeerNotice, { readonly kind: 'node-up' | 'node-down' | 'node-suspect' }>
  | Extract<PeerNotice, { readonly kind: 'node-busy' | 'node-well' }>
  | { readonly kind: 'answered'; readonly answer: LoopAnswer; readonly wallMs: number }
  | { readonly kind: 'missed'; readonly problem: string }

/** What follows: what is known from now on, and what is to be told. */
export interface PulseStep {
  readonly pulse: Pulse | undefined
  readonly finding: DetectorFinding | undefined
}

/** One turn; `missedMax`: so many questions without an answer make a node unresponsive. */
export function pulseStep(
  pulse: Pulse | undefined,
  input: PulseInput,
  missedMax: number,
): PulseStep {
  if (input.kind === 'node-up') return connected(pulse, input.creation)
  if (pulse === undefined) return { pulse, finding: undefined }
  switch (input.kind) {
    case 'node-down':
      return down(pulse, input.creation, input.reason)
    case 'node-suspect':
      return suspect(pulse, input.reason)
    case 'node-busy':
      return busy(pulse, input.loopDelayMs, missedMax)
    case 'node-well':
      return well(pulse, missedMax)
    case 'answered':
      return answered(pulse, input.answer, input.wallMs)
    case 'missed':
      return missed(pulse, input.problem, missedMax)
  }
}

/** Another life than the connected one: the network tells its end first, so it is never earlier. */
function connected(before: Pulse | undefined, creation: number): PulseStep {
  if (before !== undefined && before.creation >= creation) return still(before)
  const pulse: Pulse = { creation, line: 'up', last: undefined, answeredMs: 0, missed: 0 }
  return { pulse, finding: { kind: 'connected', creation, reason: CONNECTED } }
}

function down(pulse: Pulse, creation: number, reason: string): PulseStep {
  if (creation !== pulse.creation) return still(pulse)
  return { pulse: undefined, finding: { kind: 'gone', creation, reason } }
}

function suspect(pulse: Pulse, reason: string): PulseStep {
  const { creation } = pulse
  return { pulse: { ...pulse, line: 'silent' }, finding: { kind: 'suspect', creation, reason } }
}

/** Its loop stands still: whatever it said before counts no more until it answers again. */
function busy(pulse: Pulse, loopDelayMs: number, missedMax: number): PulseStep {
  const { creation } = pulse
  const reason = `its event loop is behind by ${Math.round(loopDelayMs)} ms`
  const missedNow = Math.max(pulse.missed, missedMax)
  return {
    pulse: { ...pulse, line: 'blocked', last: undefined, missed: missedNow },
    finding: { kind: 'unresponsive', creation, reason, loopDelayMs },
  }
}

/** Silence is over, and with it what followed from it; whether its loop answers is asked. */
function well(before: Pulse, missedMax: number): PulseStep {
  if (before.line !== 'silent') return still({ ...before, line: 'up' })
  const pulse: Pulse = { ...before, line: 'up' }
  const { creation, last, missed: count } = pulse
  if (count >= missedMax) return { pulse, finding: deaf(pulse, 'it speaks again') }
  if (last !== undefined) return { pulse, finding: responding(pulse, last) }
  return { pulse, finding: { kind: 'connected', creation, reason: 'it speaks again' } }
}

/** An answer is a sign of life, whatever was thought before. */
function answered(before: Pulse, answer: LoopAnswer, wallMs: number): PulseStep {
  if (answer.creation !== before.creation) return still(before)
  const pulse: Pulse = { ...before, line: 'up', last: answer, answeredMs: wallMs, missed: 0 }
  return { pulse, finding: responding(pulse, answer) }
}

/** Told once, when it has been too many; not while silence says more. */
function missed(before: Pulse, problem: string, missedMax: number): PulseStep {
  const pulse: Pulse = { ...before, missed: before.missed + 1 }
  const isNews = pulse.missed === missedMax && pulse.line === 'up'
  return isNews ? { pulse, finding: deaf(pulse, problem) } : still(pulse)
}

const CONNECTED = 'there is a connection'

const still = (pulse: Pulse): PulseStep => ({ pulse, finding: undefined })

const responding = (
  { creation, answeredMs }: Pulse,
  { roundTripMs, loopDelayMs }: LoopAnswer,
): DetectorFinding => ({ kind: 'responding', creation, roundTripMs, loopDelayMs, answeredMs })

const deaf = ({ creation, missed: count, last }: Pulse, problem: string): DetectorFinding => ({
  kind: 'unresponsive',
  creation,
  reason: `its loop has not answered ${count} times: ${problem}`,
  loopDelayMs: last?.loopDelayMs ?? 0,
})

/** What somebody is told who looks at it from now on. */
export function findingOf(pulse: Pulse, missedMax: number): DetectorFinding {
  const { creation, line, last, missed: count } = pulse
  if (line === 'silent') return { kind: 'suspect', creation, reason: 'it is silent' }
  if (line === 'blocked') {
    return { kind: 'unresponsive', creation, reason: 'its event loop is behind', loopDelayMs: 0 }
  }
  if (count >= missedMax) return deaf(pulse, 'it is asked again')
  if (last !== undefined) return responding(pulse, last)
  return { kind: 'connected', creation, reason: CONNECTED }
}
