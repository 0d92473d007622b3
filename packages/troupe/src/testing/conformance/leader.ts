/**
 * testing/conformance/leader: what leaders must hold, and all that rests on them, whoever decides.
 *
 * The vote and the arbiter in memory pass it; an arbiter of somebody else's that passes it can be
 * given to any leader, lock, singleton and cron of a cluster.
 *
 * @source contract/leadership, contract/arbiter; ergo-features 24
 */
import type { ConformanceCase } from './case.js'
import { LEADING_FACTS } from './leader-leading.js'
import { LOCK_FACTS } from './leader-locks.js'
import { LOSING_FACTS } from './leader-losing.js'
import { OTHERS_FACTS } from './leader-others.js'
import { SINGLETON_FACTS } from './leader-singleton.js'
import { type LeaderFact, type LeaderNeed, LeaderPlay, type LeaderStage } from './leader-stage.js'

/** What the suite has to know of whoever decides. */
export interface LeaderSuiteOptions {
  /** Makes a stage for one case. */
  readonly make: () => Promise<LeaderStage>
  /** What it cannot do, each with the reason; cases that need it are skipped. Default nothing. */
  readonly lacks?: Readonly<Partial<Record<LeaderNeed, string>>>
  /** Titles of cases that are spared, each with the reason. */
  readonly skips?: Readonly<Record<string, string>>
}

const FACTS: readonly LeaderFact[] = Object.freeze([
  ...LEADING_FACTS,
  ...LOSING_FACTS,
  ...OTHERS_FACTS,
  ...LOCK_FACTS,
  ...SINGLETON_FACTS,
])

/**
 * The cases for one way to decide who leads.
 *
 * @example
 * for (const { title, skip, run } of leaderConformance({ make })) it(title, { skip }, run)
 */
export function leaderConformance(options: LeaderSuiteOptions): readonly ConformanceCase[] {
  const { make, lacks = {}, skips = {} } = options
  return FACTS.map((fact) => {
    const lack = fact.needs?.map((need) => lacks[need]).find((reason) => reason !== undefined)
    const skip = skips[fact.title] ?? lack ?? false
    return { title: fact.title, skip, run: () => played(fact, make) }
  })
}

async function played(fact: LeaderFact, make: LeaderSuiteOptions['make']): Promise<void> {
  const play = new LeaderPlay(await make())
  try {
    await fact.play(play)
  } finally {
    await play.close()
  }
}
