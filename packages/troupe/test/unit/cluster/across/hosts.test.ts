/**
 * cluster/registrar/across: a list of hosts that is wrong or hostile does no harm.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { readHosts } from '#cluster/registrar/across/host-list'
import { type AcrossOptions, completeAcross, looksBeyond } from '#cluster/registrar/across/options'
import { routeOf, Town } from './town.js'

const refused = (options: AcrossOptions, option: string): void =>
  assert.throws(
    () => completeAcross(options),
    (error: unknown) =>
      error instanceof TroupeError &&
      error.code === 'OPTION_INVALID' &&
      error.detail['option'] === option,
  )

describe('the option hosts', () => {
  it('takes names and addresses, with a port or the usual one', () => {
    const { places, skipped } = readHosts(
      'hosts',
      [
        'Host2',
        'db.example.org:4500',
        '10.0.0.2',
        '10.0.0.3:7',
        '[fd00::1]:8',
        'fd00::2',
        '[fd00::3]',
      ],
      4_499,
    )
    assert.deepEqual(places, [
      { host: 'host2', port: 4_499 },
      { host: 'db.example.org', port: 4_500 },
      { host: '10.0.0.2', port: 4_499 },
      { host: '10.0.0.3', port: 7 },
      { host: 'fd00::1', port: 8 },
      { host: 'fd00::2', port: 4_499 },
      { host: 'fd00::3', port: 4_499 },
    ])
    assert.deepEqual(skipped, [])
  })

  it('skips, with a code, what is listed twice and what is no one machine', () => {
    const entries = [
      'host2',
      'HOST2:4499',
      '0.0.0.0',
      '224.0.0.1',
      '255.255.255.255',
      '::',
      'ff02::1',
    ]
    const { places, skipped } = readHosts('hosts', entries, 4_499)
    assert.equal(places.length, 1)
    const codes = skipped.map(({ code }) => code)
    assert.deepEqual(codes, ['host-twice', ...new Array(5).fill('host-nowhere')])
  })

  it('is refused with OPTION_INVALID for what no host can be', () => {
    const wrong: readonly unknown[] = [
      ...[
        '',
        ' ',
        'a b',
        'host2:',
        'host2:0',
        'host2:65536',
        'host2:99999999',
        'host2:-1',
        ':4499',
      ],
      ...[
        'http://host2',
        'host2/x',
        'user@host2',
        '[::1',
        '[host2]',
        '::1::',
        '-x',
        'x'.repeat(254),
      ],
      ...['a\u0000b', 'a\u202eb', 7, null, undefined, {}, ['host2']],
    ]
    for (const entry of wrong) {
      assert.throws(
        () => readHosts('hosts', [entry], 4_499),
        { code: 'OPTION_INVALID' },
        `${entry}`,
      )
    }
    for (const list of ['host2', 7, null, {}]) {
      assert.throws(() => readHosts('hosts', list, 4_499), { code: 'OPTION_INVALID' })
    }
    const many = Array.from({ length: 257 }, (_, at) => `host${at}`)
    assert.throws(() => readHosts('hosts', many, 4_499), { code: 'OPTION_INVALID' })
  })

  it('stands beside options that are checked as well', () => {
    refused({ udpPort: 65_536 }, 'registrar.udpPort')
    refused({ udpPort: -1 }, 'registrar.udpPort')
    refused({ udpHost: '' }, 'registrar.udpHost')
    refused({ pollMs: 1 }, 'registrar.pollMs')
    refused({ pollMs: Number.NaN }, 'registrar.pollMs')
    refused({ lostAfterMs: 0 }, 'registrar.lostAfterMs')
    assert.equal(completeAcross().udpPort, 4_499)
    assert.doesNotThrow(() => structuredClone(completeAcross({ hosts: ['host2'] })))
  })
})

describe('whether a server looks beyond its host', () => {
  it('follows from its options, and from where its node listens', () => {
    assert.equal(looksBeyond({}, ['127.0.0.1', '', '::1']), false)
    assert.equal(looksBeyond({ hosts: [] }, []), false)
    assert.equal(looksBeyond({}, ['127.0.0.1', '10.0.0.1']), true)
    assert.equal(looksBeyond({ hosts: ['host2'] }, []), true)
    assert.equal(looksBeyond({ udpPort: 4_500 }, []), true)
    assert.equal(looksBeyond({ udpHost: '10.0.0.1' }, []), true)
  })
})

describe('a host of the list', () => {
  it('that is this one is found out, told and left in peace', async () => {
    const town = new Town()
    const one = town.open('10.0.0.1', ['a@one'], { hosts: ['10.0.0.1'] })
    await town.clock.advance(60_000)
    assert.deepEqual(one.codes, ['host-own'])
    assert.deepEqual(one.table.told, [])
    assert.ok(one.left.length < 10, `${one.left.length} datagrams in a minute`)
  })

  it('that stands there under two names is asked and known once', async () => {
    const town = new Town()
    town.names.set('host2', ['10.0.0.2'])
    const one = town.open('10.0.0.1', ['a@one'], { hosts: ['10.0.0.2', 'host2'] })
    town.open('10.0.0.2', ['b@two'])
    await town.clock.advance(60_000)
    assert.deepEqual(one.codes, ['host-twice'])
    assert.equal(one.table.views.size, 1)
  })

  it('that has no address is looked up again and again, and told once a minute', async () => {
    const town = new Town()
    const one = town.open('10.0.0.1', ['a@one'], { hosts: ['host2'] })
    await town.clock.advance(50_000)
    assert.deepEqual(one.codes, ['host-unresolved', 'host-silent'])
    town.names.set('host2', ['10.0.0.2'])
    town.open('10.0.0.2', ['b@two'])
    await town.until('found', () => one.table.views.size === 1, 4_000)
  })

  it('that moves to another address is found there', async () => {
    const town = new Town()
    town.names.set('host2', ['10.0.0.2'])
    const one = town.open('10.0.0.1', ['a@one'], { hosts: ['host2'] })
    const two = town.open('10.0.0.2', ['b@two'])
    await town.until('found', () => one.table.views.size === 1)
    two.across.stop()
    town.names.set('host2', ['10.0.0.3'])
    town.open('10.0.0.3', ['b@two'])
    const there = () => one.table.views.get('host2:4499')?.nodes[0]?.route.addresses[0]?.host
    await town.until('found there', () => there() === '10.0.0.3', 5_000)
  })

  it('whose name leads to nowhere is never asked', async () => {
    const town = new Town()
    town.names.set('host2', ['0.0.0.0', '224.0.0.1', 'host3', 'ff02::1'])
    const one = town.open('10.0.0.1', ['a@one'], { hosts: ['host2'] })
    await town.clock.advance(10_000)
    assert.equal(one.left.length, 0)
    assert.equal(one.codes[0], 'host-unresolved')
  })

  it('has a table that is too large: what is left out is said', async () => {
    const town = new Town()
    const one = town.open('10.0.0.1', ['a@one'], { hosts: ['10.0.0.2'] })
    const two = town.open('10.0.0.2', [])
    const nodes = Array.from({ length: 6_000 }, (_, at) => ({
      route: routeOf(`n${at}@two`, '10.0.0.2'),
      applications: [],
    }))
    two.table.set(nodes)
    await town.until('known', () => one.table.views.get('10.0.0.2:4499')?.nodes.length === 5_000)
    assert.ok(two.codes.includes('table-too-large'))
  })
})
