/**
 * apps/system/memory: what has happened on a node, as far as it is kept to be shown.
 *
 * It listens to the log and to dead letters from the start of the node, whoever looks, and goes on
 * when the process `system` starts anew. A record is made plain at once, so that nothing of the
 * program is held by it; in a storm only so many a second are, and the rest is counted.
 */
import type { AuditSheet, DeadLetterSheet, LogSheet } from '#cluster'
import {
  type Act,
  type DeadLetter,
  formatTarget,
  type LogRecord,
  type LogSink,
  type NodeInspection,
  type SystemOptions,
} from '#contract'
import { cutText, cutValue } from './cut-value.js'
import { RecordRing } from './record-ring.js'
import { addressOf, maybeAddress, nameOf } from './row.js'
import { PerSecond } from './second.js'

/** What is kept of each kind. */
export interface Kept {
  readonly logs: LogSheet
  readonly 'dead-letters': DeadLetterSheet
  readonly audit: AuditSheet
}

/** Told of each record as it comes; undefined: one was left out in a storm. */
export type Listener = <K extends keyof Kept>(of: K, record: Kept[K] | undefined) => void

const SINK = 'troupe.system'
const LETTERS_MAX = 1_000
const AUDIT_MAX = 1_000
/** Records of each kind that are made plain in a second. */
const RECORDS_PER_SECOND = 2_000
/** Characters of a message, and of the fields of one record. */
const MESSAGE_CHARS_MAX = 2_000
const FIELDS_CHARS_MAX = 4_000

export class Memory {
  readonly logs: RecordRing<LogSheet>
  readonly letters = new RecordRing<DeadLetterSheet>(LETTERS_MAX)
  readonly audit = new RecordRing<AuditSheet>(AUDIT_MAX)
  /** Who follows; one for each life of the process `system`. */
  listener: Listener = () => {}
  /** Somebody follows this now: it is made plain even where nothing of it is kept. */
  isFollowed: (of: keyof Kept) => boolean = () => false
  readonly #inspection: NodeInspection
  readonly #logsPerSecond = new PerSecond(RECORDS_PER_SECOND)
  readonly #lettersPerSecond = new PerSecond(RECORDS_PER_SECOND)

  constructor(inspection: NodeInspection, { logRecordsMax }: Required<SystemOptions>) {
    this.#inspection = inspection
    this.logs = new RecordRing(logRecordsMax)
    const sink: LogSink = { name: SINK, write: (record) => this.#logged(record) }
    inspection.node.log.addSink(sink)
    inspection.tapDeadLetters((letter) => this.#dropped(letter))
  }

  acted(act: Act): { -readonly [K in keyof AuditSheet]: AuditSheet[K] } {
    const timeMs = this.#inspection.clock.wallMs()
    const record = { ...act, number: this.audit.nextNumber(), timeMs, times: 1 }
    this.audit.put(record)
    this.listener('audit', record)
    return record
  }

  #logged(record: LogRecord): void {
    const number = this.logs.nextNumber()
    if (this.logs.isNone && !this.isFollowed('logs')) return
    if (!this.#logsPerSecond.take(this.#inspection.clock.nowMs())) {
      this.listener('logs', undefined)
      return
    }
    const sheet = logSheet(number, record, this.#inspection)
    this.logs.put(sheet)
    this.listener('logs', sheet)
  }

  #dropped(letter: DeadLetter): void {
    const number = this.letters.nextNumber()
    const { clock } = this.#inspection
    if (!this.#lettersPerSecond.take(clock.nowMs())) {
      this.listener('dead-letters', undefined)
      return
    }
    const { cause, from, to, message, count } = letter
    const sheet: DeadLetterSheet = {
      ...{ number, cause, count, timeMs: clock.wallMs() },
      from: maybeAddress(from),
      to: nameOf(formatTarget(to)),
      message: nameOf(message),
    }
    this.letters.put(sheet)
    this.listener('dead-letters', sheet)
  }
}

function logSheet(number: number, record: LogRecord, inspection: NodeInspection): LogSheet {
  const { timeMs, level, source, message, fields } = record
  const isEmpty = Object.keys(fields).length === 0
  return {
    ...{ number, timeMs, level },
    source: sourceSheet(source),
    message: cutText(String(message), MESSAGE_CHARS_MAX),
    fields: isEmpty ? {} : cutValue(inspection.plain(fields), FIELDS_CHARS_MAX),
  }
}

function sourceSheet(source: LogRecord['source']): LogSheet['source'] {
  const nothing = { pid: undefined, name: undefined, behaviour: undefined, application: undefined }
  switch (source.kind) {
    case 'node':
      return { ...nothing, kind: 'node', name: source.node }
    case 'network':
      return { ...nothing, kind: 'network', name: nameOf(source.peer) }
    case 'application':
      return { ...nothing, kind: 'application', application: nameOf(source.application) }
    case 'process': {
      const { pid, name, behaviour, application } = source
      return {
        kind: 'process',
        pid: addressOf(pid),
        name: name === undefined ? undefined : nameOf(name),
        behaviour: nameOf(behaviour),
        application: application === undefined ? undefined : nameOf(application),
      }
    }
  }
}
