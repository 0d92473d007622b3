/**
 * cluster/registrar/embedded/thread: the service that runs in the side thread of a node.
 *
 * Joins the member with the machine: sockets, time, chance. Nothing is decided here.
 */
import { randomBytes } from 'node:crypto'
import { systemClock } from '#base/clock'
import { systemRandom } from '#base/random'
import type { CompleteAcross } from '#cluster/registrar/across/options'
import type { SidePort } from '#contract'
import { Member, type MemberParts, type MemberRequest } from './member.js'
import type { EmbeddedTimes } from './options.js'
import { TcpPlace, UnixPlace } from './socket-places.js'

/** What the service is started with. */
export interface EmbeddedData {
  readonly self: MemberParts['self']
  /** Of the socket; undefined: the TCP port instead. */
  readonly path: string | undefined
  readonly port: number
  readonly key: Uint8Array
  readonly farKey: Uint8Array
  /** Undefined: nothing is known of other hosts. */
  readonly far: CompleteAcross | undefined
  readonly times: EmbeddedTimes
}

export async function startService(
  port: SidePort,
  data: EmbeddedData,
): Promise<() => Promise<void>> {
  const { self, path, key, farKey, far, times } = data
  // Most nodes know nothing of other hosts, and would load all of that at their start.
  const across = far && (await import('#cluster/registrar/across/far-plug'))
  const unique = (): string => randomBytes(6).toString('hex')
  const member = new Member({
    ...{ self, key, farKey, times, randomBytes },
    place: path === undefined ? new TcpPlace(data.port) : new UnixPlace(path, unique),
    clock: systemClock,
    random: systemRandom,
    makeFar: across && (() => across.makeFarPlug(far)),
    tell: (news) => port.post(news),
  })
  port.received((request) => member.take(request as MemberRequest))
  return () => member.stop()
}
