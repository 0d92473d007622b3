/**
 * health/signals: all signals of a node and what they make of each probe.
 *
 * Knows no process and no timer: whether a heartbeat is overdue is worked out from the time it is
 * given. No signals for a probe: it is healthy.
 * Limit: `SIGNALS_MAX`.
 *
 * @source ergo-features 26
 */
import { Pid, TroupeError } from 'troupe'
import type { DownCause } from '#metrics/options'
import { requireThat } from '#metrics/options'
import type { Probe, SignalRegistration } from './protocol.js'

export const PROBES: readonly Probe[] = Object.freeze(['live', 'ready', 'startup'])
export const SIGNALS_MAX = 1_000
const NAME_CHARS_MAX = 255
const TIMEOUT_MS_MAX = 86_400_000

/** One signal as it is told. */
export interface SignalState {
  readonly signal: string
  readonly status: 'up' | 'down'
  readonly timeoutMs: number | undefined
}

/** A signal that has changed. */
export type SignalChange =
  | { readonly kind: 'up'; readonly signal: string }
  | { readonly kind: 'down'; readonly signal: string; readonly why: DownCause }

interface Signal {
  readonly name: string
  readonly probes: ReadonlySet<Probe>
  readonly timeoutMs: number | undefined
  /** Undefined: it has ended, or the node itself registered it. */
  owner: Pid | undefined
  ownerEnded: boolean
  /** Said by the owner or by its end. */
  isUp: boolean
  beatMs: number
  /** What the callbacks were told last. */
  toldUp: boolean
}

const isOverdue = ({ timeoutMs, beatMs }: Signal, nowMs: number): boolean =>
  timeoutMs !== undefined && nowMs - beatMs > timeoutMs

const isUp = (signal: Signal, nowMs: number): boolean => signal.isUp && !isOverdue(signal, nowMs)

export class Signals {
  readonly #all = new Map<string, Signal>()
  /** Changes with everything that may change an answer, except the time. */
  version = 0
  /** Updates of signals that nobody has registered. */
  unknown = 0

  /** OPTION_INVALID, NAME_TAKEN. */
  register(given: SignalRegistration, owner: Pid | undefined, nowMs: number): void {
    const { signal: name, probes, timeoutMs } = readRegistration(given)
    const known = this.#all.get(name)
    if (known !== undefined) requireOwner(known, owner)
    const hasRoom = known !== undefined || this.#all.size < SIGNALS_MAX
    requireThat(hasRoom, 'signal', name, `a node has at most ${SIGNALS_MAX}`)
    const toldUp = known?.toldUp ?? true
    const state = { owner, ownerEnded: false, isUp: true, beatMs: nowMs, toldUp }
    this.#all.set(name, { name, probes, timeoutMs, ...state })
    this.version += 1
  }

  /** False when there is none; NAME_TAKEN when it is another's. */
  unregister(name: string, owner: Pid | undefined): boolean {
    const known = this.#all.get(name)
    if (known === undefined) return false
    requireOwner(known, owner)
    this.#all.delete(name)
    this.version += 1
    return true
  }

  /** A heartbeat, or the owner's word: whether it has changed anything, or is of no signal. */
  tell(name: unknown, isWell: boolean, nowMs: number): 'changed' | 'same' | 'unknown' {
    const signal = typeof name === 'string' ? this.#all.get(name) : undefined
    if (signal === undefined) {
      this.unknown += 1
      return 'unknown'
    }
    // What somebody sends late in the name of one that has ended does not bring it back.
    if (signal.ownerEnded) return 'same'
    const before = isUp(signal, nowMs)
    signal.isUp = isWell
    if (isWell) signal.beatMs = nowMs
    if (before === isWell) return 'same'
    this.version += 1
    return 'changed'
  }

  /** Its owner has ended: all its signals are down until they are registered again. */
  ended(owner: Pid): void {
    for (const signal of this.#all.values()) {
      if (signal.owner === undefined || !Pid.equals(signal.owner, owner)) continue
      signal.owner = undefined
      signal.ownerEnded = true
      signal.isUp = false
      this.version += 1
    }
  }

  /** Processes that answer for something. */
  owners(): readonly Pid[] {
    const owners = [...this.#all.values()].map(({ owner }) => owner)
    return owners.filter((owner) => owner !== undefined)
  }

  /** What has changed since the last time; for the callbacks. */
  changes(nowMs: number): readonly SignalChange[] {
    const changes: SignalChange[] = []
    for (const signal of this.#all.values()) {
      const up = isUp(signal, nowMs)
      if (up === signal.toldUp) continue
      signal.toldUp = up
      const why = signal.ownerEnded ? 'owner-ended' : signal.isUp ? 'silent' : 'told'
      const { name } = signal
      changes.push(up ? { kind: 'up', signal: name } : { kind: 'down', signal: name, why })
    }
    return changes
  }

  /** The signals of a probe, by name. */
  of(probe: Probe, nowMs: number): readonly SignalState[] {
    const mine = [...this.#all.values()].filter(({ probes }) => probes.has(probe))
    return mine
      .map((signal): SignalState => {
        const { name, timeoutMs } = signal
        return { signal: name, status: isUp(signal, nowMs) ? 'up' : 'down', timeoutMs }
      })
      .sort((a, b) => (a.signal < b.signal ? -1 : 1))
  }

  /** When the answer changes by itself: the first heartbeat that will be overdue. */
  changesAtMs(nowMs: number): number {
    let first = Number.POSITIVE_INFINITY
    for (const signal of this.#all.values()) {
      if (signal.timeoutMs === undefined || !isUp(signal, nowMs)) continue
      first = Math.min(first, signal.beatMs + signal.timeoutMs)
    }
    return first
  }
}

function requireOwner({ name, owner }: Signal, asking: Pid | undefined): void {
  const isFree = owner === undefined || (asking !== undefined && Pid.equals(owner, asking))
  if (isFree) return
  throw new TroupeError('NAME_TAKEN', { name, holder: Pid.format(owner) })
}

function readRegistration(given: unknown): {
  readonly signal: string
  readonly probes: ReadonlySet<Probe>
  readonly timeoutMs: number | undefined
} {
  const isObject = typeof given === 'object' && given !== null
  requireThat(isObject, 'register', given, 'give { signal, probes, timeoutMs }')
  const { signal, probes = ['live'], timeoutMs } = given as Partial<SignalRegistration>
  const isName = typeof signal === 'string' && signal !== '' && signal.length <= NAME_CHARS_MAX
  requireThat(isName, 'signal', signal, `give a text of at most ${NAME_CHARS_MAX} characters`)
  const isList = Array.isArray(probes) && probes.length > 0
  const areProbes = isList && probes.every((probe) => PROBES.includes(probe))
  requireThat(areProbes, 'probes', probes, `give a list of ${PROBES.join(', ')}`)
  const isTime = Number.isFinite(timeoutMs) && Number(timeoutMs) > 0
  const holds = timeoutMs === undefined || (isTime && Number(timeoutMs) <= TIMEOUT_MS_MAX)
  requireThat(holds, 'timeoutMs', timeoutMs, `give milliseconds up to ${TIMEOUT_MS_MAX}`)
  return { signal, probes: new Set(probes), timeoutMs }
}
