/**
 * cluster/registrar/across/options: how the registrar of a host speaks with those of other hosts.
 */
import { isLoopbackHost } from '#base/host-kind'
import { requireDuration, requireOption } from '#contract/limits'
import { type HostList, readHosts } from './host-list.js'

/** How registrars of hosts find each other. Times are milliseconds. */
export interface AcrossOptions {
  /**
   * Other hosts whose nodes are to be known here, as `host2` or `10.0.0.2:4499`; each of them lists
   * this one, too. Default none: a node elsewhere is found by the host in its name alone.
   */
  readonly hosts?: readonly string[]
  /** Where questions of other hosts are taken; default `0.0.0.0`. For IPv6, too: `::`. */
  readonly udpHost?: string
  /** Also the port of hosts that tell none; default 4499. 0: any free one, asked by nobody. */
  readonly udpPort?: number
  /** How often another host is asked whether something has changed; default 750. */
  readonly pollMs?: number
  /**
   * How long a host may be silent before its nodes are lost; until then they are suspect. The time
   * does not run while no other host is heard at all. Default 30,000.
   */
  readonly lostAfterMs?: number
}

/** What the options leave open. */
export const ACROSS_DEFAULTS: Required<AcrossOptions> = Object.freeze({
  hosts: Object.freeze([]) as readonly string[],
  udpHost: '0.0.0.0',
  udpPort: 4_499,
  pollMs: 750,
  lostAfterMs: 30_000,
})

/** Checked, and plain enough to be handed to another thread. */
export interface CompleteAcross extends Required<Omit<AcrossOptions, 'hosts'>> {
  readonly list: HostList
}

const POLL_MS_MIN = 50
const PORT_MAX = 65_535

/** Throws OPTION_INVALID. Options of something else are left alone. */
export function completeAcross(given: AcrossOptions = {}): CompleteAcross {
  const { hosts, udpHost, udpPort, pollMs, lostAfterMs } = withDefaults(given)
  const isHost = typeof udpHost === 'string' && udpHost !== ''
  requireOption(isHost, 'registrar.udpHost', udpHost, 'give a host name or an address')
  const isPort = Number.isInteger(udpPort) && udpPort >= 0 && udpPort <= PORT_MAX
  const remedy = 'give a number from 0, any free port, to 65535'
  requireOption(isPort, 'registrar.udpPort', udpPort, remedy)
  requireDuration('registrar.pollMs', pollMs)
  const isSlow = pollMs >= POLL_MS_MIN && Number.isFinite(pollMs)
  requireOption(isSlow, 'registrar.pollMs', pollMs, `give ${POLL_MS_MIN} milliseconds or more`)
  requireDuration('registrar.lostAfterMs', lostAfterMs)
  const list = readHosts(
    'registrar.hosts',
    hosts,
    udpPort === 0 ? ACROSS_DEFAULTS.udpPort : udpPort,
  )
  return { udpHost, udpPort, pollMs, lostAfterMs, list }
}

/** What is given as undefined is not given. */
function withDefaults(given: AcrossOptions): Required<AcrossOptions> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...ACROSS_DEFAULTS, ...Object.fromEntries(entries) }
}

/**
 * True when the server of a host is to speak with other hosts: an option says so, or the node
 * listens where others can come to.
 */
export function looksBeyond(given: AcrossOptions, hosts: readonly string[]): boolean {
  const isTold = given.udpHost !== undefined || given.udpPort !== undefined
  return isTold || (given.hosts?.length ?? 0) > 0 || hosts.some((host) => isOutward(host))
}

const isOutward = (host: string): boolean => host !== '' && !isLoopbackHost(host)
