/**
 * The suite is sharp: each fault of the table, planted alone, makes a test fail.
 */
import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { after, before, describe, it, type TestContext } from 'node:test'
import { Lane, type Verdict } from '#test/mutants/lane'
import type { Mutant } from '#test/mutants/mutant'
import { PLANTED_FAULTS } from '#test/mutants/planted-faults'

/** More would only fight for the same cores. */
const LANES = Math.min(2, availableParallelism())

/** Copies of the package that no test uses now. */
class Lanes {
  readonly #all: Lane[] = []
  readonly #free: Lane[] = []
  readonly #waiting: ((lane: Lane) => void)[] = []

  async open(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) this.#all.push(await Lane.open())
    this.#free.push(...this.#all)
  }

  async close(): Promise<void> {
    for (const lane of this.#all) await lane.close()
  }

  async use<T>(work: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = this.#free.pop() ?? (await new Promise<Lane>((take) => this.#waiting.push(take)))
    try {
      return await work(lane)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free.push(lane)
      else next(lane)
    }
  }
}

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

describe('a planted fault', { concurrency: LANES }, () => {
  const lanes = new Lanes()
  before(() => lanes.open(LANES))
  after(() => lanes.close())

  for (const { file, tests } of runsOf(PLANTED_FAULTS).values()) {
    it(`is not needed for ${file} to run: ${tests ?? 'all'} pass without one`, async () => {
      const verdict = await lanes.use((lane) => lane.run(file, tests))
      assert.equal(told(verdict), 'passed')
    })
  }

  for (const mutant of PLANTED_FAULTS) {
    it(`is caught: ${mutant.name}`, async (t: TestContext) => {
      const [file, verdict] = await lanes.use((lane) =>
        lane.with(mutant, () => caught(lane, mutant)),
      )
      t.diagnostic(`${file} ${told(verdict)}`)
      const isCaught = verdict.kind === 'failed' || verdict.kind === 'hung'
      assert.ok(isCaught, `nobody noticed ${mutant.name}: ${file} ${told(verdict)}`)
    })
  }

  it('has a name of its own', () => {
    const names = PLANTED_FAULTS.map(({ name }) => name)
    assert.deepEqual(names, [...new Set(names)])
  })
})
