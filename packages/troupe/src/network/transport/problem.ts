/**
 * network/transport/problem: what a socket reports, as words that say what to do.
 *
 * Knows the codes of the system and of OpenSSL; what it does not know is told as it came.
 */
import { describeThrown } from '#contract'

const NO_TLS = 'the far end does not speak TLS; dial it as tcp://, or give it the option tls'

const WORDS: Readonly<Record<string, string>> = Object.freeze({
  EACCES: 'this user may not open it; choose another, or run as a user who may',
  EADDRNOTAVAIL: 'the address is not on this machine; give one that is',
  EAGAIN: 'the program there takes no connections; it hangs or is overloaded',
  EAI_AGAIN: 'the name service does not answer; try again, or give a numeric address',
  ECONNABORTED: 'the connection was given up on the way',
  ECONNREFUSED: 'nobody listens there; start the node, or correct the address',
  ECONNRESET: 'the far end has reset it; its program has ended or refused us',
  EHOSTUNREACH: 'no way leads to that host; check the address and the network',
  EMFILE: 'this program has no file descriptor left; raise its limit (ulimit -n)',
  ENETUNREACH: 'no way leads to that network; check the address and the network',
  ENFILE: 'the system has no file descriptor left; raise its limit',
  ENOENT: 'no such socket is there; start the node, or correct the path',
  ENOTFOUND: 'the host name is not known; correct it, or give a numeric address',
  ENOTSOCK: 'what lies there is no socket; correct the path',
  EPIPE: 'the far end has closed it',
  EPERM: 'the system does not allow it to this user; choose another, or run as one who may',
  ETIMEDOUT: 'the far end has stopped answering',
  CERT_HAS_EXPIRED: 'the certificate has expired; renew it',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet; check the clocks of both machines',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'no authority in `ca` has signed the certificate; add it there',
  SELF_SIGNED_CERT_IN_CHAIN: 'the authority of the certificate is not in `ca`; add it there',
  UNABLE_TO_GET_ISSUER_CERT: 'the authority of the certificate is not in `ca`; add it there',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority of the certificate is not in `ca`; add it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'no authority in `ca` has signed the certificate; add it',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'the certificate is for another host; give the name it has as serverName',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'the TLS handshake took too long; the far end may not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_HTTP_REQUEST: 'the far end speaks HTTP; correct the address',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'the far end is too old for TLS 1.3; renew it',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'the far end does not take TLS 1.3; renew it',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'the far end does not know our authority; add it to its ca',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    'the far end wants a certificate; give one that its authority has signed',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    'it showed no certificate; give it one that an authority in clientCa has signed',
})

/** The code that the system or OpenSSL gave, or empty. */
export const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''

/** What went wrong, in words; with the code, so that it can be looked up. */
export function problemOf(thrown: unknown): string {
  const code = codeOf(thrown)
  const words = WORDS[code]
  return words === undefined ? describeThrown(thrown) : `${words} (${code})`
}
