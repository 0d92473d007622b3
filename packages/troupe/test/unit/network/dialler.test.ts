/**
 * network/dialler: which addresses of a node are tried, and what ends the round.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { virtualClock } from 'troupe/testing'
import type { Transport, TransportAddress } from '#contract'
import { NodeDialler } from '#network/dialler'
import { handshakeKey } from '#network/handshake/proof'
import { runHandshake } from '#network/handshake/run-handshake'
import { settingsOf } from './handshake/handshake-kit.js'
import { linePair } from './handshake/line-pair.js'

const OTHER_KEY = handshakeKey('another cookie for tests')

const at = (host: string): TransportAddress => ({ transport: 'memory', host, port: 1, path: '' })

const plain = (addresses: readonly TransportAddress[]) => ({
  ...{ addresses, keys: undefined, tls: undefined },
})

/** Dials b@two where these live: at the first address, at the second, and so on. */
async function dialled(...living: readonly (readonly [name: string, isOurs: boolean])[]) {
  const clock = virtualClock()
  const tried: number[] = []
  const dial = async ({ host }: TransportAddress) => {
    const [name, isOurs] = living[Number(host)] ?? ['', false]
    tried.push(Number(host))
    const { near, far } = linePair(clock)
    const settings = settingsOf(name, isOurs ? {} : { key: OTHER_KEY })
    void runHandshake(far, settings, { kind: 'acceptor', admit: () => ({ kind: 'fresh' }) }, clock)
    return near
  }
  const transports = new Map([['memory', { name: 'memory', dial } as unknown as Transport]])
  const dialler = new NodeDialler(transports, () => settingsOf('a@one'), clock)
  const result = await clock.until(
    dialler.dial({
      node: 'b@two',
      targets: [plain(living.map((_, i) => at(String(i))))],
      ...{ resume: undefined, timeoutMs: 1_000, signal: new AbortController().signal },
    }),
  )
  return { tried, code: 'problem' in result ? result.problem.code : 'reached' }
}

/** What comes of a dial whose only try ends with this. */
async function failing(cause: unknown): Promise<boolean> {
  const detail = { transport: 'tcp', address: 'h:1', problem: 'it was reset' }
  const dial = () => Promise.reject(new TroupeError('PORT_FAILED', detail, cause))
  const transports = new Map([['memory', { name: 'memory', dial } as unknown as Transport]])
  const dialler = new NodeDialler(transports, () => settingsOf('a@one'), virtualClock())
  const result = await dialler.dial({
    ...{ node: 'b@two', targets: [plain([at('h')])], resume: undefined, timeoutMs: 1_000 },
    signal: new AbortController().signal,
  })
  return 'problem' in result && result.isBroken
}

describe('a node that resets a line', () => {
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })

  it('may take the next one: many may have knocked there', async () => {
    assert.ok(await failing(Object.assign(reset, { syscall: 'read' })))
  })

  it('is told apart from one that is not there', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    assert.ok(!(await failing(Object.assign(refused, { syscall: 'connect' }))))
    assert.ok(!(await failing(undefined)))
  })
})

describe('a node with several addresses', () => {
  it('is not asked again that has answered with another cookie', async () => {
    const { tried, code } = await dialled(['b@two', false], ['b@two', true])
    assert.deepEqual([tried, code], [[0], 'COOKIE_MISMATCH'])
  })

  it('is looked for further where another one with another cookie lives', async () => {
    const { tried, code } = await dialled(['c@three', false], ['b@two', true])
    assert.deepEqual([tried, code], [[0, 1], 'reached'])
  })

  it('is looked for further where another one of ours lives', async () => {
    const { tried, code } = await dialled(['c@three', true], ['b@two', true])
    assert.deepEqual([tried, code], [[0, 1], 'reached'])
  })
})
