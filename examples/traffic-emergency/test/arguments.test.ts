/** arguments: what the command line of the fake service is taken for. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ARGUMENTS_DEFAULTS, parseArguments } from '#service/arguments'
import { CALM, endingOf } from '#service/mood'

describe('the command line of the fake service', () => {
  it('is calm and on its own port when nothing is asked', () => {
    assert.deepEqual(parseArguments([]), { kind: 'run', given: ARGUMENTS_DEFAULTS })
  })

  it('takes shares and numbers, with one dash or two, behind a blank or an equals sign', () => {
    const verdict = parseArguments(['--fail', '0.2', '-hang=.1', '--port', '7', '--seed=3'])
    assert.equal(verdict.kind, 'run')
    if (verdict.kind !== 'run') return
    assert.deepEqual(verdict.given.mood, { ...CALM, fail: 0.2, hang: 0.1 })
    assert.deepEqual([verdict.given.port, verdict.given.seed], [7, 3])
  })

  for (const [words, problem] of [
    [['--fail', '2'], /--fail must be a share/],
    [['--fail', '0.7', '--hang', '0.7'], /together more than 1/],
    [['--fail'], /--fail needs a value/],
    [['--__proto__', '1'], /is not known/],
    [['--port', '65536'], /--port must be a whole number from 0 to 65535/],
    [['somewhere'], /somewhere is not known/],
  ] as const) {
    it(`refuses ${words.join(' ')}`, () => {
      const verdict = parseArguments(words)
      assert.match(verdict.kind === 'refused' ? verdict.problem : '', problem)
    })
  }
})

describe('a mood', () => {
  it('gives each trouble its share and the rest is taken', () => {
    const mood = { ...CALM, fail: 0.25, hang: 0.25, refuse: 0.25 }
    const endings = [0, 0.2499, 0.25, 0.4999, 0.5, 0.7499, 0.75, 0.9999].map((chance) =>
      endingOf(mood, chance),
    )
    const wanted = ['fail', 'fail', 'hang', 'hang', 'refuse', 'refuse', 'take', 'take']
    assert.deepEqual(endings, wanted)
  })

  it('takes everything when it is calm', () => {
    assert.deepEqual(
      [0, 0.5, 0.9999].map((chance) => endingOf(CALM, chance)),
      ['take', 'take', 'take'],
    )
  })
})
