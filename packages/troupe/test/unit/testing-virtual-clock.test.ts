/**
 * The virtual clock against a plain model, and its promises one by one.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type VirtualClock, virtualClock } from 'troupe/testing'

/** A program of a test: timers that may cancel others and make further ones. */
interface Plan {
  readonly delayMs: number
  readonly cancels: number
  readonly children: readonly Plan[]
}

const plan: fc.Arbitrary<Plan> = fc.letrec<{ plan: Plan }>((tie) => ({
  plan: fc.record({
    delayMs: fc.oneof(fc.integer({ min: -2, max: 8 }), fc.constantFrom(0.5, 2.5)),
    cancels: fc.integer({ min: -3, max: 12 }),
    children: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('plan'), { maxLength: 2 })),
  }),
})).plan

type Run = readonly [id: number, nowMs: number]

/** Runs plans on a clock; what each timer does happens a few microtasks and a turn later. */
async function onClock(plans: readonly Plan[], steps: readonly number[]): Promise<readonly Run[]> {
  const clock = virtualClock({ startWallMs: 0 })
  const runs: Run[] = []
  const cancels: (() => boolean)[] = []
  const make = (given: Plan): void => {
    const id = cancels.length
    const run = (): void => {
      runs.push([id, clock.nowMs()])
      const act = (): void => {
        cancels[given.cancels]?.()
        given.children.forEach(make)
      }
      clock.soon(() => void Promise.resolve().then(() => clock.later(act)))
    }
    cancels.push(clock.after(given.delayMs, run))
  }
  plans.forEach(make)
  for (const step of steps) await clock.advance(step)
  return runs
}

/** The same in the plainest way: a list, searched for the earliest each time. */
function inModel(plans: readonly Plan[], steps: readonly number[]): readonly Run[] {
  interface Waiting {
    readonly id: number
    readonly dueMs: number
    readonly plan: Plan
  }
  let waiting: Waiting[] = []
  let made = 0
  let nowMs = 0
  const runs: Run[] = []
  const make = (given: Plan): void => {
    waiting.push({ id: made, dueMs: nowMs + Math.max(0, given.delayMs), plan: given })
    made += 1
  }
  plans.forEach(make)
  for (const step of steps) {
    const targetMs = nowMs + step
    for (;;) {
      const due = waiting.filter(({ dueMs }) => dueMs <= targetMs)
      due.sort((left, right) => left.dueMs - right.dueMs || left.id - right.id)
      const [first] = due
      if (first === undefined) break
      nowMs = first.dueMs
      runs.push([first.id, nowMs])
      waiting = waiting.filter(({ id }) => id !== first.id && id !== first.plan.cancels)
      first.plan.children.forEach(make)
    }
    nowMs = targetMs
  }
  return runs
}

async function deep(depth: number, clock: VirtualClock): Promise<void> {
  for (let i = 0; i < depth; i += 1) {
    await undefined
    if (i % 10 === 0) await new Promise<void>((resolve) => clock.later(resolve))
    if (i % 7 === 0) await new Promise<void>((resolve) => clock.soon(resolve))
  }
}

