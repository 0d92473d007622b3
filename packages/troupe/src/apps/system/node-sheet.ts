/**
 * apps/system/node-sheet: the node itself, as it is told to others.
 */

import type { NodeSheet, ZombieSheet } from '#cluster/remote/system-sheets'
import type { NodeInspection, SystemOptions, ZombieFact } from '#contract'
import type { Access, Asker } from './access.js'
import { cutValue } from './cut-value.js'
import type { SampledProgram } from './program-sheet.js'
import { addressOf, nameOf } from './row.js'

const ENV_KEYS_MAX = 1_000
const ZOMBIES_MAX = 20

/** What the sheet is made from. */
export interface NodeSheetParts {
  readonly inspection: NodeInspection
  readonly program: SampledProgram
  readonly access: Access
  readonly options: Required<SystemOptions>
}

export function nodeSheet(parts: NodeSheetParts, { node: asking }: Asker): NodeSheet {
  const { inspection, program, access, options } = parts
  const { node, clock } = inspection
  const { log } = node
  return {
    ...inspection.info(),
    program: program.whole(),
    timeMs: clock.wallMs(),
    logLevel: log.level,
    logSinks: log.sinks().map(({ name, level }) => ({ name: nameOf(name), level })),
    logCounts: log.counts(),
    ...envSheet(inspection, inspection.env(), options),
    lastZombies: inspection.zombies().slice(0, ZOMBIES_MAX).map(zombieSheet),
    allows: { inspect: access.mayInspect(asking), manage: access.mayManage(asking) },
  }
}

const zombieSheet = ({ pid, name, behaviour, message, ...times }: ZombieFact): ZombieSheet => ({
  pid: addressOf(pid),
  name: name === undefined ? undefined : nameOf(name),
  behaviour: nameOf(behaviour),
  message: nameOf(message),
  ...times,
})

/** Keys of an environment; its values where the node shows them. */
export function envSheet(
  inspection: NodeInspection,
  env: ReadonlyMap<string, unknown>,
  { envValues }: Required<SystemOptions>,
): Pick<NodeSheet, 'envKeys' | 'env'> {
  const keys = [...env.keys()].sort().slice(0, ENV_KEYS_MAX)
  const values = Object.fromEntries(keys.map((key) => [nameOf(key), env.get(key)]))
  return {
    envKeys: keys.map(nameOf),
    env: envValues ? cutValue(inspection.plain(values)) : undefined,
  }
}
