/**
 * cluster/registrar/across/far-plug: joins the server of a host with those of other hosts, while
 * it serves.
 *
 * A port that is taken does not keep the server from its own host: it says so and tries again.
 *
 * @source design 6 (UDP across hosts, authenticated)
 */
import type { Cancel } from '#base/clock'
import type { FarPlug, ServerFace } from '#cluster/registrar/embedded/far-plug'
import { describeThrown } from '#contract/errors'
import { AcrossHosts } from './across-hosts.js'
import { FaceTable } from './face-table.js'
import type { HostNode } from './host-table.js'
import type { CompleteAcross } from './options.js'
import { type AcrossDatagrams, type Lookup, type Place, printedPlace } from './place.js'
import { lookupHost, openUdp } from './udp-socket.js'

const OPEN_AGAIN_MS = 2_000

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
  #across: AcrossHosts | undefined
  #isStopped = false
  #cancel: Cancel = () => false

  constructor(options: CompleteAcross, machine: FarMachine) {
    this.#options = options
    this.#machine = machine
  }

  start(face: ServerFace): void {
    this.#face = face
    const table = new FaceTable(face, this.#options.list.places.length)
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
    const { node = '' } = this.#face ?? {}
    const own = this.#face?.near(node)
    const others = this.#face?.entries().filter(({ route }) => route.node !== node) ?? []
    const left = { node, creation: own?.route.creation ?? 0 }
    this.#across?.farewell(others.length === 0, left)
    this.#across?.stop()
  }

  async #open(face: ServerFace, table: FaceTable): Promise<void> {
    const { udpHost: host, udpPort: port } = this.#options
    try {
      const datagrams = await this.#machine.open({ host, port })
      if (this.#isStopped) return datagrams.close()
      this.#begin(face, table, datagrams)
    } catch (thrown) {
      if (this.#isStopped) return
      face.refused('udp-port')
      face.told('udp-port', closedText(printedPlace({ host, port }), describeThrown(thrown)))
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
  }
}

const closedText = (place: string, problem: string): string =>
  `other hosts cannot be asked, and cannot ask: the UDP port ${place} does not open (${problem}); ` +
  'stop its holder, or choose another udpPort on all hosts; it is tried again'
