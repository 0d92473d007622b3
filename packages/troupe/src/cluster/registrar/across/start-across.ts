/**
 * cluster/registrar/across/start-across: the exchange between hosts with the machine's own socket,
 * names, time and chance; for the thread that serves a host.
 */
import { randomBytes } from 'node:crypto'
import { backgroundClock } from '#base/clock'
import { systemRandom } from '#base/random'
import { AcrossHosts, type AcrossSettings } from './across-hosts.js'
import type { HostView } from './host-table.js'
import { lookupHost, openUdp } from './udp-socket.js'

/** What only the one who starts it knows. */
export interface StartAcross extends Pick<AcrossSettings, 'key' | 'options' | 'table' | 'told'> {
  /** What an earlier server of this host knew of the others. */
  readonly views?: ReadonlyMap<string, HostView>
}

/** Settles when it listens; rejects with PORT_IN_USE or PORT_FAILED. */
export async function startAcross({ views, ...settings }: StartAcross): Promise<AcrossHosts> {
  const { udpHost, udpPort } = settings.options
  const datagrams = await openUdp({ host: udpHost, port: udpPort })
  const world = { datagrams, lookup: lookupHost, clock: backgroundClock, random: systemRandom }
  const across = new AcrossHosts({ ...settings, ...world, randomBytes: (n) => randomBytes(n) })
  across.start(views)
  return across
}
