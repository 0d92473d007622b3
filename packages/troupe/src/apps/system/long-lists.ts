/**
 * apps/system/long-lists: registered names, topics and items of the configuration, of which a node
 * may have very many.
 */
import type { ConfigSheet, NameQuestion } from '#cluster'
import type { ConfigHeld, EventInfo, NodeInspection } from '#contract'
import type { Desk, Wanted } from './desk.js'
import { ListWalk } from './list-walk.js'
import { placeOf, readPlace } from './page.js'
import { readQuestion, readText } from './reading.js'
import { maybeAddress, nameOf } from './row.js'

const NAMES_KNOWN: Readonly<Record<keyof NameQuestion, true>> = {
  prefix: true,
  limit: true,
  cursor: true,
}

/** Names with a beginning, for whoever completes them. */
export function wantedNames(given: unknown, { inspection, cursors }: Desk): Wanted {
  const asked = readQuestion<NameQuestion>('names', given, NAMES_KNOWN)
  const prefix = readText('prefix', asked.prefix) ?? ''
  const place = placeOf('names', asked, cursors)
  const make = (): ListWalk<string, string> =>
    new ListWalk({
      ...{ clock: inspection.clock, cursors, place },
      items: inspection.names(),
      make: (name) => (name.startsWith(prefix) ? name : undefined),
    })
  return { key: JSON.stringify([place, prefix]), make }
}

export function wantedEvents(given: unknown, { inspection, cursors }: Desk): Wanted {
  const place = readPlace('events', given, cursors)
  const make = (): ListWalk<EventInfo, EventInfo> =>
    new ListWalk({
      ...{ clock: inspection.clock, cursors, place },
      items: inspection.events(),
      make: (info) => ({ ...info, owner: maybeAddress(info.owner) }),
    })
  return { key: JSON.stringify(place), make }
}

export function wantedConfig(given: unknown, { inspection, cursors }: Desk): Wanted {
  const place = readPlace('config', given, cursors)
  const make = (): ListWalk<ConfigHeld, ConfigSheet> =>
    new ListWalk({
      ...{ clock: inspection.clock, cursors, place },
      items: inspection.node.cluster.configHeld()[Symbol.iterator](),
      make: (held) => configSheet(held, inspection),
    })
  return { key: JSON.stringify(place), make }
}

/** What has the name of a secret is hidden, as in the log. */
function configSheet(
  { item, value, level, node }: ConfigHeld,
  inspection: NodeInspection,
): ConfigSheet {
  const named = inspection.plain({ [item]: value }) as Readonly<Record<string, unknown>>
  const shown = named[item]
  const bare = inspection.plain(value)
  return {
    item: nameOf(item),
    value: shown,
    type: typeof value as ConfigSheet['type'],
    whole: shown === (typeof value === 'bigint' ? String(value) : value),
    hidden: shown !== bare,
    ...{ level, node },
  }
}
