/**
 * testing/matching: whether a record is the one a test means.
 *
 * Knows nothing of journals. A filter names fields of the record; each may be a value (compared
 * deeply), a RegExp (tested against the text of the value) or a predicate.
 */
import { isDeepStrictEqual } from 'node:util'
import {
  type Address,
  Alias,
  behaviourOf,
  describeReason,
  type ExitReason,
  Pid,
  ProcessName,
} from '#contract'
import { type LabelOf, showTarget, showValue } from './describe-record.js'

/** Something that has a pid: a probe, for one. */
export interface HasPid {
  readonly pid: Pid
  readonly name?: string | undefined
}

/** What a field may be compared with. */
export type Match<T> = T | RegExp | ((value: T) => boolean) | (Pid extends T ? HasPid : never)

/** Fields of a record to match, and a predicate over the whole of it. */
export type Filter<R> = {
  readonly [K in Exclude<keyof R, 'kind' | 'index'>]?: Match<R[K]>
} & { readonly where?: (record: R) => boolean }

const hasPid = (value: unknown): value is HasPid =>
  typeof value === 'object' && value !== null && 'pid' in value && Pid.is(value.pid)

const isAddress = (value: unknown): value is Pid | Alias | ProcessName =>
  Pid.is(value) || Alias.is(value) || ProcessName.is(value)

/** True when both are addresses of the same receiver, as far as can be told from them. */
export function sameAddress(left: Address, right: Address | HasPid): boolean {
  if (hasPid(right)) {
    return (
      sameAddress(left, right.pid) || (right.name !== undefined && sameAddress(left, right.name))
    )
  }
  if (typeof left === 'string' || typeof right === 'string') return nameOf(left) === nameOf(right)
  if (Pid.is(left) && Pid.is(right)) return Pid.equals(left, right)
  if (Alias.is(left) && Alias.is(right)) {
    return left.id === right.id && left.node === right.node && left.creation === right.creation
  }
  if (!ProcessName.is(left) || !ProcessName.is(right)) return false
  return left.name === right.name && left.node === right.node
}

function nameOf(address: Address): string | undefined {
  if (typeof address === 'string') return address
  return ProcessName.is(address) && address.node === undefined ? address.name : undefined
}

const isReason = (value: unknown): value is ExitReason =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  (value.kind === 'crash' || value.kind === 'custom')

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (isReason(value)) return describeReason(value)
  return value instanceof Error ? `${'code' in value ? value.code : ''} ${value}` : showValue(value)
}

/** True when `value` is what the test means by `wanted`. */
export function matches(value: unknown, wanted: unknown): boolean {
  if (wanted instanceof RegExp) return wanted.test(textOf(value))
  if (typeof wanted === 'function') {
    // A class that can be spawned is a value to compare with, not a predicate.
    return value === wanted || (!(behaviourOf in wanted) && wanted(value) === true)
  }
  if (isAddress(value) || (typeof value === 'string' && (hasPid(wanted) || isAddress(wanted)))) {
    return (
      (typeof wanted === 'string' || isAddress(wanted) || hasPid(wanted)) &&
      sameAddress(value, wanted)
    )
  }
  return isDeepStrictEqual(value, wanted)
}

/** True when every field of the filter matches. */
export function matchesFilter<R extends object>(record: R, filter: Filter<R>): boolean {
  const fields = record as Readonly<Record<string, unknown>>
  for (const [name, wanted] of Object.entries(filter)) {
    if (name === 'where') {
      if (!(wanted as (record: R) => boolean)(record)) return false
    } else if (!matches(fields[name], wanted)) return false
  }
  return true
}

/** A filter in one line. */
export function describeFilter(
  filter: Readonly<Record<string, unknown>>,
  labelOf: LabelOf,
): string {
  const parts = Object.entries(filter).map(([name, wanted]) => `${name}: ${part(wanted, labelOf)}`)
  return parts.length === 0 ? '' : ` { ${parts.join(', ')} }`
}

function part(wanted: unknown, labelOf: LabelOf): string {
  if (hasPid(wanted)) return showTarget(wanted.pid, labelOf)
  if (isAddress(wanted)) return showTarget(wanted, labelOf)
  if (typeof wanted !== 'function') return showValue(wanted)
  const text = String(wanted).replaceAll(/\s+/g, ' ')
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
