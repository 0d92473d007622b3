/**
 * A process that follows what happens on node b, and what it was told.
 */
import {
  actor,
  type Followed,
  type FollowQuestion,
  type FollowTicket,
  message,
  type Node,
  type Pid,
  processName,
  protocol,
  request,
  systemProtocol,
  type UnfollowQuestion,
} from 'troupe'

const Follower = protocol('follower', {
  followed: message<Followed>(),
  begin: request<unknown, FollowTicket>(),
  end: request<UnfollowQuestion, boolean>(),
})

interface Stage {
  readonly a: Node
  settle<T>(promise: Promise<T>): Promise<T>
}

export interface FollowerOfB {
  readonly pid: Pid<typeof Follower>
  readonly told: readonly Followed[]
  /** All records of all messages. */
  records(): readonly unknown[]
  leftOut(): number
  begin(question: FollowQuestion): Promise<FollowTicket>
  beginAnything(question: unknown): Promise<FollowTicket>
  end(follow: number | UnfollowQuestion): Promise<boolean>
}

const system = processName('system', systemProtocol, 'b@stage')

/** Spawns a process that follows, on `a` unless another node is given. */
export async function followerOfB(stage: Stage, at: Node = stage.a): Promise<FollowerOfB> {
  const told: Followed[] = []
  const definition = actor(Follower, {
    on: {
      followed: (_state, given) => void told.push(given),
      begin: async (_state, given, context) => {
        // What cannot be asked rejects; the process shall go on.
        const asked = context.call(system, 'follow', given as FollowQuestion)
        return asked.catch((error: unknown) => ({ error }) as never)
      },
      end: (_state, which, context) => context.call(system, 'unfollow', which),
    },
  })
  const pid = await stage.settle(at.spawn(definition))
  const beginAnything = async (question: unknown): Promise<FollowTicket> => {
    const answer = await stage.settle(at.call(pid, 'begin', question))
    if ('error' in answer) throw answer.error
    return answer
  }
  return {
    ...{ pid, told, begin: beginAnything, beginAnything },
    records: () => told.flatMap(({ records }) => records),
    leftOut: () => told.reduce((sum, { leftOut }) => sum + leftOut, 0),
    end: (which) => {
      const one = typeof which === 'number' ? { follow: which } : which
      return stage.settle(at.call(pid, 'end', one))
    },
  }
}
