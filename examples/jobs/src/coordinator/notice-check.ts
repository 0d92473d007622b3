/**
 * coordinator/notice-check: what a worker tells is data from afar: looked at before it counts.
 *
 * Answers why a notice is refused; a result is measured as the JSON in which clients get it.
 */
import { Pid, type ReplyOf } from 'troupe'
import type { Outcome, Worker } from '#jobs/worker/worker-protocol'

/** Longest result of a job, in bytes of JSON. */
export const RESULT_MAX_BYTES = 32 * 1024

/**
 * Objects and lists within each other. What is stored goes on to other nodes inside of records,
 * and the wire has a limit of its own for the whole.
 */
export const RESULT_DEPTH_MAX = 32

/** Why a word of a worker was refused; each is counted. */
export const REFUSALS = Object.freeze([
  'NOTICE_INVALID',
  'PROGRESS_INVALID',
  'RESULT_INVALID',
  'RESULT_TOO_LARGE',
  'TERM_STALE',
  'TRY_STALE',
  'TRY_UNKNOWN',
  'WORKER_UNKNOWN',
] as const)
export type Refusal = (typeof REFUSALS)[number]

/** Which try a notice is about. */
export interface TryName {
  readonly job: string
  readonly attempt: number
  readonly term: number
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

/** It names a try at all. */
export const isTryName = (value: unknown): value is TryName =>
  isObject(value) &&
  typeof value['job'] === 'string' &&
  isCount(value['attempt']) &&
  isCount(value['term'])

type Adoption = ReplyOf<typeof Worker, 'adopt'>
export type Adopted = Extract<Adoption, { readonly kind: 'adopted' }>

/** What a node answers that was asked what it has; undefined: no worker of it says that. */
export function adoptionOf(value: unknown, node: string): Adoption | undefined {
  if (!isObject(value)) return undefined
  const { kind, term, worker, held, capacity } = value
  if (kind === 'stale') return isCount(term) ? (value as Adoption) : undefined
  const isOwn = Pid.is(worker) && worker.node === node
  const isWhole = isOwn && typeof capacity === 'number' && Array.isArray(held)
  return kind === 'adopted' && isWhole && held.every(isTryName) ? (value as Adoption) : undefined
}

/** A share that has not gone back. */
export const isProgress = (value: unknown, before: number): value is number =>
  typeof value === 'number' && value >= before && value <= 1

/** It tells what became of a try. */
export function isOutcome(value: unknown): value is Outcome {
  if (!isObject(value)) return false
  const { kind, problem } = value
  return (
    kind === 'done' || ((kind === 'failed' || kind === 'crashed') && typeof problem === 'string')
  )
}

/** An outcome that can be stored, or why it cannot. */
export function storable(outcome: Outcome): Outcome | Refusal {
  if (outcome.kind !== 'done') return outcome
  const text = jsonOf(outcome.result)
  if (text === undefined) return 'RESULT_INVALID'
  if (Buffer.byteLength(text) > RESULT_MAX_BYTES) return 'RESULT_TOO_LARGE'
  const result: unknown = JSON.parse(text)
  return isDeeper(result, RESULT_DEPTH_MAX) ? 'RESULT_INVALID' : { kind: 'done', result }
}

const isDeeper = (value: unknown, levels: number): boolean =>
  isObject(value) &&
  (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)))

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value === undefined ? null : value)
  } catch {
    return undefined
  }
}
