/**
 * nodes/storage-role: the program that keeps the positions, and tells the map what has changed.
 */

import type { Flags } from '#traffic/cli/flags'
import type { ProgramEnd } from '#traffic/cli/program'
import type { Screen } from '#traffic/cli/screen'
import type { Archive } from '#traffic/store/archive'
import { openTable } from '#traffic/system/open'
import { group, keeping } from '#traffic/system/tree'
import { chaosParts } from './chaos-parts.js'
import { lookoutActor } from './lookout.js'
import { type RoleParts, runRoleNode, type Setting } from './role-node.js'
import { CountsByLife } from './storage-counts.js'

export async function runStorage(flags: Flags, screen: Screen): Promise<ProgramEnd> {
  const archive = await openTable(flags)
  if (archive.kind === 'refused') return archive
  try {
    return await runRoleNode('storage', flags, screen, (setting) => partsOf(setting, archive))
  } finally {
    await archive.close()
  }
}

function partsOf(setting: Setting, archive: Archive): RoleParts {
  const { flags, node, roster } = setting
  const { table, writeBehind, loaded } = archive
  const counts = new CountsByLife()
  const keeper = setting.keeper(async () => ({
    role: 'storage',
    taken: counts.read(),
    mailboxFull: node.account().dropped['mailbox-full'],
    around: { vehicles: table.size, expired: table.expired, disk: writeBehind?.stats() },
  }))
  const { flushMs, dataFolder } = flags
  const lookout = { name: 'lookout', start: lookoutActor, args: [table] }
  const parts = [keeper, ...keeping({ table, writeBehind, flushMs, counts }), lookout]
  const tree = group('traffic', roster, [...parts, ...chaosParts(setting)])
  const kept = dataFolder === undefined ? 'in memory alone' : `${dataFolder}: ${loaded} vehicles`
  return { tree, lines: [`data ${kept}`] }
}
