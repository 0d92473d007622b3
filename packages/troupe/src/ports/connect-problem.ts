/**
 * ports/connect-problem: why a client got no connection, and what helps.
 *
 * Pure. Knows the codes of Node.js, not those who connect.
 */
import { describeThrown } from '#contract'

const UNTRUSTED = 'give the authority of its certificate as tls.ca'

/** What helps, by the code of Node.js. */
const REMEDIES: Readonly<Partial<Record<string, string>>> = Object.freeze({
  ECONNREFUSED: 'nobody listens there: start the server, or mend the address',
  ENOTFOUND: 'there is no such name: mend the address',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: 'give the name in its certificate as tls.serverName',
})

/** One clause: the words of Node.js, and a remedy where there is one. */
export function connectProblem(thrown: unknown): string {
  const { message, code } = (thrown ?? {}) as { message?: unknown; code?: unknown }
  const isTold = typeof message === 'string' && message !== ''
  const told = isTold ? message : describeThrown(thrown)
  const remedy = REMEDIES[String(code)]
  return remedy === undefined ? told : `${told}; ${remedy}`
}
