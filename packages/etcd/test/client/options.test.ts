/**
 * etcd/test/client/options.test: what the options of a client refuse. Reaches no etcd.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connectEtcd } from '@troupe/etcd'

describe('the options of an etcd client', () => {
  it('name the one that cannot be', () => {
    assert.throws(() => connectEtcd({ endpoints: ['nowhere'] }), { code: 'OPTION_INVALID' })
    assert.throws(() => connectEtcd({ username: 'root' }), { code: 'OPTION_INVALID' })
  })
})
