/**
 * types: what must and must not compile with `leader()` and `Leader.of`.
 *
 * Compiling this file is the test.
 */
import { expectTypeOf } from 'expect-type'
import {
  Leader,
  type Leadership,
  leader,
  message,
  type Node,
  type Pid,
  protocol,
  request,
} from 'troupe'

const Clerk = protocol('clerk', { add: message<number>(), sum: request<void, number>() })

export const clerk = leader(Clerk, {
  election: (clusterId) => {
    expectTypeOf(clusterId).toEqualTypeOf<string>()
    return { clusterId }
  },
  init: (_clusterId: string) => ({ sum: 0 }),
  started(state, { leadership }) {
    expectTypeOf(state).toEqualTypeOf<{ sum: number }>()
    expectTypeOf(leadership).toEqualTypeOf<Leadership>()
  },
  on: {
    add(state, amount, { leadership }) {
      expectTypeOf(amount).toEqualTypeOf<number>()
      if (leadership.isLeader) state.sum += amount
    },
    sum: (state) => state.sum,
  },
  handleBecomeLeader: (_state, term) => expectTypeOf(term).toEqualTypeOf<number>(),
  handleBecomeFollower: (_state, of) => expectTypeOf(of).toEqualTypeOf<Pid | undefined>(),
  handleTermChanged: (_state, change) =>
    expectTypeOf(change).toEqualTypeOf<{ readonly before: number; readonly after: number }>(),
})

export async function spawning(node: Node): Promise<void> {
  const pid = await node.spawn(clerk, { args: ['jobs'] })
  expectTypeOf(pid).toEqualTypeOf<Pid<typeof Clerk>>()
  // @ts-expect-error the id is a text
  await node.spawn(clerk, { args: [1] })
}

// @ts-expect-error without an election nobody leads
export const nobody = leader(Clerk, { on: { add: () => {}, sum: () => 0 } })

const Foul = protocol('foul', { handlePeerLeft: message() })
// @ts-expect-error the message is a callback of the base class
export const Fouled = Leader.of(Foul, { election: () => ({ clusterId: 'foul' }) })
