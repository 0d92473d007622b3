/**
 * testing/simulation/network: hosts and the ways between them, all in one program.
 *
 * Deterministic: time and chance are arguments, and nothing real is touched, so that a seed
 * replays exactly. Faults are verbs here and on the hosts; every one is written to the transcript.
 *
 * @source design 9; FoundationDB "simulation"; Jepsen nemeses for the choice of faults
 */
import type { Clock } from '#base/clock'
import type { Random } from '#base/random'
import { requireOption } from '#contract'
import { SimulatedHost } from './host.js'
import type { SimulatedLine } from './line.js'
import { checkedLink, LINK_DEFAULTS, Link, type LinkSettings } from './link.js'
import { PACKET_BYTES_MAX, type Stream } from './stream.js'
import { Transcript } from './transcript.js'
import type { World } from './world.js'

/** How a simulated network is made. */
export interface SimulatedNetworkOptions {
  /** The time of the world, usually a virtual clock. */
  readonly clock: Clock
  /** All chance; a seeded one replays. */
  readonly random: Random
  /** What every way begins with; default a quiet room. */
  readonly link?: Partial<LinkSettings>
  /** What addresses call the transport; default `simulated`. */
  readonly transport?: string
  /** A sender whose bytes nobody acknowledges gives up after so long; default 15,000. */
  readonly breakAfterMs?: number
  /** Bytes of one stream on their way or unread; default 262,144. */
  readonly windowBytes?: number
  /** Lines of the transcript that are kept; default 5,000. */
  readonly transcriptMax?: number
}

/** What the options of a simulated network leave open. */
export const SIMULATED_NETWORK_DEFAULTS = Object.freeze({
  transport: 'simulated',
  breakAfterMs: 15_000,
  windowBytes: 262_144,
  transcriptMax: 5_000,
})

/** Which ways are meant: those from one host, to one host, or between two; default all. */
export interface LinkChoice {
  readonly from?: string
  readonly to?: string
}

/** How lines break: both ends hear of it, only one does, or neither until it writes. */
export type Breakage = 'reset' | 'half'

/**
 * A network in which a test is the weather.
 *
 * @example
 * const network = simulatedNetwork({ clock, random: seededRandom(7) })
 * const line = await network.host('a').transport.dial(address, { timeoutMs: 1_000 })
 * network.partition(['a'], ['b', 'c'])
 */
export function simulatedNetwork(options: SimulatedNetworkOptions): SimulatedNetwork {
  return new SimulatedNetwork(options)
}

export class SimulatedNetwork {
  readonly #world: NetworkWorld

  /** Made by `simulatedNetwork`. */
  constructor(options: SimulatedNetworkOptions) {
    this.#world = new NetworkWorld(options)
  }

  /** The host of this name, made when it is asked for first. */
  host(name: string): SimulatedHost {
    return this.#world.host(name)
  }

  get hosts(): readonly SimulatedHost[] {
    return [...this.#world.hosts.values()]
  }

  /** How a way behaves now. */
  settings(from: string, to: string): LinkSettings {
    return this.#world.link(from, to).settings
  }

  /** Changes ways, those that are and those to come. Throws OPTION_INVALID. */
  set(changes: Partial<LinkSettings>, choice: LinkChoice = {}): void {
    const { from = '*', to = '*' } = choice
    this.#world.note('set', `${from} -> ${to}`, JSON.stringify(changes))
    this.#world.set(changes, choice)
  }

  /** Nothing passes from one host to the other; the way back is left as it is. */
  block(from: string, to: string): void {
    this.set({ blocked: true }, { from, to })
  }

  unblock(from: string, to: string): void {
    this.set({ blocked: false }, { from, to })
  }

  /** Cuts every way between hosts of different groups, both ways; hosts of no group are spared. */
  partition(...groups: readonly (readonly string[])[]): void {
    this.#world.note('partition', groups.map((group) => group.join(' ')).join(' | '))
    for (const group of groups) {
      for (const other of groups) if (other !== group) this.#cut(group, other)
    }
    this.#world.changed()
  }

  /** Opens every way that is blocked. */
  heal(): void {
    this.#world.note('heal', '*')
    this.#world.set({ blocked: false }, {})
  }

  /** Breaks the lines between two hosts, as a box in between may do. Gives how many. */
  breakLines(one: string, other: string, how: Breakage = 'reset'): number {
    const lines = this.#linesBetween(one, other)
    this.#world.note('break', `${one} - ${other}`, how)
    for (const line of lines) {
      if (how === 'reset') line.reset()
      else line.break('the line was reset on its way', false)
    }
    return lines.length
  }

  /** Writes a line of somebody else's to the transcript: a word that helps who reads it. */
  note(kind: string, subject: string, detail: string | number = ''): void {
    this.#world.note(kind, subject, detail)
  }

  /** What happened, the oldest kept line first. */
  transcript(): readonly string[] {
    return this.#world.transcript.lines()
  }

  /** How often each kind of thing has happened since the start. */
  get counts(): ReadonlyMap<string, number> {
    return this.#world.transcript.counts
  }

  #cut(group: readonly string[], other: readonly string[]): void {
    for (const from of group) {
      for (const to of other) this.#world.link(from, to).set({ blocked: true })
    }
  }

