/**
 * cluster/registrar/across/told: says what an operator should know, and not over and over.
 *
 * Limit: the same about the same once in `QUIET_MS`; `SUBJECTS_MAX` are remembered.
 */

const QUIET_MS = 60_000
const SUBJECTS_MAX = 1_024

/** What somebody should know: a code to match on, and a sentence. */
export interface AcrossProblem {
  readonly code: AcrossProblemCode
  readonly text: string
}

export type AcrossProblemCode =
  | 'host-silent'
  | 'host-twice'
  | 'host-nowhere'
  | 'host-own'
  | 'host-unresolved'
  | 'node-homebound'
  | 'node-unreachable'
  | 'table-invalid'
  | 'table-too-large'

export type Tell = (code: AcrossProblemCode, subject: string, text: string) => void

/** Hands on what was not told lately. */
export function quietly(told: (problem: AcrossProblem) => void, nowMs: () => number): Tell {
  const lately = new Map<string, number>()
  return (code, subject, text) => {
    const key = `${code} ${subject}`
    const before = lately.get(key)
    if (before !== undefined && nowMs() - before < QUIET_MS) return
    if (lately.size >= SUBJECTS_MAX) lately.clear()
    lately.set(key, nowMs())
    told({ code, text })
  }
}
