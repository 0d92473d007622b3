/**
 * nodes/role-node: one program of several: its node, its parts, its readings, its end.
 *
 * What each role is made of stands in files of its own; here is what they have in common. It prints
 * a line when it is ready, and the end of the launcher is the end of it.
 */

import { type AnySpawnable, type Node, startNode } from 'troupe'
import type { Flags } from '#traffic/cli/flags'
import type { ProgramEnd } from '#traffic/cli/program'
import type { Screen } from '#traffic/cli/screen'
import { showFigures } from '#traffic/cli/seeing'
import { Roster } from '#traffic/system/roster'
import { nodeOptions } from '#traffic/system/run'
import type { PartSpec } from '#traffic/system/tree'
import { Book } from './book.js'
import { joiningOf } from './joining.js'
import { type KeeperSources, keeperActor } from './keeper.js'
import { CHILD_VARIABLE } from './launcher.js'
import { meet } from './meeting.js'
import type { Around, Page, Role } from './page.js'
import { type Addresses, addressesFor, nodeOf } from './roles.js'

/** What every role gets to make its parts of. */
export interface Setting {
  readonly flags: Flags
  readonly screen: Screen
  readonly node: Node
  readonly roster: Roster
  readonly book: Book
  readonly addresses: Addresses
  /** The keepers of the programs that are there now. */
  others(): Addresses['books']
  /** Makes the keeper of the books, a part like others. */
  keeper(read: () => Promise<PageBody>, marks?: KeeperSources['marks']): PartSpec
}

/** A reading, without what is the same for all. */
export type PageBody = DistributiveOmit<Page, 'life' | 'reading' | 'pid' | 'around'> & {
  readonly around: Partial<Around>
}
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** The parts of one role. */
export interface RoleParts {
  readonly tree: AnySpawnable
  readonly lines: readonly string[]
  /** Once the node has stopped, before what it used is closed. */
  end?(): Promise<void>
}

/** Runs one role until its node has stopped. */
export async function runRoleNode(
  role: Role,
  flags: Flags,
  screen: Screen,
  make: (setting: Setting) => RoleParts,
): Promise<ProgramEnd> {
  const node = await startRole(role, flags, screen)
  const stop = (): void => void node.stop()
  // Whoever started it has gone, and cannot say so any more.
  if (process.env[CHILD_VARIABLE] !== undefined) process.stdin.once('close', stop).resume()
  try {
    const { metricsPort } = flags
    if (metricsPort !== 'off') screen.print(await showFigures(node, metricsPort))
    const setting = settingOf(role, flags, screen, node)
    const parts = make(setting)
    node.loadApplication({ name: 'traffic', members: [{ name: 'traffic', start: parts.tree }] })
    await node.startApplication('traffic')
    const supervisor = node.whereis('traffic')
    let exitCode = 0
    if (supervisor !== undefined)
      void node.ended(supervisor).then(() => {
        if (!node.running) return
        screen.print(`${role} has given up; see the lines above`)
        exitCode = 1
        stop()
      })
    for (const line of parts.lines) screen.print(line)
    for (const absent of await meet(node, setting.book, setting.addresses.books).catch(() => []))
      screen.print(`${absent} has not come; it is waited for no longer`)
    screen.print('ready')
    await node.stopped
    await parts.end?.()
    return { kind: 'ended', exitCode }
  } finally {
    await node.stop()
    process.stdin.off('close', stop).pause()
  }
}

function startRole(role: Role, flags: Flags, screen: Screen): Promise<Node> {
  return startNode(nodeOf(role, flags.name), {
    ...nodeOptions(flags, screen),
    network: { ...joiningOf(flags), acceptors: [{ port: 0 }] },
  })
}

function settingOf(role: Role, flags: Flags, screen: Screen, node: Node): Setting {
  const roster = new Roster((pid) => node.isAlive(pid))
  const book = new Book()
  const addresses = addressesFor(role, flags.name)
  let reading = 0
  const complete = (body: PageBody): Page => {
    reading += 1
    const around = { ...aroundOf(node, roster), ...body.around }
    return { ...body, life: node.creation, reading, pid: process.pid, around } as Page
  }
  const isThere = (other: string | undefined): boolean =>
    node.cluster.nodes().some((route) => route.node === other)
  const others = () => addresses.books.filter((keeper) => isThere(keeper.node))
  const keeper: Setting['keeper'] = (read, marks) => {
    const sources = {
      book,
      roster,
      others,
      read: async () => complete(await read()),
    }
    const args = [marks === undefined ? sources : { ...sources, marks }]
    return { name: 'books', start: keeperActor, args }
  }
  return { flags, screen, node, roster, book, addresses, others, keeper }
}

function aroundOf(node: Node, roster: Roster): Around {
  const { user, system } = process.cpuUsage()
  return {
    restarts: roster.allDeaths(),
    cpuSeconds: (user + system) / 1e6,
    residentBytes: process.memoryUsage.rss(),
    countedSince: new Date(node.creation).toISOString(),
    uptimeMs: Math.round(node.info().uptimeMs),
  }
}
