/**
 * system/roster: which processes are the parts of the system now, and how many have ended.
 *
 * A part is a name; its processes come and go. Whoever wants to kill one by name, or to know
 * with whom a packet can have died, asks here. Knows nothing of what the parts do.
 */

import type { Pid } from 'troupe'

export const PARTS = Object.freeze([
  'intake',
  'disk',
  'emergency',
  'storage',
  'ingest',
  'worker',
  'udp',
  'reader',
  'tcp',
  'service',
  'desk',
  'query',
  'web',
  'map',
  'map-feed',
  'map-page',
  'feed',
  'sender',
  'fleet',
  'replay',
  'reporter',
  'lookout',
  'books',
  'chaos',
] as const)
export type Part = (typeof PARTS)[number]

export const isPart = (name: string): name is Part => PARTS.some((part) => part === name)

export class Roster {
  readonly #isAlive: (pid: Pid) => boolean
  readonly #pids = new Map<Part, Set<Pid>>()
  readonly #deaths = new Map<Part, number>()

  constructor(isAlive: (pid: Pid) => boolean) {
    this.#isAlive = isAlive
  }

  /** A process of this part has started. */
  enter(part: Part, pid: Pid): void {
    const pids = this.#pids.get(part) ?? new Set()
    this.#pids.set(part, pids.add(pid))
  }

  /** The processes of a part that are alive at this moment. */
  alive(part: Part): readonly Pid[] {
    const pids = this.#pids.get(part) ?? new Set()
    for (const pid of pids) {
      if (this.#isAlive(pid)) continue
      pids.delete(pid)
      this.#deaths.set(part, (this.#deaths.get(part) ?? 0) + 1)
    }
    return [...pids]
  }

  /** How many processes of a part have ended. */
  deaths(part: Part): number {
    this.alive(part)
    return this.#deaths.get(part) ?? 0
  }

  /** Parts that have a process now. */
  parts(): readonly Part[] {
    return PARTS.filter((part) => this.alive(part).length > 0)
  }

  /** Deaths of every part that ever lived. */
  allDeaths(): Readonly<Partial<Record<Part, number>>> {
    const lived = PARTS.filter((part) => this.#pids.has(part))
    return Object.fromEntries(lived.map((part) => [part, this.deaths(part)]))
  }
}
