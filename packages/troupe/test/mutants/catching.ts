/**
 * The suite is sharp: each fault of a table, planted alone, makes a test fail; and the tests that
 * are to fail pass without it.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Lane, Verdict } from './lane.js'
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

/** Runs the files of a fault until one of them fails or hangs. */
async function caught(lane: Lane, mutant: Mutant): Promise<readonly [string, Verdict]> {
  let last: readonly [string, Verdict] = ['no test', { kind: 'passed' }]
  for (const file of mutant.caughtBy) {
    last = [file, await lane.run(file, mutant.tests)]
    if (last[1].kind !== 'passed') break
  }
  return last
}

/** What is run for a fault, without the fault. */
const runsOf = (mutants: readonly Mutant[]) =>
  new Map(
    mutants.flatMap(({ caughtBy, tests }) =>
      caughtBy.map((file) => [`${file} ${tests ?? ''}`, { file, tests }] as const),
    ),
  )

/** Declares the tests of one table of faults. */
export function catches(faults: readonly Mutant[]): void {
  describe('a planted fault', { concurrency: LANES }, () => {
    const lanes = new Lanes()
    before(() => lanes.open(LANES))
    after(() => lanes.close())

    for (const { file, tests } of runsOf(faults).values()) {
      it(`is not needed for ${file} to run: ${tests ?? 'all'} pass without one`, async () => {
        const verdict = await lanes.use((lane) => lane.run(file, tests))
        assert.equal(told(verdict), 'passed')
      })
    }

    for (const fault of faults) {
      it(`is caught: ${fault.name}`, async (t: TestContext) => {
        const [file, verdict] = await lanes.use((lane) =>
          lane.with(fault, () => caught(lane, fault)),
        )
        t.diagnostic(`${file} ${told(verdict)}`)
        const isCaught = verdict.kind === 'failed' || verdict.kind === 'hung'
        assert.ok(isCaught, `nobody noticed ${fault.name}: ${file} ${told(verdict)}`)
      })
    }
  })
}
