/**
 * sd/host-rules: at which hosts the metrics of a node may be: pure.
 *
 * At the host in its name, at an address it is registered with, or at one that the option
 * `targetHosts` names. The own machine (loopback) only for nodes of this host: from elsewhere it
 * would be the machine of whoever asks. What stands for no one machine (link-local, where clouds
 * answer with their secrets, multicast, all addresses) only when the option names it.
 *
 * @source RFC 6890 (special-purpose addresses); OWASP "Server Side Request Forgery"
 */
import { BlockList, isIP } from 'node:net'
import type { NodeRoute } from 'troupe'

/** What decides. */
export interface HostFacts {
  readonly own: string
  readonly targetHosts: readonly string[]
  readonly nodes: readonly NodeRoute[]
}

/** The host of a node's name. */
export const hostOf = (node: string): string => node.slice(node.indexOf('@') + 1)

/** The host of an address that is a URL, as it is compared. */
export const hostIn = (address: string): string => plain(new URL(address).hostname)

/** Without brackets and the last dot, in one case; numbers in the one way they are written. */
function plain(host: string): string {
  const bare = host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  const url = isIP(bare) === 6 ? `http://[${bare}]/` : `http://${bare}/`
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : bare
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')
const NOWHERE = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
] as const) {
  NOWHERE.addSubnet(net, bits, 'ipv4')
}
NOWHERE.addAddress('::', 'ipv6')
NOWHERE.addSubnet('fe80::', 10, 'ipv6')
NOWHERE.addSubnet('ff00::', 8, 'ipv6')

const isIn = (list: BlockList, host: string): boolean => {
  const kind = isIP(host)
  // An address of the old kind within one of the new is found in the list of the old.
  return kind !== 0 && list.check(host, kind === 4 ? 'ipv4' : 'ipv6')
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || isIn(LOOPBACK, host)

export class HostRules {
  readonly #ownHost: string
  readonly #allowed: readonly string[]
  readonly #registered = new Map<string, readonly string[]>()

  constructor({ own, targetHosts, nodes }: HostFacts) {
    this.#ownHost = plain(hostOf(own))
    this.#allowed = targetHosts.map((one) => (one.startsWith('*') ? one.toLowerCase() : plain(one)))
    for (const { node, addresses } of nodes) {
      const hosts = addresses.map(({ host }) => host).filter((host) => host !== '')
      this.#registered.set(node, hosts.map(plain))
    }
  }

  /** `host` as `hostIn` gives it. */
  allows(node: string, host: string): boolean {
    if (this.#allowed.some((one) => matches(one, host))) return true
    const home = plain(hostOf(node))
    if (isLoopback(host)) {
      return home === this.#ownHost || (isLoopback(home) && isLoopback(this.#ownHost))
    }
    if (isIn(NOWHERE, host)) return false
    return host === home || this.#registered.get(node)?.includes(host) === true
  }
}

const matches = (pattern: string, host: string): boolean =>
  pattern === '*' ||
  pattern === host ||
  (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)))
