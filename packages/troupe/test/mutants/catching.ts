/**
 * The suite is sharp: each fault of a table, planted alone, makes a test fail; and the tests that
 * are to fail pass without it.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import { HUNG_MS, type Lane, type Verdict } from './lane.js'
import { LANES, Lanes } from './lanes.js'
import type { Mutant } from './mutant.js'

const told = (verdict: Verdict): string => {
  switch (verdict.kind) {
    case 'failed':
      return `fails: ${verdict.test}`
    case 'broken':
      return `broke before its tests: ${verdict.output}`
    default:
      return verdict.kind
  }
}

/** A run with a fault hangs when it takes so many times as long as without one, and this more. */
const HUNG_FACTOR = 3
const HUNG_EXTRA_MS = 2_500

/** How long the files take without a fault, as far as that is known; in milliseconds. */
type SoundTimes = ReadonlyMap<string, number>

const hungMs = (times: SoundTimes, file: string): number =>
  Math.min(HUNG_MS, HUNG_FACTOR * (times.get(file) ?? HUNG_MS) + HUNG_EXTRA_MS)

/** Runs the files of a fault until one of them fails or hangs. */
async function caught(
  lane: Lane,
  mutant: Mutant,
  times: SoundTimes,
): Promise<readonly [string, Verdict]> {
  let last: readonly [string, Verdict] = ['no test', { kind: 'passed', titles: [] }]
  for (const file of mutant.caughtBy) {
    const tests = mutant.tests === undefined ? [] : [mutant.tests]
    last = [file, await lane.run(file, tests, hungMs(times, file))]
    if (last[1].kind !== 'passed') break
  }
  return last
}

/** What is run of each file without a fault: the tests of all its faults; undefined is all. */
function runsOf(mutants: readonly Mutant[]): Map<string, Set<string | undefined>> {
  const runs = new Map<string, Set<string | undefined>>()
  for (const { caughtBy, tests } of mutants) {
    for (const file of caughtBy) {
      const titles = runs.get(file) ?? new Set()
      runs.set(file, titles.add(tests))
    }
  }
  return runs
}

/** True when a test ran that this pattern means. */
const isAmong = (titles: readonly string[], pattern: string): boolean =>
  titles.some((title) => new RegExp(pattern).test(title))

/** Declares the tests of one table of faults. */
export function catches(faults: readonly Mutant[]): void {
  describe('a planted fault', { concurrency: LANES }, () => {
    const lanes = new Lanes()
    const times = new Map<string, number>()
    before(() => lanes.open(LANES))
    after(() => lanes.close())

    for (const [file, tests] of runsOf(faults)) {
      it(`is not needed for ${file} to run: its tests are there and pass without one`, async () => {
        const patterns = [...tests].filter((one) => one !== undefined)
        const narrowed = tests.has(undefined) ? [] : patterns
        const verdict = await lanes.use(async (lane) => {
          const begin = performance.now()
          const reached = await lane.run(file, narrowed)
          times.set(file, performance.now() - begin)
          return reached
        })
        assert.equal(told(verdict), 'passed')
        const { titles } = verdict as Extract<Verdict, { readonly kind: 'passed' }>
        const absent = patterns.filter((pattern) => !isAmong(titles, pattern))
        assert.deepEqual(absent, [], 'tests that a fault names and that did not run')
      })
    }

    for (const fault of faults) {
      it(`is caught: ${fault.name}`, async (t: TestContext) => {
        const [file, verdict] = await lanes.use((lane) =>
          lane.with(fault, () => caught(lane, fault, times)),
        )
        t.diagnostic(`${file} ${told(verdict)}`)
        const isCaught = verdict.kind === 'failed' || verdict.kind === 'hung'
        assert.ok(isCaught, `nobody noticed ${fault.name}: ${file} ${told(verdict)}`)
      })
    }
  })
}
