/**
 * testing/simulation/side: the side thread of a simulated program, for the embedded registrar.
 *
 * What runs there runs on the side clock of the host, which a blocked main loop does not stop;
 * what it tells waits for the main loop. It knows one service, the registrar of the host.
 */
import type { Clock } from '#base/clock'
import type { Random } from '#base/random'
import { Member, type MemberRequest } from '#cluster/registrar/embedded/member'
import type { EmbeddedData } from '#cluster/registrar/embedded/thread'
import type { SideService, SideTaker, SideThread } from '#contract'
import type { Life } from './life.js'
import type { SimulatedSocketPath } from './socket-place.js'

/** What the thread is made of. */
export interface SimulatedSideParts {
  readonly life: Life
  /** Where the programs of the machine meet. */
  readonly path: SimulatedSocketPath
  /** Time of the world. */
  readonly clock: Clock
  readonly random: Random
}

/** The thread of one life of a program. */
export function simulatedSide(parts: SimulatedSideParts): SideThread {
  return {
    start: async (_module, data, taker) => startMember(parts, data as EmbeddedData, taker),
  }
}

function startMember(
  { life, path, clock, random }: SimulatedSideParts,
  { self, key, farKey, times }: EmbeddedData,
  taker: SideTaker,
): SideService {
  const member = new Member({
    ...{ self, key, farKey, times, random },
    place: path.placeOf(life),
    clock: life.sideClock,
    randomBytes: (length) => Uint8Array.from({ length }, () => random.below(256)),
    makeFar: undefined,
    // Copied, as between threads.
    tell: (news) => {
      const copy = structuredClone(news)
      clock.soon(() => life.loop.run(() => taker.received(copy)))
    },
  })
  return {
    post: (request) => {
      const copy = structuredClone(request) as MemberRequest
      clock.soon(() => life.side.run(() => member.take(copy)))
    },
    // Who is dead does not say good-bye.
    stop: async () => (life.side.isDead ? undefined : member.stop()),
  }
}
