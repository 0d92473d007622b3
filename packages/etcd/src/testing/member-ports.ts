/**
 * testing/member-ports: ports of loopback for members that may be killed and come again.
 *
 * They lie below those that the machine gives to whoever dials, so that nobody else gets the port
 * of a member while it is down, and no dial of such a port can meet itself. Another program may
 * take one between the look and the start; who starts tries again with others.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { TroupeError } from 'troupe'
import { type Random, systemRandom } from 'troupe/registrar'

/** What one member listens on: for clients, for its peers, and for whoever asks how it is. */
export interface MemberPorts {
  readonly client: number
  readonly peer: number
  readonly health: number
}

export const MEMBER_STEP = 10
const LOWEST = 16_000
const TRIES_MAX = 100

/** The ports of members, the first one's client port given. */
export const portsFrom = (first: number, members: number): readonly MemberPorts[] =>
  Array.from({ length: members }, (_, at) => {
    const client = first + at * MEMBER_STEP
    return { client, peer: client + 1, health: client + 2 }
  })

/** Ports that nobody listens on now. */
export async function freePorts(
  members: number,
  random: Random = systemRandom,
): Promise<readonly MemberPorts[]> {
  const room = firstDialPort() - LOWEST - members * MEMBER_STEP
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    const ports = portsFrom(LOWEST + random.below(room), members)
    const all = ports.flatMap(({ client, peer, health }) => [client, peer, health])
    const free = await Promise.all(all.map(isFree))
    if (free.every(Boolean)) return ports
  }
  throw new TroupeError('ETCD_NOT_STARTED', { problem: 'no free ports were found' })
}

/** The first port that the machine gives to whoever dials. */
function firstDialPort(): number {
  try {
    const told = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
    const first = Number.parseInt(told, 10)
    if (first > LOWEST + 1_000) return first
  } catch {
    // Not Linux: the range below is that of most machines.
  }
  return 32_768
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.close(() => resolve(true))
    })
  })
