/**
 * etcd/test/client/course.test: which endpoint a call asks, how often, and how it ends.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import {
  answer,
  CourseStage,
  leaderless,
  lost,
  silence,
  status,
  THREE,
  unsent,
} from '#test/client/course-stage'

const asked = ({ sent }: CourseStage): string => sent.map(({ address }) => address[0]).join('')

describe('a call over several endpoints', () => {
  it('asks the one that answered last', async () => {
    let frozen = ''
    const stage = new CourseStage(THREE, {
      reply: (address) => (address === frozen ? silence : answer()),
    })
    assert.equal((await stage.clock.until(stage.ask(true))).answer.by, 'a:1')
    frozen = 'a:1'
    assert.equal((await stage.clock.until(stage.ask(true))).answer.by, 'b:1')
    assert.equal((await stage.clock.until(stage.ask(true))).answer.by, 'b:1')
    assert.equal(asked(stage), 'aabb')
  })

  it('asks the next one when a read is silent for its part of the time', async () => {
    const stage = new CourseStage(THREE, {
      reply: (address) => (address === 'c:1' ? answer() : silence),
    })
    const { answer: said } = await stage.clock.until(stage.ask(true))
    assert.equal(said.by, 'c:1')
    assert.deepEqual(
      stage.sent.map(({ atMs }) => Math.round(atMs)),
      [0, 3_000, 6_000],
    )
    assert.ok(stage.sent.slice(0, 2).every(({ isTakenBack }) => isTakenBack))
    assert.equal(stage.clock.pending(), 0)
  })

  it('hears one that is slow also when others were asked meanwhile', async () => {
    const stage = new CourseStage(THREE, { reply: () => answer(5_000) })
    const found = await stage.clock.until(stage.ask(true))
    assert.equal(found.answer.by, 'a:1')
    assert.equal(found.sentMs, 0)
    assert.equal(Math.round(stage.clock.nowMs()), 5_000)
  })

  it('leaves one that takes no line after its part of the time, a write too', async () => {
    const stage = new CourseStage(THREE, {
      dial: (address) => (address === 'c:1' ? { kind: 'up' } : 'never'),
    })
    assert.equal((await stage.clock.until(stage.ask(false))).answer.by, 'c:1')
    assert.equal(Math.round(stage.clock.nowMs()), 6_001)
    assert.equal(asked(stage), 'c')
  })

  it('asks another one when a member has no leader, a write too', async () => {
    const stage = new CourseStage(THREE, {
      reply: (address) => (address === 'c:1' ? answer() : leaderless),
    })
    assert.equal((await stage.clock.until(stage.ask(false))).answer.by, 'c:1')
    assert.equal(asked(stage), 'abc')
  })

  it('waits until its deadline for a leader, and then nothing has happened', async () => {
    const stage = new CourseStage(THREE, { reply: () => leaderless })
    await assert.rejects(stage.clock.until(stage.ask(false)), {
      code: 'ETCD_UNREACHABLE',
      message: /etcdserver: no leader/,
    })
    assert.equal(Math.round(stage.clock.nowMs()), 9_000)
  })

  it('never sends a write again of which nobody knows what became', async () => {
    const stage = new CourseStage(THREE, { reply: () => lost })
    await assert.rejects(stage.clock.until(stage.ask(false)), { code: 'ETCD_TIMEOUT' })
    assert.equal(asked(stage), 'a')
    const silent = new CourseStage(THREE, { reply: () => silence })
    await assert.rejects(silent.clock.until(silent.ask(false)), { code: 'ETCD_TIMEOUT' })
    assert.equal(asked(silent), 'a')
    assert.equal(Math.round(silent.clock.nowMs()), 9_000)
  })

  it('sends a write again that may be', async () => {
    const stage = new CourseStage(THREE, {
      reply: (address) => (address === 'b:1' ? answer() : lost),
    })
    const found = await stage.clock.until(stage.ask(false, { retry: true }))
    assert.equal(found.answer.by, 'b:1')
  })

  it('waits for a line as long as a dial may take, and no longer', async () => {
    const stage = new CourseStage(THREE, { reply: () => unsent })
    await assert.rejects(stage.clock.until(stage.ask(true)), {
      code: 'ETCD_UNREACHABLE',
      message: /a:1, b:1, c:1: refused/,
    })
    const nowMs = stage.clock.nowMs()
    assert.ok(nowMs >= 5_000 && nowMs < 6_100, String(nowMs))
    assert.equal(stage.clock.pending(), 0)
  })

  it('does not wait for a certificate that does not fit', async () => {
    const details =
      'No connection established. Last error: certificate has expired. Resolution note: '
    const stage = new CourseStage(THREE, { reply: () => status(14, details) })
    await assert.rejects(stage.clock.until(stage.ask(true)), {
      code: 'ETCD_UNREACHABLE',
      message: /certificate has expired/,
    })
    assert.equal(asked(stage), 'abc')
  })

  it('tells a refusal at once', async () => {
    const stage = new CourseStage(THREE, {
      reply: () => status(7, 'etcdserver: permission denied'),
    })
    await assert.rejects(stage.clock.until(stage.ask(true)), {
      code: 'ETCD_REFUSED',
      message: 'etcd at a:1 refused question: etcdserver: permission denied',
    })
    assert.equal(asked(stage), 'a')
  })

  it('tells a read that is too large as refused, a write as done perhaps', async () => {
    const large = status(8, 'Received message larger than max (20000000 vs 16777216)')
    const stage = new CourseStage(THREE, { reply: () => large })
    await assert.rejects(stage.clock.until(stage.ask(true)), { code: 'ETCD_REFUSED' })
    await assert.rejects(stage.clock.until(stage.ask(false, { retry: true })), {
      code: 'ETCD_TIMEOUT',
    })
  })

  it('asks one endpoint alone when it must be that one', async () => {
    const stage = new CourseStage(THREE, { reply: () => unsent })
    const only = stage.calls.endpoints.at('b:1')
    await assert.rejects(stage.clock.until(stage.ask(true, { timeoutMs: 500 }, only)), {
      code: 'ETCD_UNREACHABLE',
    })
    assert.match(asked(stage), /^b+$/)
  })
})

describe('a call that is called off', () => {
  it('ends, takes its questions back and leaves no timer', async () => {
    const stage = new CourseStage(THREE, { reply: () => silence })
    const controller = new AbortController()
    const call = stage.ask(true, { signal: controller.signal })
    stage.clock.after(4_000, () => controller.abort())
    await assert.rejects(stage.clock.until(call), { code: 'CALL_ABORTED' })
    assert.equal(Math.round(stage.clock.nowMs()), 4_000)
    assert.ok(stage.sent.every(({ isTakenBack }) => isTakenBack))
    assert.equal(stage.clock.pending(), 0)
  })

  it('is not made when that was before', async () => {
    const stage = new CourseStage(THREE, {})
    await assert.rejects(stage.ask(true, { signal: AbortSignal.abort() }), { code: 'CALL_ABORTED' })
    assert.deepEqual(stage.sent, [])
  })
})

describe('the token of a call', () => {
  const stale = status(16, 'etcdserver: invalid auth token')
  const stageOf = (valid: string, renewed: string) => {
    const stage = new CourseStage(THREE, {
      reply: (_, token) => (token === valid ? answer() : stale),
    })
    let renewals = 0
    stage.calls.tokens = {
      current: () => 'first',
      renew: async () => {
        renewals += 1
        return renewed
      },
    }
    return { stage, renewals: () => renewals }
  }

  it('is renewed once, and the question put again', async () => {
    const { stage, renewals } = stageOf('second', 'second')
    await stage.clock.until(stage.ask(false))
    assert.equal(renewals(), 1)
    assert.equal(asked(stage), 'aa')
  })

  it('is not renewed for ever', async () => {
    const { stage, renewals } = stageOf('none', 'second')
    await assert.rejects(stage.clock.until(stage.ask(false)), {
      code: 'ETCD_REFUSED',
      message: /invalid auth token/,
    })
    assert.equal(renewals(), 1)
  })

  it('is waited for no longer than the call may take', async () => {
    const { stage } = stageOf('second', 'second')
    stage.calls.tokens = { current: () => new Promise(() => {}), renew: async () => undefined }
    await assert.rejects(stage.clock.until(stage.ask(false)), { code: 'ETCD_UNREACHABLE' })
    assert.equal(Math.round(stage.clock.nowMs()), 9_000)
    assert.deepEqual(stage.sent, [])
  })

  it('that etcd does not give is told as what it is', async () => {
    const { stage } = stageOf('second', 'second')
    const detail = { endpoint: 'a:1', operation: 'authenticate', problem: 'wrong password' }
    const refused = new TroupeError('ETCD_REFUSED', detail)
    stage.calls.tokens = { current: () => Promise.reject(refused), renew: async () => undefined }
    await assert.rejects(stage.ask(true), refused)
  })
})
