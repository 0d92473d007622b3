/**
 * What a connection and the answers of a loop tell becomes findings.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findingOf, type Pulse, type PulseInput, pulseStep } from '#cluster/membership/pulse'

const node = 'b@host'
const up = (creation = 1): PulseInput => ({ kind: 'node-up', node, creation })
const down = (creation = 1): PulseInput => ({ kind: 'node-down', node, creation, reason: 'cut' })
const silent: PulseInput = { kind: 'node-suspect', node, reason: 'silent for 1500 ms' }
const busy: PulseInput = { kind: 'node-busy', node, loopDelayMs: 1_400 }
const well: PulseInput = { kind: 'node-well', node }
const missed: PulseInput = { kind: 'missed', problem: 'none in 2000 ms' }
const answered = (creation = 1): PulseInput => ({
  ...{ kind: 'answered', wallMs: 77 },
  answer: { creation, roundTripMs: 2, loopDelayMs: 3 },
})

function findings(...inputs: readonly PulseInput[]): readonly string[] {
  let pulse: Pulse | undefined
  return inputs.map((input) => {
    const step = pulseStep(pulse, input, 3)
    pulse = step.pulse
    return step.finding?.kind ?? '-'
  })
}

describe('the pulse of a node', () => {
  it('is responding from the first answer, and says so at each one', () => {
    assert.deepEqual(findings(up(), answered(), answered()), [
      'connected',
      'responding',
      'responding',
    ])
  })

  it('is unresponsive at the third failure in a row, once, and responding at one answer', () => {
    assert.deepEqual(findings(up(), missed, missed, missed, missed, answered()), [
      ...['connected', '-', '-', 'unresponsive', '-', 'responding'],
    ])
    assert.deepEqual(findings(up(), missed, missed, answered(), missed, missed).slice(3), [
      ...['responding', '-', '-'],
    ])
  })

  it('goes back to what it was when it speaks again', () => {
    assert.deepEqual(findings(up(), silent, well), ['connected', 'suspect', 'connected'])
    assert.deepEqual(findings(up(), answered(), silent, well).slice(2), ['suspect', 'responding'])
    assert.deepEqual(findings(up(), missed, missed, missed, silent, well).slice(4), [
      ...['suspect', 'unresponsive'],
    ])
  })

  it('is unresponsive while its loop is blocked, and until that has answered', () => {
    assert.deepEqual(findings(up(), answered(), silent, busy, well, answered()).slice(2), [
      ...['suspect', 'unresponsive', '-', 'responding'],
    ])
  })

  it('is not called unresponsive for questions that a silent line has carried nowhere', () => {
    assert.deepEqual(findings(up(), answered(), silent, missed, missed, missed).slice(2), [
      ...['suspect', '-', '-', '-'],
    ])
  })

  it('takes nothing from another life than the connected one', () => {
    assert.deepEqual(findings(up(2), answered(1), down(1), up(1)), ['connected', '-', '-', '-'])
    assert.deepEqual(findings(answered(), missed, silent, busy, well, down()), Array(6).fill('-'))
  })

  it('ends with its connection, and begins with another', () => {
    assert.deepEqual(findings(up(), down(), down(), up(2), answered(1)), [
      ...['connected', 'gone', '-', 'connected', '-'],
    ])
  })

  it('tells whoever looks at it late what it is', () => {
    const after = (...inputs: readonly PulseInput[]): string => {
      let pulse: Pulse | undefined
      for (const input of inputs) pulse = pulseStep(pulse, input, 3).pulse
      return findingOf(pulse as Pulse, 3).kind
    }
    assert.equal(after(up()), 'connected')
    assert.equal(after(up(), answered()), 'responding')
    assert.equal(after(up(), silent), 'suspect')
    assert.equal(after(up(), silent, busy), 'unresponsive')
    assert.equal(after(up(), missed, missed, missed), 'unresponsive')
  })
})
