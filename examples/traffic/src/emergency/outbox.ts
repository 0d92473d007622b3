/**
 * emergency/outbox: every emergency from its first report until somebody has taken it.
 *
 * It outlives the processes that fill and empty it, as a table of OTP outlives its writer, and
 * its records outlive the program. An emergency can be sent only after its record is on disk.
 * A disk that cannot write must not silence an emergency: then it is sent all the same and
 * counted in `notKept`; it would not survive the end of the program.
 * Limits: `waitingMax`, beyond it new ones are dropped and counted, and may come again with the
 * next report of their vehicle; `refusedMax` refused ones are kept, the newest.
 */

import type { Report } from '#traffic/store/position-table'
import { DISK_FAULTS, type WriteFailure } from '#traffic/store/shelf'
import { RETRY_CAUSES, type Verdict } from './answer.js'
import {
  DeliveryPlan,
  type Moment,
  PLAN_DEFAULTS,
  type PlanOptions,
  type Settlement,
  type Step,
} from './delivery-plan.js'
import { type Emergency, emergencyOf } from './emergency.js'
import { Journal, type RecordShelf } from './journal.js'
import {
  decodeRecord,
  type EmergencyRecord,
  type EmergencyState,
  encodeRecord,
  tidyTold,
} from './record.js'
import { type RepeatOptions, Repeats } from './repeats.js'
import { ShelfCount } from './shelf-count.js'
import type { EmergencyTally, RefusedEmergency } from './tally.js'

export interface OutboxOptions {
  /** False when there is nowhere to send to: emergencies are counted and no more. */
  readonly isAddressed: boolean
  /** Emergencies that may wait. */
  readonly waitingMax: number
  /** Refused ones that are kept. */
  readonly refusedMax: number
  readonly repeats: RepeatOptions
  readonly plan: PlanOptions
}

export const OUTBOX_DEFAULTS: OutboxOptions = Object.freeze({
  isAddressed: true,
  waitingMax: 10_000,
  refusedMax: 1_000,
  repeats: Object.freeze({ windowMs: 60_000, vehiclesMax: 100_000 }),
  plan: PLAN_DEFAULTS,
})

/** What became of a report: a new emergency, a known one, no room, or nowhere to send to. */
export type TakeVerdict = 'new' | 'repeat' | 'full' | 'unaddressed'

/** Told that an emergency is on disk. */
export type Kept = () => void

const zeros = <K extends string>(keys: readonly K[]): Record<K, number> =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>

export class Outbox {
  readonly #options: OutboxOptions
  readonly #journal: Journal
  readonly #repeats: Repeats
  readonly #plan: DeliveryPlan
  /** All that are neither delivered nor refused, by key. */
  readonly #waiting = new Map<string, Emergency>()
  /** Those of them whose record is on its way to disk, with who wants to know. */
  readonly #unwritten = new Map<string, Kept[]>()
  /** Those of them that have no record, since the disk could not write it. */
  readonly #unkept = new Set<string>()
  readonly #refused = new Map<string, RefusedEmergency>()
  readonly #counts = zeros(['received', 'repeated', 'delivered', 'refused', 'unaddressed', 'full'])
  readonly #notKept = zeros(DISK_FAULTS)
  readonly #retries = zeros(RETRY_CAUSES)
  readonly #onShelf = new ShelfCount()
  #recovered = 0

  /** Goes on with what lies on the shelf. */
  constructor(shelf: RecordShelf, options: OutboxOptions = OUTBOX_DEFAULTS) {
    this.#options = options
    this.#journal = new Journal(shelf)
    this.#repeats = new Repeats(options.repeats)
    this.#plan = new DeliveryPlan(options.plan)
    this.#recover(shelf)
  }