  /** One end of each line, by chance, so that both sides may be the one that hears first. */
  #linesBetween(one: string, other: string): readonly SimulatedLine[] {
    const pair = [one, other]
    const isFirst = this.#world.random.below(2) === 0
    const [near = '', far = ''] = isFirst ? pair : pair.reverse()
    const lines = [...(this.#world.hosts.get(near)?.life.lines ?? [])]
    return lines.filter(({ farHost }) => farHost === far)
  }
}

class NetworkWorld implements World {
  readonly clock: Clock
  readonly random: Random
  readonly breakAfterMs: number
  readonly windowBytes: number
  readonly transcript: Transcript
  readonly scratch = new Uint8Array(PACKET_BYTES_MAX)
  readonly streams = new Set<Stream>()
  readonly hosts = new Map<string, SimulatedHost>()
  readonly #links = new Map<string, Map<string, Link>>()
  readonly #transport: string
  /** What links to come begin with, and what was changed for some of them, in order. */
  #start: LinkSettings
  #changes: { readonly changes: Partial<LinkSettings>; readonly choice: LinkChoice }[] = []

  constructor(options: SimulatedNetworkOptions) {
    const settings = { ...SIMULATED_NETWORK_DEFAULTS, ...options }
    const { breakAfterMs, windowBytes, transcriptMax } = settings
    requireOption(breakAfterMs > 0, 'breakAfterMs', breakAfterMs, 'give milliseconds above 0')
    requireOption(windowBytes >= 1, 'windowBytes', windowBytes, 'give 1 or more')
    this.clock = settings.clock
    this.random = settings.random
    this.breakAfterMs = breakAfterMs
    this.windowBytes = windowBytes
    this.transcript = new Transcript(transcriptMax)
    this.#transport = settings.transport
    this.#start = checkedLink({ ...LINK_DEFAULTS, ...settings.link })
  }

  host(name: string): SimulatedHost {
    let host = this.hosts.get(name)
    if (host === undefined) {
      host = new SimulatedHost(this, name, this.#transport)
      this.hosts.set(name, host)
    }
    return host
  }

  machine(name: string): SimulatedHost | undefined {
    return this.hosts.get(name)
  }

  link(from: string, to: string): Link {
    let links = this.#links.get(from)
    if (links === undefined) {
      links = new Map()
      this.#links.set(from, links)
    }
    let link = links.get(to)
    if (link === undefined) {
      link = new Link(from, to, this.#start, this.random)
      for (const { changes, choice } of this.#changes) if (isMeant(link, choice)) link.set(changes)
      links.set(to, link)
    }
    return link
  }

  set(changes: Partial<LinkSettings>, choice: LinkChoice): void {
    const { from, to } = choice
    if (from !== undefined && to !== undefined) this.link(from, to).set(changes)
    else {
      for (const links of this.#links.values()) {
        for (const link of links.values()) if (isMeant(link, choice)) link.set(changes)
      }
      this.#remember(changes, choice)
    }
    this.changed()
  }

  carries(link: Link): boolean {
    if (link.settings.blocked) return false
    return this.#isPowered(link.from) && this.#isPowered(link.to)
  }

  carriesBack(link: Link): boolean {
    return this.carries(this.link(link.to, link.from))
  }

  changed(): void {
    for (const stream of [...this.streams]) stream.wake()
  }

  note(kind: string, subject: string, detail: string | number = ''): void {
    this.transcript.note(this.clock.nowMs(), kind, subject, detail)
  }

  #isPowered(name: string): boolean {
    return this.hosts.get(name)?.power !== 'off'
  }

  #remember(changes: Partial<LinkSettings>, choice: LinkChoice): void {
    if (choice.from !== undefined || choice.to !== undefined) {
      this.#changes.push({ changes, choice })
      return
    }
    // A change of all ways makes earlier ones of the same settings void.
    const names = new Set(Object.keys(changes))
    this.#start = checkedLink({ ...this.#start, ...changes })
    this.#changes = this.#changes.flatMap((one) => {
      const left = Object.entries(one.changes).filter(([name]) => !names.has(name))
      return left.length === 0 ? [] : [{ ...one, changes: Object.fromEntries(left) }]
    })
  }
}

const isMeant = (link: Link, { from, to }: LinkChoice): boolean =>
  (from === undefined || from === link.from) && (to === undefined || to === link.to)
