/**
 * testing/conformance/transport: what every transport between nodes must hold, as a list of cases.
 *
 * TCP, TLS, Unix sockets and the simulation pass it; a transport of somebody else's that passes it
 * can carry a cluster. Knows nothing of how a transport is made: it is told.
 *
 * @source contract/transport
 */
import type { ConformanceCase } from './case.js'
import { END_FACTS } from './transport-ends.js'
import { FLOW_FACTS, type TransportFact } from './transport-flow.js'
import { PLACE_FACTS } from './transport-places.js'
import { Play, type TransportStage } from './transport-stage.js'

/** What the suite has to know of a transport. */
export interface TransportSuiteOptions {
  /** Makes a stage for one case. */
  readonly make: () => Promise<TransportStage>
  /** False: it has no ports, as Unix sockets; default true. */
  readonly hasPorts?: boolean
  /** False: a dial is always answered at once, so that none can time out; default true. */
  readonly canBeSilent?: boolean
  /** Titles of cases that this transport is spared, each with the reason. */
  readonly skips?: Readonly<Record<string, string>>
}

/**
 * The cases for one transport; those that need what it cannot have are not among them.
 *
 * @example
 * for (const { title, skip, run } of transportConformance({ make })) it(title, { skip }, run)
 */
export function transportConformance(options: TransportSuiteOptions): readonly ConformanceCase[] {
  const { make, hasPorts = true, canBeSilent = true, skips = {} } = options
  const concerns = ({ needs }: TransportFact): boolean =>
    (needs !== 'ports' || hasPorts) && (needs !== 'silence' || canBeSilent)
  return [...FLOW_FACTS, ...END_FACTS, ...PLACE_FACTS].filter(concerns).map((fact) => ({
    title: fact.title,
    skip: skips[fact.title] ?? false,
    run: () => played(fact, make),
  }))
}

async function played(fact: TransportFact, make: TransportSuiteOptions['make']): Promise<void> {
  const play = new Play(await make())
  try {
    await fact.play(play)
  } finally {
    await play.close()
  }
}
