/**
 * coordinator/relay: who answers, and how long somebody waits.
 */
import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { Pid } from 'troupe'
import { unavailable } from '#jobs/coordinator/orders'
import { type Asked, Relay, type Seat, WAIT_MS, WAITING_MAX } from '#jobs/coordinator/relay'

const LEADER = Pid.of('b@host', 1, 1)

let nowMs = 0
let seat: Seat<string>
let relay: Relay<string>
/** Runs when somebody waits, instead of time that passes. */
let meanwhile: (timeoutMs: number) => void

const asked = (change: Partial<Asked<string, unknown>> = {}): Asked<string, unknown> => ({
  isHandedOn: false,
  here: (office) => `here by ${office}`,
  there: async (leader) => `there by ${leader.node}`,
  ...change,
})

const codeOf = (answer: unknown): unknown => (answer as { readonly code?: unknown }).code

beforeEach(() => {
  nowMs = 0
  seat = { kind: 'nowhere' }
  meanwhile = () => {}
  relay = new Relay<string>({
    nowMs: () => nowMs,
    seat: () => seat,
    news: async (timeoutMs) => {
      const before = seat
      meanwhile(timeoutMs)
      if (seat === before) nowMs += timeoutMs
    },
  })
})

describe('a request to a coordinator', () => {
  it('is answered by the one that leads', async () => {
    seat = { kind: 'here', office: 'me' }
    assert.equal(await relay.answer(asked()), 'here by me')
  })

  it('is handed on to the leader, once', async () => {
    seat = { kind: 'there', leader: LEADER }
    assert.equal(await relay.answer(asked()), 'there by b@host')
    assert.equal(codeOf(await relay.answer(asked({ isHandedOn: true }))), 'NO_LEADER')
  })

  it('waits for a leader, and is answered by it', async () => {
    meanwhile = () => {
      seat = { kind: 'there', leader: LEADER }
    }
    assert.equal(await relay.answer(asked()), 'there by b@host')
    assert.equal(nowMs, 0)
  })

  it('is told in time that nobody leads, or that somebody takes over', async () => {
    assert.equal(codeOf(await relay.answer(asked())), 'NO_LEADER')
    assert.equal(nowMs, WAIT_MS)
    seat = { kind: 'opening', code: 'TAKING_OVER', problem: 'not yet' }
    assert.deepEqual(await relay.answer(asked()), unavailable('TAKING_OVER', 'not yet'))
    assert.equal(nowMs, 2 * WAIT_MS)
    seat = { kind: 'opening', code: 'STORE_LOST', problem: 'two are new' }
    assert.deepEqual(await relay.answer(asked()), unavailable('STORE_LOST', 'two are new'))
  })

  it('asks again when the leader does not serve yet', async () => {
    seat = { kind: 'there', leader: LEADER }
    let times = 0
    const there = async () => {
      times += 1
      return times < 3 ? unavailable('TAKING_OVER', 'not yet') : 'done'
    }
    assert.equal(await relay.answer(asked({ there })), 'done')
    assert.equal(times, 3)
    const never = async () => unavailable('NO_LEADER', 'not I')
    assert.equal(codeOf(await relay.answer(asked({ there: never }))), 'NO_LEADER')
  })

  it('asks nobody again who is full or has no majority', async () => {
    seat = { kind: 'there', leader: LEADER }
    for (const code of ['FULL', 'NO_MAJORITY'] as const) {
      let times = 0
      const there = async () => {
        times += 1
        return unavailable(code, '')
      }
      assert.equal(codeOf(await relay.answer(asked({ there }))), code)
      assert.equal(times, 1)
    }
  })

  it('is told when the leader is lost, and does not fail', async () => {
    seat = { kind: 'there', leader: LEADER }
    const there = () => Promise.reject(new Error('NO_CONNECTION'))
    assert.equal(codeOf(await relay.answer(asked({ there }))), 'NO_LEADER')
  })

  it('waits with no more than so many others', async () => {
    relay.waiting = WAITING_MAX
    assert.equal(codeOf(await relay.answer(asked())), 'NO_LEADER')
    assert.equal(nowMs, 0)
    assert.equal(relay.waiting, WAITING_MAX)
  })
})
