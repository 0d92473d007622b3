/**
 * examples/jobs/test/cli/flags.test: what the command line of the job cluster means.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FLAGS_DEFAULTS, type Flags, HELP, parseFlags } from '#jobs/cli/flags'
import { coordinatorsOf, nodeOf } from '#jobs/system/names'

function flagsOf(...given: readonly string[]): Flags {
  const verdict = parseFlags(given)
  assert.equal(verdict.kind, 'run', JSON.stringify(verdict))
  return verdict.kind === 'run' ? verdict.flags : FLAGS_DEFAULTS
}

describe('the command line of the job cluster', () => {
  it('is three coordinators and three workers when nothing is said', () => {
    assert.deepEqual(flagsOf(), FLAGS_DEFAULTS)
    assert.deepEqual(coordinatorsOf('jobs'), [
      ...['jobs1@localhost', 'jobs2@localhost', 'jobs3@localhost'],
    ])
    assert.equal(nodeOf('worker', 'jobs', 2), 'worker2@localhost')
    assert.equal(nodeOf('worker', 'mine', 2), 'mine-worker2@localhost')
  })

  it('takes workers as a number or as a range', () => {
    const workersOf = (text: string): readonly number[] => {
      const { workersMin, workersMax } = flagsOf('--workers', text)
      return [workersMin, workersMax]
    }
    assert.deepEqual(workersOf('5'), [5, 5])
    assert.deepEqual(workersOf('3..6'), [3, 6])
  })

  it('takes ports of what shows it, a free one, or none', () => {
    const { observerPort, metricsPort } = flagsOf()
    assert.deepEqual([observerPort, metricsPort], [9_911, undefined])
    const seen = flagsOf('--observer', '0', '--metrics', 'off', '--manage')
    assert.deepEqual([seen.observerPort, seen.metricsPort, seen.allowsManage], [0, 'off', true])
    for (const wrong of ['no', '-1', '65536', '']) {
      assert.equal(parseFlags(['--observer', wrong]).kind, 'refused', wrong)
    }
  })

  it('takes one more worker by its name', () => {
    const { role, index, joins } = flagsOf('--join', 'worker4')
    assert.deepEqual({ role, index, joins }, { role: 'worker', index: 4, joins: true })
  })

  it('takes an etcd, or leaves it to the launcher to start one', () => {
    assert.equal(flagsOf().registrar, 'embedded')
    const own = flagsOf('--registrar', 'etcd')
    assert.deepEqual([own.registrar, own.etcdEndpoints], ['etcd', undefined])
    const given = flagsOf('--registrar', 'etcd', '--etcd', 'a:2379,https://b:2379')
    assert.deepEqual(given.etcdEndpoints, ['a:2379', 'https://b:2379'])
    const files = ['--etcd-ca', 'ca.pem', '--etcd-cert', 'c.pem', '--etcd-key', 'k.pem']
    const words = ['--registrar', 'etcd', '--etcd', 'a:1', '--etcd-user', 'jobs', ...files]
    const { etcdUser, etcdCa, etcdCert, etcdKey } = flagsOf(...words)
    assert.deepEqual([etcdUser, etcdCa, etcdCert, etcdKey], ['jobs', 'ca.pem', 'c.pem', 'k.pem'])
  })

  it('refuses by name what cannot be', () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['--workers', '6..3'], /--workers must be N or N\.\.M/],
      [['--workers', '0'], /--workers must be/],
      [['--workers', '17'], /from 1 to 16/],
      [['--workers'], /--workers needs a value/],
      [['--name', 'a@b'], /--name has/],
      [['--join', 'worker0'], /--join must be/],
      [['--join', 'worker99'], /--join must be/],
      [['--join', 'worker4', '--role', 'worker'], /--join says already/],
      [['--role', 'leader'], /--role must be one of coordinator, worker/],
      [['--role', 'coordinator', '--index', '4'], /1 to 3/],
      [['--index', '2'], /--index needs --role/],
      [['--effects', 'ftp://x'], /--effects must begin with http/],
      [['--worker', '3'], /--worker is not known/],
      [['--no-unix-socket=1'], /takes no value/],
      [['three'], /three is no flag/],
      [['--cookie', 'short'], /16 to 1024/],
      [['--registrar', 'consul'], /--registrar must be one of embedded, etcd/],
      [['--registrar', 'etcd', '--etcd', 'here'], /--etcd must be host:port/],
      [['--registrar', 'etcd', '--etcd', 'a:1,,b:2'], /--etcd must be host:port/],
      [['--etcd-user', 'jobs'], /--etcd-user needs --registrar etcd/],
      [['--registrar', 'etcd', '--etcd-ca', 'ca.pem'], /--etcd-ca needs --etcd/],
      [['--registrar', 'etcd', '--etcd', 'a:1', '--etcd-key', 'k'], /--etcd-key need each other/],
      [['--etcd', 'localhost:2379'], /--etcd needs --registrar etcd/],
      [['--registrar', 'etcd', '--join', 'worker4'], /needs --etcd host:port/],
      [['--registrar', 'etcd', '--config', 'c.json'], /--config is of the embedded registrar/],
      [['--registrar', 'etcd', '--registrar-port', '9'], /--registrar-port is of the embedded/],
    ]
    for (const [given, problem] of cases) {
      const verdict = parseFlags(given)
      assert.equal(verdict.kind, 'refused', given.join(' '))
      if (verdict.kind === 'refused') assert.match(verdict.problem, problem)
    }
  })

  it('has help for each flag', () => {
    assert.deepEqual(parseFlags(['--help']), { kind: 'help' })
    for (const flag of [
      'workers',
      'http-port',
      'data',
      'config',
      'join',
      'role',
      'effects',
      'etcd',
      'etcd-user',
      'etcd-ca',
      'etcd-cert',
      'etcd-key',
    ])
      assert.match(HELP, new RegExp(`--${flag} `))
  })
})
