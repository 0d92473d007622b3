/**
 * network/advertised-host: where others are told to come when a node listens on all addresses.
 *
 * `0.0.0.0` and `::` stand for all addresses of a machine: nobody can be sent there. The name of
 * the node says best where it is reached, as in Erlang; else an address of the machine does. Pure:
 * what the machine has is an argument.
 *
 * @source OTP erl -name (the host part is where a node is reached)
 */
import { isIP } from 'node:net'
import type { NetworkOptions } from '#contract'

/** An address of one of the machine's networks. */
export interface MachineAddress {
  readonly address: string
  readonly internal: boolean
}

/** What this machine calls itself, and its addresses. */
export interface Machine {
  readonly hostname: string
  readonly addresses: readonly MachineAddress[]
}

/** Options in which every place that others are sent to has a host they can be sent to. */
export interface Announced {
  readonly options: NetworkOptions
  /** What was chosen where the machine left a choice: for the log. */
  readonly notes: readonly string[]
}

const LOOPBACK: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** True for what stands for all addresses of a machine. */
const isWildcard = (host: string | undefined): host is string =>
  host !== undefined && Object.hasOwn(LOOPBACK, host)

/** The options of the node `name`, with `advertisedHost` wherever it is needed and not given. */
export function withAdvertised(options: NetworkOptions, name: string, machine: Machine): Announced {
  const notes = new Set<string>()
  const told = <T extends Place>(place: T): T => {
    const { host, advertisedHost } = place
    if (!isWildcard(host) || advertisedHost !== undefined) return place
    const [first = LOOPBACK[host] as string, ...others] = hostsOf(host, name, machine)
    if (others.length > 0) notes.add(noteOf(host, first, others))
    return { ...place, advertisedHost: first }
  }
  const { acceptors, liveness, ...rest } = options
  const whole = {
    ...rest,
    ...(acceptors === undefined ? {} : { acceptors: acceptors.map(told) }),
    ...(liveness === undefined ? {} : { liveness: told(liveness) }),
  }
  return { options: whole, notes: [...notes] }
}

/** What an acceptor and the liveness thread have in common. */
interface Place {
  readonly host?: string
  readonly advertisedHost?: string
}

/** Where the node is reached, the best first; empty: only from this machine. */
function hostsOf(wildcard: string, name: string, machine: Machine): readonly string[] {
  const host = name.slice(name.indexOf('@') + 1)
  if (isReachable(host, machine.hostname)) return [host]
  const outer = machine.addresses.filter(({ internal }) => !internal)
  const found = outer.map(({ address }) => address)
  const four = found.filter((address) => isIP(address) === 4)
  if (four.length > 0 || wildcard !== '::') return four
  // What is local to one cable needs the name of the cable beside it.
  return found.filter((address) => !/^fe[89ab]/i.test(address))
}

/** An address, a name with a domain, or the name of this machine; `localhost` is none of these. */
const isReachable = (host: string, hostname: string): boolean =>
  isIP(host) !== 0 ||
  (host === hostname && host !== 'localhost') ||
  /^[^.].*\.[a-z]{2,}$/i.test(host)

const noteOf = (wildcard: string, first: string, others: readonly string[]): string =>
  `this node listens on ${wildcard}, and others are told to come to ${first}, though it has ` +
  `${others.join(', ')}, too; give advertisedHost, or name the node after where it is reached`
