/**
 * client/faults: what a failed attempt means: whether it may have happened, and what to do.
 *
 * Pure: from code and text of gRPC to a verdict. What is not known may have happened.
 *
 * @source etcd v3.4 to v3.6 rpctypes/error.go; gRPC status codes
 */

/** What became of one attempt that brought no answer. */
export type Fault =
  /** Nothing was sent. `distrusted`: the certificates do not fit, which no waiting mends. */
  | { readonly kind: 'unsent'; readonly problem: string; readonly distrusted: boolean }
  /** This member did not do it and could not; another one may. */
  | { readonly kind: 'aside'; readonly problem: string }
  /** It may have been done, or may still be. `oversized`: it was, and the answer is too large. */
  | { readonly kind: 'lost'; readonly problem: string; readonly oversized: boolean }
  /** The token is of before: a new one is needed, and nothing was done. */
  | { readonly kind: 'stale'; readonly problem: string }
  /** Etcd said no. */
  | { readonly kind: 'refused'; readonly problem: string }

/** Code and text of gRPC's status. */
export interface Status {
  readonly code: number
  readonly details: string
}

const anyOf = (...texts: readonly string[]): RegExp => new RegExp(texts.join('|'))

/** Said before anything is done: by whoever has no leader, is full or is no full member. */
const ASIDE = anyOf(
  'etcdserver: no leader',
  'etcdserver: not leader',
  'etcdserver: not capable',
  'etcdserver: too many requests',
  'etcdserver: rpc not supported for learner',
  'raft proposal dropped',
)
const STALE = anyOf(
  'invalid auth token',
  'auth: revision in header is old',
  'etcdserver: user name is empty',
)
const UNSENT = anyOf(
  '^No connection established',
  '^Name resolution failed',
  '^Stream refused by server',
)
/** OpenSSL and Node.js, when certificates or protocols do not fit. */
const DISTRUST = anyOf(
  '[cC]ertificate',
  'CERT_',
  'altname',
  'self.signed',
  'unable to verify',
  'SSL routines',
  'wrong version number',
)
/** It came back too large for this client. */
const TOO_LARGE_HERE = /^Received message larger than max/
const CALM = /^Bandwidth exhausted/

/** Codes of gRPC by which a server says no. */
const REFUSALS: ReadonlySet<number> = new Set([3, 5, 6, 7, 8, 9, 11, 12, 15, 16])

export function faultOf({ code, details }: Status): Fault {
  const problem = details === '' ? `gRPC status ${code}` : details
  if (UNSENT.test(details)) return { kind: 'unsent', ...unsentProblem(problem) }
  if (STALE.test(details)) return { kind: 'stale', problem }
  if (ASIDE.test(details)) return { kind: 'aside', problem }
  if (TOO_LARGE_HERE.test(details)) return { kind: 'lost', problem, oversized: true }
  if (REFUSALS.has(code) && !CALM.test(details)) return { kind: 'refused', problem }
  return { kind: 'lost', problem, oversized: false }
}

/** The last error in it, without what only gRPC needs. */
function unsentProblem(details: string): { readonly problem: string; distrusted: boolean } {
  const [, last] = /Last error: (.*?)\. Resolution note/s.exec(details) ?? []
  const problem = last ?? details
  return { problem, distrusted: DISTRUST.test(problem) }
}