describe('virtual clock', () => {
  it('runs every program as the plain model does', async () => {
    const plans = fc.array(plan, { maxLength: 6 })
    const steps = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(plans, steps, async (given, ms) => {
        assert.deepEqual(await onClock(given, ms), inModel(given, ms))
      }),
      { numRuns: 200 },
    )
  })

  it('stands still until it is advanced', async () => {
    const clock = virtualClock({ startWallMs: 1_000 })
    let ran = false
    clock.after(0, () => {
      ran = true
    })
    await clock.settle()
    assert.deepEqual([clock.nowMs(), clock.wallMs(), ran, clock.pending()], [0, 1_000, false, 1])
    await clock.advance(0)
    assert.deepEqual([clock.nowMs(), ran, clock.pending()], [0, true, 0])
  })

  it('shows each timer its own time, not the end of the advance', async () => {
    const clock = virtualClock({ startWallMs: 500 })
    const seen: (readonly [number, number])[] = []
    const look = (): void => void seen.push([clock.nowMs(), clock.wallMs()])
    clock.after(10, look)
    clock.after(30, look)
    await clock.advance(100)
    assert.deepEqual(seen, [
      [10, 510],
      [30, 530],
    ])
    assert.equal(clock.nowMs(), 100)
  })

  it('lets chains of promises, microtasks and later tasks of any depth settle', async () => {
    const clock = virtualClock()
    let done = false
    void deep(3_000, clock).then(() => {
      done = true
    })
    await clock.settle()
    assert.equal(done, true)
  })

  it('settles between two timers, also when both are due at once', async () => {
    const clock = virtualClock()
    const told: string[] = []
    const chain = (name: string) => (): void => {
      void deep(50, clock).then(() => told.push(`${name} settled`))
      told.push(`${name} ran`)
    }
    clock.after(5, chain('first'))
    clock.after(5, chain('second'))
    await clock.advance(5)
    assert.deepEqual(told, ['first ran', 'first settled', 'second ran', 'second settled'])
  })

  it('runs later tasks by itself, so an await needs no help', async () => {
    const clock = virtualClock()
    assert.equal(await new Promise((resolve) => clock.later(() => resolve('done'))), 'done')
  })

  it('answers a cancel with whether it prevented something', async () => {
    const clock = virtualClock()
    const early = clock.after(1, () => assert.fail('it was cancelled'))
    const late = clock.after(1, () => {})
    assert.deepEqual([early(), early()], [true, false])
    await clock.advance(1)
    assert.equal(late(), false)
  })

  it('moves the wall clock alone when it jumps', async () => {
    const clock = virtualClock({ startWallMs: 10_000 })
    let ranAtMs = -1
    clock.after(50, () => {
      ranAtMs = clock.nowMs()
    })
    clock.jumpWall(-4_000)
    await clock.advance(60)
    assert.deepEqual([clock.wallMs(), clock.nowMs(), ranAtMs], [6_060, 60, 50])
  })

  it('lets as much time pass as a promise needs, and not more', async () => {
    const clock = virtualClock()
    const wait = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve))
    const value = await clock.until(
      wait(700)
        .then(() => wait(300))
        .then(() => 'there'),
    )
    assert.deepEqual([value, clock.nowMs()], ['there', 1_000])
    await assert.rejects(clock.until(wait(1).then(() => Promise.reject(new RangeError('far')))), {
      name: 'RangeError',
    })
  })

  it('gives up on a promise that nothing can settle, and says so', async () => {
    const clock = virtualClock()
    const never = new Promise<never>(() => {})
    await assert.rejects(clock.until(never), {
      name: 'AssertionError',
      message: /still pending, and no timer is left that could settle it/,
    })
    const beat = (): void => void clock.after(100, beat)
    beat()
    await assert.rejects(clock.until(never, { limitMs: 1_000 }), {
      message: /still pending, and 1000 ms of virtual time have passed/,
    })
  })

  it('stops a program that never settles with an error that names the remedy', async () => {
    const remedy = { name: 'AssertionError', message: /did not settle.*give it a delay/ }
    for (const kind of ['soon', 'later'] as const) {
      const clock = virtualClock({ turnsMax: 50 })
      let going = true
      const again = (): void => {
        if (going) clock[kind](again)
      }
      again()
      await assert.rejects(clock.settle(), remedy)
      going = false
    }
    const clock = virtualClock({ turnsMax: 50 })
    const again = (): void => void clock.after(0, again)
    again()
    await assert.rejects(clock.advance(1), remedy)
    await assert.rejects(clock.until(new Promise<never>(() => {})), remedy)
  })

  it('lets any number of timers run as long as time passes', async () => {
    const clock = virtualClock({ turnsMax: 5 })
    let beats = 0
    const beat = (): void => {
      beats += 1
      clock.after(1, beat)
    }
    beat()
    await clock.advance(2_000)
    assert.equal(beats, 2_001)
  })

  it('refuses to be advanced twice at once, and tells what a timer threw', async () => {
    const clock = virtualClock()
    const first = clock.advance(10)
    await assert.rejects(clock.advance(10), { code: 'NOT_ALLOWED' })
    await first
    clock.after(1, () => {
      throw new RangeError('from the timer')
    })
    await assert.rejects(clock.advance(10), /from the timer/)
    await clock.advance(9)
    assert.equal(clock.nowMs(), 20)
    await assert.rejects(clock.advance(Number.NaN), { code: 'OPTION_INVALID' })
  })
})
