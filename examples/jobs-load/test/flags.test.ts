/**
 * examples/jobs-load/test/flags.test: what the command line of the load means.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FLAGS_DEFAULTS, parseFlags } from '#load/flags'

describe('the command line of the load', () => {
  it('takes a rate, coordinators, sizes and kinds', () => {
    const given = '--rate 200 --url http://a:1/,http://b:2 --sizes 2k..1m --kinds gzip,word-count'
    assert.deepEqual(parseFlags(given.split(' ')), {
      kind: 'run',
      flags: {
        ...FLAGS_DEFAULTS,
        ...{ rate: 200, urls: ['http://a:1', 'http://b:2'], bytesMin: 2_048, bytesMax: 1_048_576 },
        kinds: ['word-count', 'gzip'],
      },
      named: new Set(['rate', 'url', 'sizes', 'kinds']),
    })
  })

  it('refuses by name what cannot be', () => {
    const cases = ['--rate 0', '--sizes 2..1', '--sizes 65m', '--kinds tea', '--url a', '--fast']
    for (const given of cases) {
      const verdict = parseFlags(given.split(' '))
      assert.equal(verdict.kind, 'refused', given)
      if (verdict.kind === 'refused') assert.match(verdict.problem, /^--[a-z]+ /)
    }
  })
})
