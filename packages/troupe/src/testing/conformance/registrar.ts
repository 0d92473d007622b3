/**
 * testing/conformance/registrar: what every registrar must hold, as a list of cases.
 *
 * The registrar in memory, the embedded and the static one pass it; a registrar of somebody else's
 * that passes it can be given to any node. Knows nothing of how a registrar is made: it is told.
 *
 * @source contract/registrar; ergo-features 21, weakness 18
 */
import type { ConformanceCase } from './case.js'
import { APPLICATION_FACTS } from './registrar-applications.js'
import { AWAY_FACTS } from './registrar-away.js'
import { CONFIG_FACTS } from './registrar-config.js'
import { NODE_FACTS } from './registrar-nodes.js'
import {
  type RegistrarFact,
  type RegistrarNeed,
  RegistrarPlay,
  type RegistrarStage,
} from './registrar-stage.js'

/** What the suite has to know of a registrar. */
export interface RegistrarSuiteOptions {
  /** Makes a stage for one case. */
  readonly make: () => Promise<RegistrarStage>
  /** What it cannot do, each with the reason; cases that need it are skipped. Default nothing. */
  readonly lacks?: Readonly<Partial<Record<RegistrarNeed, string>>>
  /** Titles of cases that this registrar is spared, each with the reason. */
  readonly skips?: Readonly<Record<string, string>>
}

const needing = (
  needs: readonly RegistrarNeed[],
  facts: readonly RegistrarFact[],
): readonly RegistrarFact[] =>
  facts.map((fact) => ({ ...fact, needs: [...needs, ...(fact.needs ?? [])] }))

const FACTS: readonly RegistrarFact[] = Object.freeze([
  ...NODE_FACTS,
  ...needing(['joining', 'applications'], APPLICATION_FACTS),
  ...needing(['joining', 'applications', 'cutting'], AWAY_FACTS),
  ...needing(['config'], CONFIG_FACTS),
])

/**
 * The cases for one registrar.
 *
 * @example
 * for (const { title, skip, run } of registrarConformance({ make })) it(title, { skip }, run)
 */
export function registrarConformance(options: RegistrarSuiteOptions): readonly ConformanceCase[] {
  const { make, lacks = {}, skips = {} } = options
  return FACTS.map((fact) => {
    const lack = fact.needs?.map((need) => lacks[need]).find((reason) => reason !== undefined)
    const skip = skips[fact.title] ?? lack ?? false
    return { title: fact.title, skip, run: () => played(fact, make) }
  })
}

async function played(fact: RegistrarFact, make: RegistrarSuiteOptions['make']): Promise<void> {
  const play = new RegistrarPlay(await make())
  try {
    await fact.play(play)
  } finally {
    await play.close()
  }
}
