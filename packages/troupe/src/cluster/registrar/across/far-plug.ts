/**
 * cluster/registrar/across/far-plug: joins the server of a host with those of other hosts, while
 * it serves.
 *
 * A port that is taken does not keep the server from its own host: it says so and tries again.
 *
 * @source design 6 (UDP across hosts, authenticated)
 */
import type { Cancel, Clock } from '#base/clock'
import type { FarPlug, ServerFace } from '#cluster/registrar/embedded/far-plug'
import { describeThrown } from '#contract/errors'
import { AcrossHosts } from './across-hosts.js'
import { FaceTable } from './face-table.js'
import type { HostNode } from './host-table.js'
import type { CompleteAcross } from './options.js'
import { type AcrossDatagrams, type Lookup, type Place, printedPlace } from './place.js'
import { lookupHost, openUdp } from './udp-socket.js'

/** Polls after which a host that says nothing is silent. */
const DOUBT_POLLS = 4
const OPEN_AGAIN_MS = 500
/** Who served before may be about to close it. */
const CLOSED_QUIETLY = 3
/** Once a minute. */
const TOLD_EVERY = 120

/** What the plug needs of the machine. */
export interface FarMachine {
  open(place: Place): Promise<AcrossDatagrams>
  readonly lookup: Lookup
}

const MACHINE: FarMachine = Object.freeze({ open: openUdp, lookup: lookupHost })

/** `data` is what `completeAcross` has made, in whatever thread. */
export const makeFarPlug = (data: CompleteAcross, machine: FarMachine = MACHINE): FarPlug =>
  new AcrossPlug(data, machine)

class AcrossPlug implements FarPlug {
  readonly #options: CompleteAcross
  readonly #machine: FarMachine
  #face: ServerFace | undefined
  #table: FaceTable | undefined
  #across: AcrossHosts | undefined
  /** How often the port did not open. */
  #closed = 0
  #isStopped = false
  #cancel: Cancel = () => false
  #cancelDoubt: Cancel = () => false

  constructor(options: CompleteAcross, machine: FarMachine) {
    this.#options = options
    this.#machine = machine
  }

  start(face: ServerFace): void {
    this.#face = face
    const table = new FaceTable(face, this.#options.list.places.length)
    this.#table = table
    face.changed((changes) => {
      table.changed(changes)
      this.#across?.changed()
    })
    void this.#open(face, table)
  }

  async resolve(node: string): Promise<HostNode | undefined> {
    const route = await this.#across?.resolve(node)
    return route === undefined ? undefined : { route, applications: [] }
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel()
    this.#cancelDoubt()
    // Who is deposed stays a node: there is nothing to say.
    const left = this.#table?.left(this.#face?.node ?? '')
    const isLast = this.#face?.entries().length === 0
    if (left !== undefined) this.#across?.farewell(isLast, left)
    this.#across?.stop()
  }

  /** The grace does not run while no other host is heard. */
  #giveUpLater(clock: Clock, table: FaceTable, waitMs: number): void {
    this.#cancelDoubt = clock.after(waitMs, () => {
      const isHearing = this.#across?.info().hosts.some(({ state }) => state === 'up') === true
      if (isHearing) table.dropEarlier()
      else this.#giveUpLater(clock, table, waitMs)
    })
  }

  async #open(face: ServerFace, table: FaceTable): Promise<void> {
    const { udpHost: host, udpPort: port } = this.#options
    try {
      const datagrams = await this.#machine.open({ host, port })
      if (this.#isStopped) return datagrams.close()
      this.#begin(face, table, datagrams)
    } catch (thrown) {
      if (this.#isStopped) return
      this.#closed += 1
      face.refused('udp-port')
      const isTold = this.#closed % TOLD_EVERY === CLOSED_QUIETLY
      const text = closedText(printedPlace({ host, port }), describeThrown(thrown))
      if (isTold) face.told('udp-port', text)
      this.#cancel = face.clock.after(OPEN_AGAIN_MS, () => void this.#open(face, table))
    }
  }

  #begin(face: ServerFace, table: FaceTable, datagrams: AcrossDatagrams): void {
    const { clock, random, farKey: key } = face
    const across = new AcrossHosts({
      ...{ key, clock, random, table, datagrams },
      options: this.#options,
      lookup: this.#machine.lookup,
      randomBytes: (length) => face.randomBytes(length),
      told: ({ code, text }) => face.told(code, text),
      count: (cause) => face.refused(cause),
    })
    this.#across = across
    across.start()
    const { pollMs, lostAfterMs } = this.#options
    this.#cancelDoubt = clock.after(DOUBT_POLLS * pollMs, () => {
      table.doubtEarlier()
      this.#giveUpLater(clock, table, lostAfterMs)
    })
  }
}

const closedText = (place: string, problem: string): string =>
  `other hosts cannot be asked, and cannot ask: the UDP port ${place} does not open ` +
  `(${problem}); ` +
  'stop its holder, or choose another udpPort on all hosts; it is tried again'
