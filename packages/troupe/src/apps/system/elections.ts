/**
 * apps/system/elections: who leads what, as the electors of this node know it.
 *
 * An elector is a process with a name, so that nothing has to be kept of it here: names are walked
 * in slices, and those found are asked. One that ends meanwhile is left out, as one that is not
 * there any more.
 */
import type { LeaderSheet, Page } from '#cluster'
import {
  ELECTOR_BEHAVIOUR,
  ELECTOR_PREFIX,
  type ElectionSight,
  type electionProtocol,
  electorName,
} from '#cluster/leader/elector-protocol'
import { type NodeInspection, type Pid, type ProcessContext, TroupeError } from '#contract'
import type { Desk, Wanted } from './desk.js'
import { ListWalk } from './list-walk.js'
import { readPlace } from './page.js'
import { addressOf, maybeAddress, nameOf } from './row.js'

type Elector = Pid<typeof electionProtocol>

/** An elector has a process of its own and answers at once. */
const ANSWER = { timeoutMs: 2_000 }

/** The electors of a page. */
export function wantedElectors(given: unknown, { inspection, cursors }: Desk): Wanted {
  const place = readPlace('leaders', given, cursors)
  const make = (): ListWalk<string, Elector> =>
    new ListWalk({
      ...{ clock: inspection.clock, cursors, place },
      items: inspection.names(),
      make: (name) =>
        name.startsWith(ELECTOR_PREFIX) ? electorNamed(name, inspection) : undefined,
    })
  return { key: JSON.stringify(place), make }
}

/** Asks what was found. */
export async function leaderSheets(
  { rows, next }: Page<Elector>,
  context: ProcessContext,
  inspection: NodeInspection,
): Promise<Page<LeaderSheet>> {
  const asked = rows.map((elector) => context.call(elector, 'sight', undefined, ANSWER))
  const sights = await Promise.allSettled(asked)
  const found = sights.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  return { rows: found.map((sight) => sheetOf(sight, inspection)), next }
}

/** Whoever leads here does so no longer; true when it did. NAME_UNKNOWN. */
export function stepDown(
  clusterId: string,
  context: ProcessContext,
  inspection: NodeInspection,
): Promise<boolean> {
  const name = electorName(clusterId)
  const elector = electorNamed(name, inspection)
  if (elector !== undefined) return context.call(elector, 'stepDown', undefined, ANSWER)
  throw new TroupeError('NAME_UNKNOWN', { name, node: inspection.node.name })
}

/** Undefined: nobody has the name, or something else has. */
function electorNamed(name: string, inspection: NodeInspection): Elector | undefined {
  const pid = inspection.node.whereis(name)
  const glance = pid && inspection.glance(pid)
  return glance?.behaviour === ELECTOR_BEHAVIOUR ? (addressOf(glance.pid) as Elector) : undefined
}

function sheetOf(sight: ElectionSight, inspection: NodeInspection): LeaderSheet {
  const { clusterId, role, decidedBy, term, leaseLeftMs, voters, changes } = sight
  const name = inspection.glance(sight.owner)?.name
  return {
    clusterId,
    pid: addressOf(sight.owner),
    name: name === undefined ? undefined : nameOf(name),
    ...{ role, decidedBy, term },
    leader: maybeAddress(sight.leader),
    leaseLeftMs: Math.round(leaseLeftMs),
    voters,
    heard: sight.heard.map(addressOf),
    changes,
  }
}
