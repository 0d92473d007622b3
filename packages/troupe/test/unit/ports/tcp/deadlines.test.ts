/** ports/tcp/deadlines: whose patience is over, and when. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import { completeConnection, type TcpConnectionOptions } from '#ports/tcp/connection-options'
import { Deadlines } from '#ports/tcp/deadlines'

function watched(options: TcpConnectionOptions) {
  const clock = virtualClock()
  const startMs = clock.nowMs()
  const told: string[] = []
  const held = { is: false }
  const tell = (word: string): void => void told.push(`${clock.nowMs() - startMs} ${word}`)
  const deadlines: Deadlines = new Deadlines(completeConnection(options), {
    nowMs: () => clock.nowMs(),
    after: (delayMs, run) => ({ cancel: clock.after(delayMs, run) }),
    isHeld: () => held.is,
    expired: tell,
    keepAlive(bytes) {
      tell(`sends ${Buffer.from(bytes)}`)
      deadlines.queued(true)
      deadlines.taken(true)
    },
  })
  return { clock, deadlines, told, held }
}

describe('the patience with a connection', () => {
  it('ends when nothing comes or goes, and not before', async () => {
    const { clock, deadlines, told } = watched({ idleTimeoutMs: 100 })
    await clock.advance(60)
    deadlines.received()
    await clock.advance(60)
    deadlines.queued(false)
    deadlines.taken(true)
    await clock.advance(99)
    assert.deepEqual(told, [])
    await clock.advance(1)
    assert.deepEqual(told, ['220 idle'])
    await clock.advance(1_000)
    assert.deepEqual([told.length, clock.pending()], [1, 0])
  })

  it('ends with a chunk that is not complete in time, however its bytes come', async () => {
    const { clock, deadlines, told } = watched({ chunkTimeoutMs: 100 })
    deadlines.partial(true, false)
    for (let i = 0; i < 9; i += 1) {
      await clock.advance(10)
      deadlines.received()
      deadlines.partial(true, false)
    }
    assert.deepEqual(told, [])
    await clock.advance(10)
    assert.deepEqual(told, ['100 chunk-too-slow'])
  })

  it('begins anew with each chunk', async () => {
    const { clock, deadlines, told } = watched({ chunkTimeoutMs: 100 })
    deadlines.partial(true, false)
    await clock.advance(90)
    deadlines.partial(true, true)
    await clock.advance(90)
    deadlines.partial(false, true)
    await clock.advance(1_000)
    assert.deepEqual(told, [])
  })

  it('ends when the other side takes nothing of what waits for it', async () => {
    const { clock, deadlines, told } = watched({ writeTimeoutMs: 100 })
    deadlines.queued(false)
    await clock.advance(80)
    deadlines.queued(false)
    deadlines.taken(false)
    await clock.advance(80)
    deadlines.queued(false)
    assert.deepEqual(told, [])
    await clock.advance(20)
    assert.deepEqual(told, ['180 peer-too-slow'])
  })

  it('does not blame the other side while the reader has no room', async () => {
    const { clock, deadlines, told, held } = watched({ idleTimeoutMs: 100, chunkTimeoutMs: 50 })
    held.is = true
    deadlines.partial(true, false)
    await clock.advance(1_000)
    assert.deepEqual(told, [])
    held.is = false
    await clock.advance(50)
    assert.deepEqual(told, ['1050 chunk-too-slow'])
  })

  it('sends bytes of its own after a silence of ours, which are no sign of life', async () => {
    const keepAlive = { bytes: 'ping', periodMs: 30 }
    const { clock, deadlines, told } = watched({ idleTimeoutMs: 100, keepAlive })
    await clock.advance(20)
    deadlines.queued(false)
    deadlines.taken(true)
    await clock.advance(1_000)
    assert.deepEqual(told, ['50 sends ping', '80 sends ping', '110 sends ping', '120 idle'])
  })

  it('sends none behind what is stuck', async () => {
    const keepAlive = { bytes: 'ping', periodMs: 30 }
    const { clock, deadlines, told } = watched({ writeTimeoutMs: 100, keepAlive })
    deadlines.queued(false)
    await clock.advance(1_000)
    assert.deepEqual(told, ['100 peer-too-slow'])
  })

  it('waits for answers after the other side has finished, from the last one on', async () => {
    const { clock, deadlines, told } = watched({ halfOpenTimeoutMs: 100 })
    deadlines.finished()
    await clock.advance(90)
    deadlines.queued(false)
    await clock.advance(500)
    assert.deepEqual(told, [])
    deadlines.taken(true)
    await clock.advance(99)
    assert.deepEqual(told, [])
    await clock.advance(1)
    assert.deepEqual(told, ['690 peer-closed'])
  })

  it('has its defaults also where an option is given as undefined', () => {
    const given = { idleTimeoutMs: undefined, framing: undefined } as unknown
    assert.deepEqual(completeConnection(given as TcpConnectionOptions), completeConnection({}))
  })

  it('has no timer without a limit, and none once it is stopped', async () => {
    const unlimited = watched({ idleTimeoutMs: Number.POSITIVE_INFINITY })
    assert.equal(unlimited.clock.pending(), 0)
    const { clock, deadlines, told } = watched({ idleTimeoutMs: 100 })
    deadlines.stop()
    await clock.advance(1_000)
    assert.deepEqual([told, clock.pending()], [[], 0])
  })
})