  /**
   * Takes a report with the mark of an emergency.
   *
   * `kept` is called once when the emergency is on disk, at once for a known one that is there or
   * when there is nowhere to send to, and never for one that could not be kept.
   */
  take(report: Report, kept?: Kept): TakeVerdict {
    this.#counts.received += 1
    const { position, receivedAtMs } = report
    const known = this.#repeats.find(position.id, receivedAtMs)
    if (known !== undefined) return this.#takeRepeat(known, kept)
    const { isAddressed, waitingMax } = this.#options
    // A dropped one opens no window, so the next report of its vehicle has another chance.
    if (isAddressed && this.#waiting.size >= waitingMax) return this.#count('full')
    const emergency = emergencyOf(report)
    if (this.#waiting.has(emergency.key)) return this.#takeRepeat(emergency.key, kept)
    this.#forget(this.#repeats.open(position.id, emergency.key, receivedAtMs))
    if (!isAddressed) {
      kept?.()
      return this.#count('unaddressed')
    }
    this.#waiting.set(emergency.key, emergency)
    this.#unwritten.set(emergency.key, kept === undefined ? [] : [kept])
    this.#put(emergency, { kind: 'waiting' }, (failure) => this.#written(emergency, failure))
    return 'new'
  }

  /** True while something waits to be written. */
  get hasUnwritten(): boolean {
    return this.#journal.pending > 0
  }

  /** Writes one group of records; settles when it is on disk. Never rejects. */
  writeGroup(): Promise<void> {
    return this.#journal.writeGroup()
  }

  /** Writes all that is left; before the data file is closed. */
  writeAll(): Promise<void> {
    return this.#journal.writeAll()
  }

  /** What to send now; see `DeliveryPlan`. */
  next(nowMs: number): Step {
    return this.#plan.next(nowMs)
  }

  /** Nobody will hear the answers to what is in flight: it is due again. */
  interrupt(nowMs: number): void {
    this.#plan.interrupt(nowMs)
  }

  /** An attempt was answered; undefined when none with this key is in flight. */
  settle(key: string, verdict: Verdict, moment: Moment): Settlement | undefined {
    const emergency = this.#waiting.get(key)
    const settlement = this.#plan.settle(key, verdict, moment)
    if (settlement === undefined || emergency === undefined) return undefined
    switch (verdict.kind) {
      case 'retry':
        this.#retries[verdict.cause] += 1
        break
      case 'delivered':
        this.#counts.delivered += 1
        this.#delivered(emergency)
        break
      case 'refused':
        this.#counts.refused += 1
        this.#refuse({ emergency, status: verdict.status, told: tidyTold(verdict.told) })
    }
    return settlement
  }

  /** Closes the windows that are over and removes the records kept for them. */
  expire(wallMs: number): void {
    this.#forget(this.#repeats.expire(wallMs))
  }

  /** Refused emergencies, the newest last. */
  refused(): readonly RefusedEmergency[] {
    return [...this.#refused.values()]
  }

  tally(): EmergencyTally {
    const { full, ...counts } = this.#counts
    return {
      ...counts,
      recovered: this.#recovered,
      dropped: { full },
      waiting: this.#waiting.size,
      inFlight: this.#plan.inFlight,
      notKept: { ...this.#notKept },
      retries: { ...this.#retries },
      circuit: this.#plan.circuit,
      shelf: this.#onShelf.read(),
    }
  }

  #count<K extends 'full' | 'unaddressed'>(verdict: K): K {
    this.#counts[verdict] += 1
    return verdict
  }

  #takeRepeat(key: string, kept: Kept | undefined): 'repeat' {
    this.#counts.repeated += 1
    if (kept === undefined) return 'repeat'
    const others = this.#unwritten.get(key)
    if (others !== undefined) others.push(kept)
    else if (!this.#unkept.has(key)) kept()
    return 'repeat'
  }

  /** From here on it may be sent; who waits for it to be kept is told if it is. */
  #written(emergency: Emergency, failure: WriteFailure | undefined): void {
    const told = this.#unwritten.get(emergency.key) ?? []
    this.#unwritten.delete(emergency.key)
    this.#plan.add(emergency)
    if (failure === undefined) {
      for (const kept of told) kept()
      return
    }
    this.#notKept[failure.cause] += 1
    this.#unkept.add(emergency.key)
  }

  /** Remembered on disk while its window is open, so that a restart knows a repeat. */
  #delivered(emergency: Emergency): void {
    const { key, id } = emergency
    this.#waiting.delete(key)
    this.#unkept.delete(key)
    if (this.#repeats.remembers(id, key)) this.#put(emergency, { kind: 'delivered' })
    else this.#remove(key)
  }

  #refuse(refused: RefusedEmergency): void {
    const { emergency, status, told } = refused
    this.#waiting.delete(emergency.key)
    this.#unkept.delete(emergency.key)
    this.#put(emergency, { kind: 'refused', status, told })
    this.#keepRefused(refused)
  }

  #keepRefused(refused: RefusedEmergency): void {
    this.#refused.set(refused.emergency.key, refused)
    if (this.#refused.size <= this.#options.refusedMax) return
    const [oldest] = this.#refused.keys()
    if (oldest === undefined) return
    this.#refused.delete(oldest)
    this.#remove(oldest)
  }

  #put(emergency: Emergency, state: EmergencyState, done?: (failure?: WriteFailure) => void): void {
    const { key } = emergency
    this.#journal.put(key, encodeRecord({ emergency, state }), (failure) => {
      if (failure === undefined) this.#onShelf.wrote(key, state.kind)
      done?.(failure)
    })
  }

  #remove(key: string): void {
    this.#journal.remove(key, (failure) => {
      if (failure === undefined) this.#onShelf.removed(key)
    })
  }

  /** Removes what was kept for a window only; what waits or was refused stays. */
  #forget(keys: readonly string[]): void {
    if (!this.#options.isAddressed) return
    for (const key of keys) {
      if (!this.#waiting.has(key) && !this.#refused.has(key)) this.#remove(key)
    }
  }

  #recover(shelf: RecordShelf): void {
    const known: EmergencyRecord[] = []
    for (const { key, body } of shelf.entries()) {
      const record = decodeRecord(key, body)
      if (record === undefined) this.#onShelf.foundUnreadable()
      else known.push(record)
    }
    known.sort((left, right) => left.emergency.receivedAtMs - right.emergency.receivedAtMs)
    for (const { emergency, state } of known) {
      const { id, key, receivedAtMs } = emergency
      this.#onShelf.wrote(key, state.kind)
      if (state.kind === 'refused') this.#keepRefused({ emergency, ...state })
      if (state.kind === 'waiting') {
        this.#recovered += 1
        this.#waiting.set(key, emergency)
        this.#plan.add(emergency)
      }
      this.#forget(this.#repeats.open(id, key, receivedAtMs))
    }
  }
}
