/**
 * etcd/test/client/course-chance.test: what holds of every call, whatever its endpoints do.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { type Random, seededRandom } from 'troupe/registrar'
import {
  answer,
  CourseStage,
  type Dial,
  leaderless,
  lost,
  type Reply,
  silence,
  status,
  THREE,
  unsent,
} from '#test/client/course-stage'

const SEEDS = 150

function anyReply(random: Random): Reply {
  const afterMs = random.below(4_000)
  const replies: readonly Reply[] = [
    { ...answer(afterMs) },
    { ...leaderless, afterMs } as Reply,
    { ...lost, afterMs } as Reply,
    { ...unsent, afterMs } as Reply,
    silence,
    status(2, 'context deadline exceeded', afterMs),
    status(9, 'etcdserver: mvcc: database space exceeded', afterMs),
  ]
  return replies[random.below(replies.length)] ?? silence
}

function anyDial(random: Random): Dial | 'never' {
  const throwOf = random.below(4)
  if (throwOf === 0) return 'never'
  return throwOf === 1 ? { kind: 'after', afterMs: random.below(8_000) } : { kind: 'up' }
}

/** Nobody can say that it was not done. */
const isUnknown = ({ reply, isTakenBack }: { reply: Reply; isTakenBack: boolean }): boolean =>
  isTakenBack ||
  reply.kind === 'silence' ||
  reply === lost ||
  /dropped|exceeded$/.test(reply.kind === 'status' && reply.code !== 9 ? reply.details : '')

describe('whatever the endpoints do, a call', () => {
  for (const repeatable of [true, false]) {
    const what = repeatable ? 'that reads' : 'that writes'
    it(`${what} ends in time, and says what it was`, async () => {
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        const random = seededRandom(seed)
        const script = { dial: () => anyDial(random), reply: () => anyReply(random) }
        const stage = new CourseStage(THREE, script, seed)
        const timeoutMs = 1 + random.below(12_000)
        const settled = stage.ask(repeatable, { timeoutMs }).then(
          () => 'answered',
          (thrown: unknown) => (TroupeError.is(thrown) ? thrown.code : String(thrown)),
        )
        const ended = await stage.clock.until(settled)
        const told = `seed ${seed}: ${ended}`
        assert.ok(stage.clock.nowMs() <= timeoutMs + 0.001, told)
        const { sent } = stage
        if (!repeatable) {
          for (const one of sent.slice(0, -1)) assert.ok(!isUnknown(one), `${told}, sent again`)
        }
        if (ended === 'ETCD_UNREACHABLE') assert.ok(!sent.some(isUnknown), told)
        if (ended === 'ETCD_TIMEOUT') assert.ok(sent.some(isUnknown), told)
        const codes = ['answered', 'ETCD_UNREACHABLE', 'ETCD_TIMEOUT', 'ETCD_REFUSED']
        assert.ok(codes.includes(ended), told)
        assert.ok(
          sent.every(({ isOver }) => isOver),
          `${told}, something is still on the line`,
        )
      }
    })
  }
})
