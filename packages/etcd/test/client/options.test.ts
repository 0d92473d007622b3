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

  it('never say a password that was written into an endpoint', () => {
    const lists: readonly unknown[] = [
      ['http://root:hunter2@db:2379'],
      ['db:2379', 'root:hunter2@db:2379'],
      ['https://root:hun@hunter2/@db:2379'],
      // As a list that was cut at its commas.
      ['http://root:hunter2', 'rest@db:2379'],
      'http://root:hunter2@db:2379',
      Array.from({ length: 17 }, () => 'root:hunter2@db:2379'),
      [['root:hunter2@db:2379']],
      { url: 'root:hunter2@db:2379' },
    ]
    for (const endpoints of lists) {
      assert.throws(
        () => connectEtcd({ endpoints: endpoints as readonly string[] }),
        (thrown: Error) =>
          (thrown as { code?: string }).code === 'OPTION_INVALID' &&
          !/hunter2/.test(`${thrown.message} ${JSON.stringify(thrown)}`),
        JSON.stringify(endpoints),
      )
    }
    assert.throws(() => connectEtcd({ endpoints: ['http://root:hunter2@db:2379'] }), {
      message: /http:\/\/\(hidden\)@db:2379.*username and password/,
    })
    const client = connectEtcd()
    return assert.rejects(client.status('root:hunter2@db:2379'), {
      message: /is \(hidden\)@db:2379/,
    })
  })
})
