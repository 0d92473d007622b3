/**
 * The suite is sharp: each fault of a table, planted alone, makes a test fail; and the tests that
 * are to fail pass without it.
 *
 * That they pass is what every run of all tests says already, so the second half has a table of its
 * own, which `npm run soak` takes. So does it all faults: each is a program of its own, and there
 * are hundreds; `npm test` plants one in eight, and which ones goes by the commit.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, describe, it, type TestContext } from 'node:test'
import { HUNG_MS, type Lane, type RunLimits, type Verdict } from './lane.js'
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

/** It hangs when it costs so many times as much as without a fault, and this more. */
const HUNG_FACTOR = 3
const HUNG_EXTRA_MS = 2_500
/** It hangs when it has done nothing for so long, unless it does so without a fault, too. */
const IDLE_MS = 2_000
/** The longest rest without a fault at which that is a sign. */
const SOUND_IDLE_MS_MAX = 1_000
/** A run that has cost so much is held against one without its fault. */
const DOUBTFUL_MS = 5_000

/** How the tests of a fault run without it; measured only for those that may hang with theirs. */
type SoundRuns = Map<string, Promise<Verdict>>

/** Runs a file with its fault, until it fails, passes, or is known to hang. */
async function runWith(
  lane: Lane,
  mutant: Mutant,
  file: string,
  sounds: SoundRuns,
): Promise<Verdict> {
  const tests = mutant.tests === undefined ? [] : [mutant.tests]
  const key = [file, ...tests].join(' ')
  const run = (limits: RunLimits): Promise<Verdict> =>
    lane.with(mutant, () => lane.run(file, tests, limits))
  const known = sounds.get(key)
  if (known !== undefined) return run(limitsOf(await known))
  const verdict = await run({ limitMs: DOUBTFUL_MS, idleMs: IDLE_MS })
  if (verdict.kind !== 'hung') return verdict
  const sound = lane.run(file, tests, {})
  sounds.set(key, sound)
  const without = await sound
  if (without.kind !== 'passed') return { kind: 'broken', output: `and without: ${told(without)}` }
  const isSure = verdict.idle
    ? without.idleMs < SOUND_IDLE_MS_MAX
    : without.costMs < DOUBTFUL_MS / 4
  return isSure ? verdict : run(limitsOf(without))
}

function limitsOf(sound: Verdict): RunLimits {
  if (sound.kind !== 'passed') return {}
  const limitMs = Math.min(HUNG_MS, HUNG_FACTOR * sound.costMs + HUNG_EXTRA_MS)
  return sound.idleMs >= SOUND_IDLE_MS_MAX ? { limitMs } : { limitMs, idleMs: IDLE_MS }
}

/** Runs the files of a fault until one of them fails or hangs. */
async function caught(
  lane: Lane,
  mutant: Mutant,
  sounds: SoundRuns,
): Promise<readonly [string, Verdict]> {
  let last: readonly [string, Verdict] = [
    'no test',
    { kind: 'passed', titles: [], idleMs: 0, costMs: 0 },
  ]
  for (const file of mutant.caughtBy) {
    last = [file, await runWith(lane, mutant, file, sounds)]
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

/** A run of all tests plants one fault in so many. */
const TURNS = 8

/** Whose turn it is: the same for the same commit, so that a run can be repeated. */
function turnOf(): number {
  try {
    const here = { cwd: import.meta.dirname, encoding: 'utf8', stdio: 'pipe' } as const
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], here)
    return Number.parseInt(commit.slice(0, 6), 16) % TURNS
  } catch {
    // No git, or no clone.
    return 0
  }
}

/** Declares that those faults of one table are caught whose turn it is. */
export function catchesSome(faults: readonly Mutant[]): void {
  const turn = turnOf()
  catches(faults.filter((_, place) => place % TURNS === turn))
}

/** Declares, for one table of faults, that each of them is caught. */
export function catches(faults: readonly Mutant[]): void {
  describe('a planted fault', { concurrency: LANES }, () => {
    const lanes = new Lanes()
    const sounds: SoundRuns = new Map()
    before(() => lanes.open(LANES))
    after(() => lanes.close())

    for (const fault of faults) {
      it(`is caught: ${fault.name}`, async (t: TestContext) => {
        const [file, verdict] = await lanes.use((lane) => caught(lane, fault, sounds))
        t.diagnostic(`${file} ${told(verdict)}`)
        const isCaught = verdict.kind === 'failed' || verdict.kind === 'hung'
        assert.ok(isCaught, `nobody noticed ${fault.name}: ${file} ${told(verdict)}`)
      })
    }
  })
}

/** Declares, for one table of faults, that the tests it names are there and pass without any. */
export function passesWithout(faults: readonly Mutant[]): void {
  describe('no planted fault', { concurrency: LANES }, () => {
    const lanes = new Lanes()
    before(() => lanes.open(LANES))
    after(() => lanes.close())

    for (const [file, tests] of runsOf(faults)) {
      it(`is needed for ${file} to run: its tests are there and pass without one`, async () => {
        const patterns = [...tests].filter((one) => one !== undefined)
        const narrowed = tests.has(undefined) ? [] : patterns
        const verdict = await lanes.use((lane) => lane.run(file, narrowed, {}))
        assert.equal(told(verdict), 'passed')
        const { titles } = verdict as Extract<Verdict, { readonly kind: 'passed' }>
        const absent = patterns.filter((pattern) => !isAmong(titles, pattern))
        assert.deepEqual(absent, [], 'tests that a fault names and that did not run')
      })
    }
  })
}
