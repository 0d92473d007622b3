/**
 * network/peer/reading: the parts that messages of another node are made of, as values of ours.
 *
 * The sender a message names is always a process of the node at the other end of the line: nobody
 * can speak for others. Throws CODEC_INVALID or FRAME_INVALID for what cannot be.
 */
import {
  Alias,
  type ExitReason,
  formatTarget,
  type HomeAddress,
  isReason,
  Pid,
  type Priority,
  processName,
  SEND_FAILURES,
  type SendFailure,
  type Target,
  TroupeError,
  type WireHome,
} from '#contract'
import type { Decoder } from '#network/codec/decoder'
import { badFrame } from '#network/frame/line-frame'
import { FarPids } from './far-pids.js'
import { ROUTE } from './kinds.js'

const PRIORITIES: readonly Priority[] = ['normal', 'high', 'max']

/** The head of a message to a process of ours. */
export interface Head {
  readonly to: HomeAddress
  readonly fromId: number
  readonly priority: Priority
  readonly trace: string | undefined
}

export class Reading {
  /** The processes of the other node. */
  readonly far: FarPids
  readonly #home: WireHome
  readonly #decoder: Decoder

  constructor(node: string, creation: number, home: WireHome, decoder: Decoder) {
    this.far = new FarPids(node, creation)
    this.#home = home
    this.#decoder = decoder
  }

  /** Where a message goes, from whom, how urgent. */
  head(route: number): Head {
    const decoder = this.#decoder
    const priority = PRIORITIES[(route & ROUTE.priority) >> ROUTE.priorityShift]
    if (priority === undefined) throw badFrame('a priority that is none')
    const to = this.#address(route & 3)
    const fromId = (route & ROUTE.from) === 0 ? 0 : decoder.uint()
    const trace = (route & ROUTE.traced) === 0 ? undefined : decoder.text()
    return { to, fromId, priority, trace }
  }

  #address(form: number): HomeAddress {
    const { name, creation } = this.#home
    switch (form) {
      case ROUTE.pid:
        return this.local(this.#decoder.uint())
      case ROUTE.name:
        return processName(this.#decoder.name(), undefined, name)
      case ROUTE.alias:
        return Alias.of(name, this.#decoder.uint(), creation)
      default: {
        const given = this.#decoder.value() as Target
        const holds = Pid.is(given) || Alias.is(given) || (isTarget(given) && given.kind === 'name')
        if (!holds || given.node !== name) throw badFrame('an address that is not of this node')
        return given
      }
    }
  }

  /** Targets of this node; what it names elsewhere is not watched through us. */
  atHome(target: Target): Target {
    const { name } = this.#home
    if (target.node === name) return target
    throw badFrame(`a watch of ${formatTarget(target)}, which is not of this node`)
  }

  /** A process of ours, which may be of an earlier life of this node. */
  target(): Pid {
    const id = this.#decoder.uint()
    const creation = this.#decoder.uint()
    return this.#home.local(id, creation) ?? Pid.of(this.#home.name, id, creation)
  }

  /** A process of this life of this node. */
  local(id: number): Pid {
    const { name, creation } = this.#home
    return this.#home.local(id, creation) ?? Pid.of(name, id, creation)
  }

  /** The sender of a message; the other node itself has the id 0. */
  from({ fromId }: Head): Pid {
    return this.far.of(fromId)
  }

  /** Why something ended; what is no reason is wrapped into one. */
  reason(): ExitReason {
    const reason = this.#decoder.value()
    return isReason(reason) ? reason : { kind: 'custom', name: 'unknown-reason', detail: reason }
  }
}

const TARGET_KINDS: readonly unknown[] = ['pid', 'alias', 'name', 'event', 'node']

/** True for what can be watched. */
export const isTarget = (value: Target | undefined | null): value is Target =>
  typeof value === 'object' && value !== null && TARGET_KINDS.includes(value.kind)

/** What became of a message at another node: of a code that is none only that it got lost. */
export function failureOf(code: string): SendFailure | undefined {
  if (code === '') return undefined
  return SEND_FAILURES.find((failure) => failure === code) ?? 'NO_CONNECTION'
}

/** What another node gave as an error, as one of ours. */
export function codedError(value: unknown, node: string): TroupeError {
  return TroupeError.is(value) ? value : new TroupeError('NO_CONNECTION', { node }, value)
}
