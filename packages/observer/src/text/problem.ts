/**
 * text/problem: whatever was thrown, as what a browser is told: a status, a code and a remedy.
 *
 * Errors of Troupe say what happened and, after the last semicolon, what to do. All other errors
 * are ours: their text stays here.
 */
import { TroupeError } from 'troupe'
import type { Problem } from '#observer/contract/api'

/** The answer is this problem. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly problem: Problem
  /** Headers that belong to it. */
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, problem: Problem, headers: Readonly<Record<string, string>> = {}) {
    super(problem.message)
    this.status = status
    this.problem = problem
    this.headers = headers
  }
}

/** A refusal with the code that a program matches on. */
export const refused = (status: number, code: string, message: string, remedy: string): Refused =>
  new Refused(status, { code, message, remedy })

const STATUS: Readonly<Record<string, number>> = Object.freeze({
  APPLICATION_BUSY: 409,
  APPLICATION_DEPENDENCY: 409,
  APPLICATION_RUNNING: 409,
  APPLICATION_UNKNOWN: 404,
  CALL_TIMEOUT: 504,
  CALLEE_ENDED: 503,
  CHILD_UNKNOWN: 404,
  CONFIG_INVALID: 400,
  CONFIG_UNKNOWN: 404,
  CONNECTION_FULL: 503,
  CRON_JOB_UNKNOWN: 404,
  DIAL_TIMEOUT: 504,
  EVENT_UNKNOWN: 404,
  HANDSHAKE_TIMEOUT: 504,
  INSPECTION_LIMITED: 429,
  MAILBOX_FULL: 503,
  MESSAGE_INVALID: 400,
  MESSAGE_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_TAKEN: 409,
  NAME_UNKNOWN: 404,
  NO_CONNECTION: 503,
  NO_ROUTE: 503,
  NODE_NAME_INVALID: 400,
  NODE_STOPPED: 503,
  NOT_ALLOWED: 403,
  NOT_LEADER: 409,
  OPTION_INVALID: 400,
  PAYLOAD_TOO_LARGE: 400,
  PAYLOAD_UNSUPPORTED: 400,
  PROCESS_INCARNATION: 404,
  PROCESS_REVOKED: 503,
  PROCESS_UNKNOWN: 404,
  ROUTE_UNKNOWN: 404,
  SERVICE_UNAVAILABLE: 503,
})
/** Of a node that was asked and failed. */
const FAILED = 502

const REMEDIES: Readonly<Record<string, string>> = Object.freeze({
  CALL_TIMEOUT: 'its event loop may be blocked: see how late it is on the page of the node',
  MESSAGE_UNKNOWN: 'that node may run an older Troupe, which cannot answer this',
  NO_ROUTE: 'see on the cluster page whether it is still there',
  PROCESS_UNKNOWN: 'it has ended; look for the one that took its place by its name',
})

/** Characters of one text. */
const TEXT_MAX = 1_000

const cut = (text: string): string =>
  text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text

/** Which node was asked, for what it says of itself. */
export interface AskedOf {
  readonly node?: string | undefined
  /** Our own node, which asks. */
  readonly own?: string | undefined
}

/** What a browser is told of whatever was thrown. */
export function refusedOf(thrown: unknown, { node, own }: AskedOf = {}): Refused {
  if (thrown instanceof Refused) return thrown
  if (!TroupeError.is(thrown)) {
    return refused(500, 'OBSERVER_FAILED', 'the Observer itself failed', 'see its log')
  }
  const { code } = thrown
  const [told, advice] = halvesOf(thrown)
  const remedy = allowRemedy(thrown, node, own) ?? REMEDIES[code] ?? advice
  const problem = { code, message: cut(told), remedy: cut(remedy) }
  return new Refused(STATUS[code] ?? FAILED, problem, retryHeaders(thrown))
}

/** What happened, and what to do. */
function halvesOf({ code, message }: TroupeError): readonly [string, string] {
  const [mark, at] =
    code === 'OPTION_INVALID' ? [': ', message.indexOf(': ')] : ['; ', message.lastIndexOf('; ')]
  return at < 0 ? [message, ''] : [message.slice(0, at), message.slice(at + mark.length)]
}

/** The same without its status. */
export const problemOf = (thrown: unknown, asked: AskedOf = {}): Problem =>
  refusedOf(thrown, asked).problem

/** Which option of which node lets this one in. */
function allowRemedy(thrown: TroupeError, node = 'that node', own = 'this node') {
  if (thrown.code !== 'NOT_ALLOWED') return undefined
  const option = /system\.(manage|inspect)/.exec(thrown.message)?.[1]
  if (option === undefined) return undefined
  return `start ${node} with the option system: { ${option}: ['${own}'] }`
}

/** Where it was asked too often, the milliseconds after which it is answered again; else 0. */
export function retryMsOf(thrown: unknown): number {
  if (thrown instanceof Refused) return Number(thrown.headers['retry-after'] ?? 0) * 1_000
  if (!TroupeError.is(thrown, 'INSPECTION_LIMITED')) return 0
  const retryMs = Number(thrown.detail.retryMs)
  return retryMs > 0 ? Math.min(retryMs, 60_000) : 0
}

function retryHeaders(thrown: unknown): Readonly<Record<string, string>> {
  const retryMs = retryMsOf(thrown)
  return retryMs === 0 ? {} : { 'retry-after': String(Math.ceil(retryMs / 1_000)) }
}
