/**
 * system/run: brings the traffic system up, and down again.
 *
 * Here the parts meet the machine: sockets, clock, chance and the node they live in.
 */

import { consoleSink, type Datagram, describeThrown, eventName, type Node, startNode } from 'troupe'
import { Books } from '#traffic/account/books'
import { Ledger } from '#traffic/account/ledger'
import { type Surroundings, statsJson } from '#traffic/account/stats-json'
import { accountLine } from '#traffic/cli/account-line'
import type { Flags } from '#traffic/cli/flags'
import type { ProgramEnd } from '#traffic/cli/program'
import type { Screen } from '#traffic/cli/screen'
import { showCluster, showFigures } from '#traffic/cli/seeing'
import { ATTEMPT_TIMEOUT_MS, type CourierSources } from '#traffic/emergency/courier'
import { diskShelf } from '#traffic/emergency/disk-shelf'
import { httpPost } from '#traffic/emergency/http-post'
import { MemoryShelf } from '#traffic/emergency/memory-shelf'
import { OUTBOX_DEFAULTS, Outbox } from '#traffic/emergency/outbox'
import { emergenciesJson, emergencyLine } from '#traffic/emergency/tally'
import { seededChance } from '#traffic/fleet/chance'
import type { Tour } from '#traffic/fleet/driver'
import { Fleet } from '#traffic/fleet/fleet'
import { creditOf, type PageFiles, readPage } from '#traffic/map/page'
import { type FinalCheck, Playback } from '#traffic/replay/playback'
import { openRecording } from '#traffic/replay/recording-file'
import type { RecordedRow } from '#traffic/replay/row'
import type { Archive } from '#traffic/store/archive'
import {
  addressLines,
  closeSockets,
  type IntakeSockets,
  openSockets,
  openTable,
  portInUse,
  type Sockets,
} from './open.js'
import { Roster } from './roster.js'
import { type Feed, type TrafficSources, trafficSupervisor } from './tree.js'

/** Longest orderly stop, in milliseconds; the launcher explains one that takes two seconds. */
export const STOP_TIMEOUT_MS = 1_500

/** What the sender of a good packet gets back. The original sent these two characters. */
export const REPLIES = Object.freeze({
  newline: Buffer.from('\n'),
  original: Buffer.from('\\n'),
  none: undefined,
})

/** Runs the system until it is stopped. Rejects with coded errors while it starts. */
export async function runTraffic(flags: Flags, screen: Screen): Promise<ProgramEnd> {
  const rows = flags.replay === undefined ? undefined : await readRows(flags.replay, screen)
  if (typeof rows === 'string') return { kind: 'refused', problem: rows }
  const archive = await openTable(flags)
  if (archive.kind === 'refused') return archive
  try {
    const sockets = await openSockets(flags).catch(refusedPort(flags))
    if ('kind' in sockets) return sockets
    try {
      const files = await readPage(creditOf(flags.replay))
      const node = await startTrafficNode(flags, screen)
      return await new Run(flags, screen, node, sockets, archive).until(rows, files)
    } finally {
      await closeSockets(sockets)
    }
  } finally {
    // The node has stopped by now: what it wrote last goes to disk.
    await archive.close()
  }
}

/** Names the flag of a port that is in use; throws everything else on. */
export const refusedPort =
  (flags: Flags) =>
  (error: unknown): Extract<ProgramEnd, { kind: 'refused' }> => {
    const problem = portInUse(error, flags)
    if (problem === undefined) throw error
    return { kind: 'refused', problem }
  }

function startTrafficNode(flags: Flags, screen: Screen): Promise<Node> {
  const { cookie } = flags
  return startNode(flags.name, {
    ...nodeOptions(flags, screen),
    // Without a cookie it is alone: it neither listens for other nodes nor looks for them.
    ...(cookie === undefined ? {} : { network: { cookie } }),
  })
}

