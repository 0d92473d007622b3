/**
 * network/handshake/run-handshake: two machines on a line, with time, a policy and a hand-over.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import type { LineTaker } from '#contract'
import {
  type HandshakeResult,
  type HandshakeRole,
  runHandshake,
} from '#network/handshake/run-handshake'
import { codeOf, NOBODY, settingsOf } from './handshake-kit.js'
import { linePair } from './line-pair.js'

type Admit = Extract<HandshakeRole, { readonly kind: 'acceptor' }>['admit']

const FRESH: Admit = () => ({ kind: 'fresh' })

class Taken implements LineTaker {
  text = ''
  readonly ends: (string | undefined)[] = []
  data(bytes: Uint8Array): void {
    this.text += Buffer.from(bytes).toString('latin1')
  }
  drained(): void {}
  closed(problem: string | undefined): void {
    this.ends.push(problem)
  }
}

function started(given: { readonly admit?: Admit; readonly binding?: Uint8Array } = {}) {
  const clock = virtualClock()
  const { near, far } = linePair(clock, given.binding)
  const dial = () =>
    runHandshake(near, settingsOf('dialler@one'), { kind: 'dialler', ...NOBODY }, clock)
  const accept = (timeoutMs = 5_000) =>
    runHandshake(
      far,
      settingsOf('acceptor@two', { timeoutMs }),
      { kind: 'acceptor', admit: given.admit ?? FRESH },
      clock,
    )
  return { clock, near, far, dial, accept }
}

const codeOfResult = (result: HandshakeResult): string =>
  codeOf(result.kind === 'agreed' ? { kind: 'agreed', agreement: result.agreement } : { ...result })

function begin(result: HandshakeResult): Taken {
  assert.ok(result.kind === 'agreed', codeOfResult(result))
  const taken = new Taken()
  result.start(taken)
  return taken
}

describe('a handshake on a line', () => {
  it('ends in an agreement on both sides', async () => {
    const { clock, dial, accept } = started()
    const both = Promise.all([dial(), accept()])
    const results = await clock.until(both)
    assert.deepEqual(results.map(codeOfResult), ['agreed', 'agreed'])
    assert.equal(clock.pending(), 0)
  })

  it('hands over what followed its last frame, in order, and what comes later', async () => {
    const { clock, near, far, dial, accept } = started()
    const dialled = dial()
    const accepted = await clock.until(accept())
    far.write(Buffer.from('one '))
    far.write(Buffer.from('two '))
    const result = await clock.until(dialled)
    far.write(Buffer.from('three '))
    await clock.settle()
    const taken = begin(result)
    far.write(Buffer.from('four'))
    await clock.settle()
    assert.equal(taken.text, 'one two three four')
    const other = begin(accepted)
    near.write(Buffer.from('back'))
    await clock.settle()
    assert.equal(other.text, 'back')
    near.cut()
    assert.deepEqual(taken.ends, ['the cable was cut'])
  })

  it('hands over what came in one piece with its last frame', async () => {
    const { clock, near, far, dial, accept } = started()
    const write = far.write.bind(far)
    let frames = 0
    far.write = (bytes) => {
      frames += 1
      return write(frames === 2 ? Buffer.concat([bytes, Buffer.from('tail')]) : bytes)
    }
    const [result] = await clock.until(Promise.all([dial(), accept()]))
    assert.equal(begin(result).text, 'tail')
    assert.equal(near.state, 'open')
  })

  it('tells who takes over late that the line has ended meanwhile', async () => {
    const { clock, near, dial, accept } = started()
    const [result] = await clock.until(Promise.all([dial(), accept()]))
    near.cut()
    assert.deepEqual(begin(result).ends, ['the cable was cut'])
  })

  it('waits for a policy that takes its time', async () => {
    const admit: Admit = () =>
      new Promise((resolve) => {
        clock.after(900, () => resolve({ kind: 'fresh' }))
      })
    const { clock, dial, accept } = started({ admit })
    const results = await clock.until(Promise.all([dial(), accept()]))
    assert.deepEqual(results.map(codeOfResult), ['agreed', 'agreed'])
    assert.equal(clock.nowMs(), 900)
  })

  it('ends on both sides when the policy fails', async () => {
    const admit: Admit = () => {
      throw new Error('the policy broke')
    }
    const { clock, dial, accept } = started({ admit })
    const results = await clock.until(Promise.all([dial(), accept()]))
    assert.deepEqual(results.map(codeOfResult), ['HANDSHAKE_INVALID', 'HANDSHAKE_INVALID'])
  })

  it('ends on both sides when the policy decides too late', async () => {
    const admit: Admit = () => new Promise(() => {})
    const { clock, dial, accept } = started({ admit })
    const results = await clock.until(Promise.all([dial(), accept(4_000)]))
    assert.deepEqual(results.map(codeOfResult), ['HANDSHAKE_TIMEOUT', 'HANDSHAKE_TIMEOUT'])
    assert.equal(clock.nowMs(), 4_000)
  })

  it('closes the line and tells the code when it refuses', async () => {
    const admit: Admit = () => ({
      kind: 'refuse',
      code: 'NODE_NAME_TAKEN',
      detail: 'it is connected from 10.0.0.7',
    })
    const { clock, near, far, dial, accept } = started({ admit })
    const results = await clock.until(Promise.all([dial(), accept()]))
    assert.deepEqual(results.map(codeOfResult), ['NODE_NAME_TAKEN', 'NODE_NAME_TAKEN'])
    await clock.advance(2_000)
    assert.deepEqual([near.state, far.state], ['closed', 'closed'])
    assert.equal(clock.pending(), 0)
  })

  it('tears down a line that does not take the refusal', async () => {
    const { clock, far, accept } = started()
    far.close = () => {}
    const accepted = accept()
    far.arrive(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    assert.equal(codeOfResult(await clock.until(accepted)), 'HANDSHAKE_INVALID')
    await clock.advance(999)
    assert.equal(far.state, 'open')
    await clock.advance(1)
    assert.equal(far.state, 'destroyed')
  })

  it('ends when the line breaks, and says so', async () => {
    const { clock, near, dial } = started()
    const dialled = dial()
    near.cut()
    const result = await clock.until(dialled)
    assert.ok(result.kind === 'refused')
    assert.equal(result.refusal.by, 'line')
    assert.match(result.refusal.error.message, /the line ended: the cable was cut/)
    assert.equal(clock.pending(), 0)
  })

  it('takes five seconds at most, whoever is silent', async () => {
    for (const side of ['dial', 'accept'] as const) {
      const { clock, [side]: run } = started()
      assert.equal(codeOfResult(await clock.until(run())), 'HANDSHAKE_TIMEOUT')
      assert.equal(clock.nowMs(), 5_000)
    }
  })

  it('takes five seconds at most when its bytes trickle in', async () => {
    const recorded = started()
    await recorded.clock.until(Promise.all([recorded.dial(), recorded.accept()]))
    const { clock, far, accept } = started()
    const accepted = accept()
    const drip = (index: number): void => {
      const byte = recorded.near.wrote[index]
      if (byte === undefined) return
      far.arrive(Uint8Array.of(byte))
      clock.after(100, () => drip(index + 1))
    }
    drip(0)
    assert.equal(codeOfResult(await clock.until(accepted)), 'HANDSHAKE_TIMEOUT')
    assert.equal(clock.nowMs(), 5_000)
  })
})
