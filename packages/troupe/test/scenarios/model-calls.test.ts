/**
 * Calls against a plain model: each settles exactly once, as what happens first says.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { actor, NoReply, protocol, request, TroupeError } from 'troupe'
import { testNode } from 'troupe/testing'
import { accountCloses, lives } from '#test/scenarios/bad-input'

/** What the callee does with one request, so many milliseconds after it has come. */
interface Plan {
  /** When the call is made. */
  readonly atMs: number
  readonly callee: number
  readonly does: 'reply' | 'reject' | 'promise' | 'promise-fails' | 'nothing' | 'throw'
  readonly afterMs: number
  readonly timeoutMs: 100 | 1_000 | 5_000
  /** When the caller gives up, after the call; undefined for never. */
  readonly abortMs: number | undefined
}

interface Life {
  readonly plans: readonly Plan[]
  /** When each callee is killed. */
  readonly killsMs: readonly number[]
}

const CALLEES = 3
const HORIZON_MS = 2_000
/** So that a throw and an answer are never due together. */
const THROW_LATER_MS = 0.125

// Fractions keep the times of different kinds apart, so that none fall together.
const plan: fc.Arbitrary<Plan> = fc.record({
  atMs: fc.nat(HORIZON_MS),
  callee: fc.nat(CALLEES - 1),
  does: fc.constantFrom('reply', 'reject', 'promise', 'promise-fails', 'nothing', 'throw'),
  afterMs: fc.nat(1_500).map((ms) => ms + 0.25),
  timeoutMs: fc.constantFrom(100, 1_000, 5_000),
  abortMs: fc.option(
    fc.nat(1_500).map((ms) => ms + 0.5),
    { nil: undefined },
  ),
})
const life: fc.Arbitrary<Life> = fc.record({
  plans: fc.array(plan, { minLength: 1, maxLength: 20, size: 'max' }),
  killsMs: fc.array(
    fc.nat(HORIZON_MS * 3).map((ms) => ms + 0.75),
    { minLength: CALLEES, maxLength: CALLEES },
  ),
})

/** When each callee ends: killed, or by its own first throw before that. */
function endsMs({ plans, killsMs }: Life): readonly number[] {
  return killsMs.map((killMs, callee) => {
    const throws = plans
      .filter((one) => one.callee === callee && one.does === 'throw')
      .map(({ atMs, afterMs }) => atMs + afterMs + THROW_LATER_MS)
    return Math.min(killMs, ...throws)
  })
}

const BY_DEED = Object.freeze({
  reply: 'answer',
  promise: 'answer',
  reject: 'NODE_STOPPED',
  'promise-fails': 'HANDLER_FAILED',
})

/** What a call comes to, and when. */
function expected(one: Plan, endMs: number): string {
  const { atMs, does, afterMs, timeoutMs, abortMs } = one
  if (endMs <= atMs) return `PROCESS_UNKNOWN at ${atMs}`
  const happens: (readonly [string, number])[] = [
    ['CALL_TIMEOUT', atMs + timeoutMs],
    ['CALLEE_ENDED', endMs],
  ]
  if (abortMs !== undefined) happens.push(['CALL_ABORTED', atMs + abortMs])
  if (does !== 'nothing' && does !== 'throw') happens.push([BY_DEED[does], atMs + afterMs])
  const [first] = happens.sort((left, right) => left[1] - right[1])
  return `${first?.[0]} at ${first?.[1]}`
}

const Callee = protocol('callee', { ask: request<Plan, string>() })

const callee = actor(Callee, {
  on: {
    ask(_state, { does, afterMs }, context) {
      const replier = context.replyLater<unknown>()
      const later = (run: () => void): typeof NoReply => {
        context.after(afterMs, run)
        return NoReply
      }
      switch (does) {
        case 'nothing':
          return NoReply
        case 'throw':
          context.after(afterMs + THROW_LATER_MS, () => {
            throw new RangeError('on purpose')
          })
          return NoReply
        case 'reply':
          return later(() => replier.reply('answer'))
        case 'reject':
          return later(() => replier.reject(new TroupeError('NODE_STOPPED', { node: 'x' })))
        case 'promise':
          replier.reply(context.sleep(afterMs).then(() => 'answer'))
          return NoReply
        case 'promise-fails':
          replier.reply(context.sleep(afterMs).then(() => Promise.reject(new RangeError('no'))))
          return NoReply
      }
    },
  },
})

async function agrees(given: Life): Promise<void> {
  await using test = await testNode()
  const { node, clock } = test
  const pids = [0, 1, 2].map(() => node.spawn(callee))
  const outcomes = new Map<Plan, string[]>()
  for (const [at, killMs] of given.killsMs.entries()) {
    const pid = await pids[at]
    clock.after(killMs, () => pid !== undefined && node.kill(pid))
  }
  const call = async (one: Plan): Promise<void> => {
    const told: string[] = []
    outcomes.set(one, told)
    const pid = await (pids[one.callee] as (typeof pids)[0])
    const controller = new AbortController()
    if (one.abortMs !== undefined) clock.after(one.abortMs, () => controller.abort())
    const { timeoutMs } = one
    const settled = (what: string): void => void told.push(`${what} at ${clock.nowMs()}`)
    node
      .call(pid, 'ask', one, { timeoutMs, signal: controller.signal })
      .then(settled, (error: unknown) => settled(TroupeError.is(error) ? error.code : 'not coded'))
  }
  for (const one of given.plans) clock.after(one.atMs, () => void call(one))
  await clock.advance(20_000)
  const ends = endsMs(given)
  for (const one of given.plans) {
    assert.deepEqual(outcomes.get(one), [expected(one, ends[one.callee] ?? 0)])
  }
  accountCloses(node)
  await lives(test)
}

describe('calls', () => {
  it('settle exactly once, as what happens first says, and at that time', async () => {
    await fc.assert(fc.asyncProperty(life, agrees), {
      numRuns: 800,
      seed: Number(process.env['TROUPE_SEED'] ?? 2),
    })
  })
})
