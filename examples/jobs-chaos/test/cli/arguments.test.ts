/**
 * test/cli/arguments.test: what the chaos program is asked for, and what it refuses by name.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CHAOS_DEFAULTS, parseArguments } from '#chaos/cli/arguments'

const problemOf = (...words: readonly string[]): string => {
  const verdict = parseArguments(words)
  return verdict.kind === 'refused' ? verdict.problem : verdict.kind
}

describe('the arguments of chaos', () => {
  it('take minutes, a seed and the rest, with a blank or an equals sign', () => {
    const verdict = parseArguments(['--minutes', '0.75', '--seed=7', '-every', '3', '--keep'])
    assert.deepEqual(verdict, {
      kind: 'run',
      given: { ...CHAOS_DEFAULTS, minutes: 0.75, seed: 7, everySeconds: 3, isKept: true },
    })
  })

  it('take the faults that alone are to be made, and whom they meet', () => {
    const verdict = parseArguments(['--only', 'kill:leader,freeze'])
    const only = [
      { kind: 'kill', victim: 'leader' },
      { kind: 'freeze', victim: undefined },
    ]
    assert.deepEqual(verdict, { kind: 'run', given: { ...CHAOS_DEFAULTS, only } })
    assert.match(problemOf('--only', 'kill:boss'), /^--only has kinds \(kill, freeze, /)
    assert.match(problemOf('--only', 'kill,'), /^--only has kinds/)
  })

  it('take what the cluster is on, and faults of an etcd only with one', () => {
    const verdict = parseArguments(['--only', 'etcd-kill:etcd-leader', '--registrar', 'etcd'])
    const only = [{ kind: 'etcd-kill', victim: 'etcd-leader' }]
    assert.deepEqual(verdict, {
      kind: 'run',
      given: { ...CHAOS_DEFAULTS, only, registrar: 'etcd' },
    })
    assert.equal(problemOf('--registrar', 'zk'), '--registrar must be one of embedded, etcd')
    assert.equal(
      problemOf('--only', 'etcd-kill'),
      '--only etcd-kill cannot be with --registrar embedded',
    )
    assert.equal(
      problemOf('--registrar', 'etcd', '--only=registrar'),
      '--only registrar cannot be with --registrar etcd',
    )
  })

  it('refuse what is not known, not whole, or beyond its limits', () => {
    assert.equal(problemOf('--minute', '1'), '--minute is not known; see --help')
    assert.equal(problemOf('--seed', '1.5'), '--seed must be a whole number from 0 to 2147483647')
    assert.equal(problemOf('--minutes', '0'), '--minutes must be a number from 0.1 to 1440')
    assert.equal(
      problemOf('--in-flight', '3'),
      '--in-flight must be a whole number from 12 to 1000',
    )
    assert.equal(problemOf('--out'), '--out needs a value')
    assert.equal(problemOf('--constructor=1'), '--constructor is not known; see --help')
    assert.equal(problemOf('--seed', '1', '--help'), 'help')
  })
})