/** How a node of the system logs and stops. */
export function nodeOptions({ level }: Flags, screen: Screen) {
  const stream = {
    write: (text: string) => screen.print(text.trimEnd()),
    isTTY: screen.isTerminal,
  }
  return {
    logLevel: level,
    logSinks: [consoleSink({ format: 'colour', stream })],
    stopTimeoutMs: STOP_TIMEOUT_MS,
  } as const
}

/** The rows of a recording, or why it cannot be played. */
export async function readRows(
  path: string,
  screen: Screen,
): Promise<readonly RecordedRow[] | string> {
  const verdict = await openRecording(path)
  if (verdict.kind === 'refused') return `cannot replay ${path}: ${verdict.problem}`
  const { rows, refused } = verdict.recording
  const vehicles = new Set(rows.map((row) => row.id)).size
  screen.print(`replaying ${rows.length} positions of ${vehicles} vehicles from ${path}`)
  for (const [cause, lines] of refused) screen.print(`not replayed: ${lines} lines (${cause})`)
  return rows
}

/** One run: what outlives the parts, made once. */
class Run {
  readonly #flags: Flags
  readonly #screen: Screen
  readonly #node: Node
  readonly #sockets: Sockets
  readonly #archive: Archive
  readonly #outbox: Outbox
  readonly #ledger = new Ledger()
  #exitCode = 0

  constructor(flags: Flags, screen: Screen, node: Node, sockets: Sockets, archive: Archive) {
    this.#flags = flags
    this.#screen = screen
    this.#node = node
    this.#sockets = sockets
    this.#archive = archive
    this.#outbox = outboxOf(flags, archive)
  }

