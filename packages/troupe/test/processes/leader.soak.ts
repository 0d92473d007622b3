/**
 * The lead is taken from its holder many times (`TROUPE_KILLS`, default 100; a fifth of that by an
 * orderly stop, `TROUPE_FREEZES`, default 10, by a SIGSTOP of 1 to 15 s), and is kept for
 * `TROUPE_BURN_MS`, default 60,000, while every core burns. Figures are reported, not asserted.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { describe, it, type TestContext } from 'node:test'
import { seededRandom } from '#base/random'
import { type Blow, quantile, Voters } from './leader-kit.js'

const KILLS = Number(process.env['TROUPE_KILLS'] ?? 100)
const FREEZES = Number(process.env['TROUPE_FREEZES'] ?? 10)
const BURN_MS = Number(process.env['TROUPE_BURN_MS'] ?? 60_000)
const HOUR_MS = 3_600_000
/** So long all is left in peace between two blows: connections have to be up again. */
const PEACE_MS = 500

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function votersOf(t: TestContext): Promise<Voters> {
  const voters = await Voters.make()
  t.after(() => voters.end())
  return voters
}

function report(t: TestContext, blow: Blow, took: readonly number[]): void {
  const at = (share: number): number => Math.round(quantile(took, share))
  const spread = `p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`
  t.diagnostic(`${blow}: ${took.length} times, ${spread}`)
}

describe('the lead of three programs', () => {
  for (const [blow, times] of [
    ['SIGKILL', KILLS],
    ['stop', Math.ceil(KILLS / 5)],
  ] as const) {
    it(`goes over ${times} times after ${blow}, each in a term of its own`, async (t) => {
      const voters = await votersOf(t)
      const took: number[] = []
      for (let at = 0; at < times; at += 1) {
        await sleep(PEACE_MS)
        const { victim, tookMs } = await voters.strike(blow)
        took.push(tookMs)
        await voters.restart(victim)
      }
      report(t, blow, took)
    })
  }

  it(`is refused to ${FREEZES} leaders that were frozen for 1 to 15 s in their work`, async (t) => {
    const voters = await votersOf(t)
    const random = seededRandom(Number(process.env['TROUPE_SEED'] ?? 1))
    voters.work()
    const took: number[] = []
    for (let at = 0; at < FREEZES; at += 1) {
      await voters.works()
      const { victim, tookMs, term } = await voters.strike('SIGSTOP')
      took.push(tookMs)
      await voters.effectSince(term)
      await sleep(1_000 + random.below(14_000))
      await voters.thaw(victim)
    }
    const { taken, stale } = voters.effects
    report(t, 'SIGSTOP', took)
    t.diagnostic(`${taken} effects taken, ${stale} late ones refused`)
    assert.ok(stale > 0)
  })

  it(`stays where it is for ${BURN_MS} ms while every core burns`, async (t) => {
    const voters = await votersOf(t)
    await sleep(PEACE_MS)
    const before = voters.elections
    const burners: readonly ChildProcess[] = Array.from({ length: availableParallelism() }, () =>
      spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
    )
    await sleep(BURN_MS)
    for (const burner of burners) burner.kill('SIGKILL')
    const elections = voters.elections - before
    const perHour = Math.round((elections * HOUR_MS) / BURN_MS)
    t.diagnostic(`${elections} false elections in ${BURN_MS} ms: ${perHour} an hour`)
  })
})
