/**
 * page/model/told: the sheets of the nodes as a page reads them: JSON, each identity as text.
 *
 * Pids are texts that can be sent back, see `PidText`; other addresses are as they are printed.
 */

import type {
  ApplicationInfo,
  AuditSheet,
  DeadLetterPage,
  DeadLetterSheet,
  EventInfo,
  LogSheet,
  MessageSheet,
  ProcessInsight,
  ProcessPage,
  ProcessRow,
  ProcessSheet,
  SpanSheet,
  TracesSheet,
  TreeRow,
  TreeSheet,
  WhySheet,
  WhyStep,
} from 'troupe'
import type { PidText } from '#observer/contract/api'

/** What a value has become on its way here. */
export type Told<T> = T extends { readonly kind: 'pid' }
  ? PidText
  : T extends { readonly kind: 'alias' | 'name' | 'event' | 'node'; readonly node: unknown }
    ? string
    : T extends readonly (infer Row)[]
      ? readonly Told<Row>[]
      : T extends object
        ? { readonly [Key in keyof T]: Told<T[Key]> }
        : T

export type ToldApplication = Told<ApplicationInfo>
export type ToldAudit = Told<AuditSheet>
export type ToldDeadLetter = Told<DeadLetterSheet>
export type ToldDeadLetters = Told<DeadLetterPage>
export type ToldEvent = Told<EventInfo>
export type ToldInsight = Told<ProcessInsight>
export type ToldLog = Told<LogSheet>
export type ToldMessage = Told<MessageSheet>
export type ToldProcess = Told<ProcessSheet>
export type ToldProcesses = Told<ProcessPage>
export type ToldProcessRow = Told<ProcessRow>
export type ToldSpan = Told<SpanSheet>
export type ToldTraces = Told<TracesSheet>
export type ToldTree = Told<TreeSheet>
export type ToldTreeRow = Told<TreeRow>
export type ToldWhy = Told<WhySheet>
export type ToldWhyStep = Told<WhyStep>