  /** Starts the parts, says so, and waits until the node has stopped. */
  async until(rows: readonly RecordedRow[] | undefined, files: PageFiles): Promise<ProgramEnd> {
    const node = this.#node
    const { sources, books } = this.#sources(rows, files)
    const start = trafficSupervisor(sources)
    node.loadApplication({ name: 'traffic', members: [{ name: 'traffic', start }] })
    try {
      await this.#show()
      await node.startApplication('traffic')
      this.#watch()
      const { dataFolder, isPlainHttp } = this.#flags
      const { loaded, table } = this.#archive
      if (dataFolder !== undefined) this.#screen.print(`data ${dataFolder}: ${loaded} vehicles`)
      for (const line of await addressLines(this.#sockets, isPlainHttp)) {
        this.#screen.print(line)
      }
      for (const { transport, host, port, path } of node.network.listening) {
        this.#screen.print(`node       ${transport} ${path === '' ? `${host}:${port}` : path}`)
      }
      this.#screen.print('ready')
      await node.stopped
      this.#screen.end()
      this.#screen.print(accountLine(await books.read(), table.size))
      const emergencies = emergencyLine(this.#outbox.tally())
      if (emergencies !== undefined) this.#screen.print(emergencies)
    } finally {
      await node.stop()
      await this.#outbox.writeAll()
    }
    return { kind: 'ended', exitCode: this.#exitCode }
  }

  /** Where people and Prometheus can look inside; without it the system runs all the same. */
  async #show(): Promise<void> {
    const { observerPort, metricsPort } = this.#flags
    const shown = [
      ...(observerPort === 'off'
        ? []
        : [showCluster(this.#node, observerPort).then(({ line }) => line)]),
      ...(metricsPort === 'off' ? [] : [showFigures(this.#node, metricsPort)]),
    ]
    for (const one of await Promise.allSettled(shown)) {
      const problem = one.status === 'rejected' ? describeThrown(one.reason) : ''
      this.#screen.print(one.status === 'fulfilled' ? one.value : `cannot be shown: ${problem}`)
    }
  }

  /** A supervisor that gives up leaves nothing to serve: the program ends with code 1. */
  #watch(): void {
    const supervisor = this.#node.whereis('traffic')
    if (supervisor === undefined) return
    void this.#node.ended(supervisor).then(() => {
      if (!this.#node.running) return
      this.#screen.print('the traffic system has given up; see the lines above')
      this.#stop(1)
    })
  }

  #stop(exitCode: number): void {
    this.#exitCode = exitCode
    void this.#node.stop()
  }

  #sources(
    rows: readonly RecordedRow[] | undefined,
    files: PageFiles,
  ): { sources: TrafficSources; books: Books } {
    const { socket, tcp, listener, sender } = this.#sockets
    const { table, writeBehind } = this.#archive
    const ledger = this.#ledger
    const node = this.#node
    const roster = new Roster((pid) => node.isAlive(pid))
    const token = node.registerEvent(eventName<Datagram>('traffic'))
    const roads = { socket, tcp, sender, event: token.event }
    const books = new Books({ ledger, roster, ...roads, node })
    const playback = rows === undefined ? undefined : new Playback(rows, this.#flags.speed)
    const surroundings = () => this.#surroundings(roster)
    const desk = { books, roster, surroundings, allowsKill: this.#flags.allowsKill }
    const reporter = {
      books,
      table,
      screen: this.#screen,
      playback,
      replayed: ({ vehicles, atTheirPlace }: FinalCheck) => {
        if (this.#flags.isOnce) this.#stop(vehicles === atTheirPlace ? 0 : 1)
      },
    }
    const map = {
      files,
      feed: { table, stats: async () => statsJson(await books.read(), surroundings()) },
    }
    const feed = feedOf(node, this.#flags, this.#sockets, playback)
    const chaosMs = this.#flags.chaosSeconds * 1_000
    const reply = REPLIES[this.#flags.reply]
    const { flushMs } = this.#flags
    const outbox = this.#outbox
    const kept = { table, writeBehind, flushMs, outbox, courier: courierOf(this.#flags, outbox) }
    const outlive = { ledger, roster, ...kept, socket, tcp, listener, token, reply }
    return { sources: { ...outlive, desk, map, reporter, feed, chaosMs }, books }
  }

  #surroundings(roster: Roster): Surroundings {
    const { table, writeBehind } = this.#archive
    const { user, system } = process.cpuUsage()
    return {
      vehicles: table.size,
      expired: table.expired,
      restarts: roster.allDeaths(),
      receiveBufferBytes: this.#sockets.socket.receiveBufferBytes,
      disk: writeBehind?.stats(),
      emergencies: emergenciesJson(this.#outbox.tally(), this.#outbox.refused()),
      tcp: { ...this.#sockets.tcp.counters() },
      web: { ...this.#sockets.listener.counters() },
      cpuSeconds: (user + system) / 1e6,
      residentBytes: process.memoryUsage.rss(),
      countedSince: new Date(performance.timeOrigin).toISOString(),
      uptimeMs: Math.round(this.#node.info().uptimeMs),
    }
  }
}

/** What keeps emergencies until somebody has taken them. */
export function outboxOf({ emergencyUrl }: Flags, { environment }: Archive): Outbox {
  const shelf = environment === undefined ? new MemoryShelf() : diskShelf(environment)
  return new Outbox(shelf, { ...OUTBOX_DEFAULTS, isAddressed: emergencyUrl !== undefined })
}

/** What delivers them; undefined when there is nowhere to. */
export function courierOf({ emergencyUrl }: Flags, outbox: Outbox): CourierSources | undefined {
  if (emergencyUrl === undefined) return undefined
  const post = httpPost(emergencyUrl)
  return { outbox, post, flights: new Map(), timeoutMs: ATTEMPT_TIMEOUT_MS }
}

/** Our own packets, from the fleet or a recording; undefined when we send none. */
export function feedOf(
  node: Node,
  { vehicles, packetsPerSecond, seed }: Flags,
  { sender, socket }: IntakeSockets,
  playback: Playback | undefined,
): Feed | undefined {
  if (sender === undefined) return undefined
  const destination = { address: '127.0.0.1', port: socket.port }
  const tour: Tour | undefined =
    vehicles === 0
      ? undefined
      : {
          fleet: new Fleet(vehicles, seededChance(seed)),
          packetsPerSecond,
          destination,
          startedAtMs: undefined,
          sent: 0,
        }
  const replies = node.registerEvent(eventName<Datagram>('replies'))
  return { socket: sender, tour, playback, replies }
}
