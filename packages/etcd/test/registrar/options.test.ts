/**
 * etcd/test/registrar/options: what a registrar on etcd cannot be made of.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { etcdRegistrar } from '@troupe/etcd'
import { memoryEtcd } from '@troupe/etcd/testing'
import { completeRegistrar } from '#etcd/registrar/options'

const BAD: readonly Readonly<Record<string, unknown>>[] = [
  { cluster: '' },
  { cluster: 'a/b' },
  { cluster: 'global' },
  { cluster: 7 },
  { prefix: '' },
  { prefix: '/services' },
  { prefix: 'services/' },
  { prefix: 'a//b' },
  { prefix: 'x'.repeat(300) },
  { leaseTtlMs: 0 },
  { leaseTtlMs: 999 },
  { leaseTtlMs: '10s' },
  { suspectGraceMs: -1 },
  { leaseTtl: 10 },
  { endpoints: 'localhost:2379' },
  { endpoints: ['nowhere'] },
  { client: {} },
  { client: memoryEtcd().client('a'), endpoints: ['localhost:2379'] },
]

describe('the options of a registrar on etcd', () => {
  it('name the one that cannot be', () => {
    for (const bad of BAD) {
      assert.throws(() => etcdRegistrar(bad), { code: 'OPTION_INVALID' }, JSON.stringify(bad))
    }
  })

  it('have the defaults of the reference, in milliseconds', () => {
    const { cluster, prefix, leaseTtlMs, suspectGraceMs, etcd } = completeRegistrar()
    const told = [cluster, prefix, leaseTtlMs, suspectGraceMs]
    assert.deepEqual(told, ['default', 'services/troupe', 10_000, 30_000])
    assert.deepEqual(etcd.endpoints, ['localhost:2379'])
    assert.equal(completeRegistrar({ prefix: 'services/ergo' }).prefix, 'services/ergo')
  })
})
