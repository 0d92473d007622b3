/**
 * etcd/test/client/faults.test: what the words of etcd and of gRPC mean for a call.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { faultOf } from '#etcd/client/faults'

const NO_LINE = 'No connection established. Last error: '
const NOTE = '. Resolution note: '

/** As etcd 3.4 to 3.6 and grpc-js say it. */
const SAID: readonly (readonly [number, string, string])[] = [
  [14, `${NO_LINE}connect ECONNREFUSED 127.0.0.1:1 (2026)${NOTE}`, 'unsent'],
  [14, 'Name resolution failed for target dns:nowhere:1', 'unsent'],
  [14, 'Stream refused by server', 'unsent'],
  [14, 'Connection dropped', 'lost'],
  [14, 'read ECONNRESET', 'lost'],
  [14, 'etcdserver: no leader', 'aside'],
  [8, 'etcdserver: too many requests', 'aside'],
  [14, 'etcdserver: rpc not supported for learner', 'aside'],
  [2, 'raft proposal dropped', 'aside'],
  [14, 'etcdserver: request timed out', 'lost'],
  [14, 'etcdserver: request timed out, possibly due to previous leader failure', 'lost'],
  [14, 'etcdserver: leader changed', 'lost'],
  [14, 'etcdserver: server stopped', 'lost'],
  [4, 'context deadline exceeded', 'lost'],
  [1, 'Call cancelled', 'lost'],
  [13, 'Received RST_STREAM with code 2 (Internal server error)', 'lost'],
  [2, 'anything else', 'lost'],
  [16, 'etcdserver: invalid auth token', 'stale'],
  [3, 'etcdserver: auth: revision in header is old', 'stale'],
  [3, 'etcdserver: user name is empty', 'stale'],
  [3, 'etcdserver: authentication failed, invalid user ID or password', 'refused'],
  [7, 'etcdserver: permission denied', 'refused'],
  [5, 'etcdserver: requested lease not found', 'refused'],
  [8, 'etcdserver: mvcc: database space exceeded', 'refused'],
  [11, 'etcdserver: mvcc: required revision has been compacted', 'refused'],
  [3, 'etcdserver: request is too large', 'refused'],
  [12, 'unknown service etcdserverpb.KV', 'refused'],
  [8, 'Bandwidth exhausted or memory limit exceeded', 'lost'],
]

describe('the words of a failed question', () => {
  for (const [code, details, kind] of SAID) {
    it(`"${details.slice(0, 72)}" means ${kind}`, () => {
      assert.equal(faultOf({ code, details }).kind, kind)
    })
  }

  it('that come from dialling tell the last error alone', () => {
    const details = `${NO_LINE}connect ECONNREFUSED 127.0.0.1:1${NOTE}x`
    const fault = faultOf({ code: 14, details })
    assert.deepEqual(fault, {
      kind: 'unsent',
      problem: 'connect ECONNREFUSED 127.0.0.1:1',
      distrusted: false,
    })
  })

  it('are about certificates when no waiting helps', () => {
    const problems = [
      'certificate has expired',
      'self-signed certificate in certificate chain',
      'unable to verify the first certificate',
      "Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the list",
      'C0:error:0A000412:SSL routines:ssl3_read_bytes:sslv3 alert bad certificate',
    ]
    for (const problem of problems) {
      const fault = faultOf({ code: 14, details: `${NO_LINE}${problem}${NOTE}` })
      assert.equal(fault.kind === 'unsent' && fault.distrusted, true, problem)
    }
  })

  it('that are empty are told by their number', () => {
    assert.equal(faultOf({ code: 14, details: '' }).problem, 'gRPC status 14')
  })
})
