/**
 * examples/jobs/test/worker/stage: a leader that writes down what a worker tells it, a store of
 * texts that does as it is told, and assignments.
 */
import { createHash } from 'node:crypto'
import { actor, type Node, Pid, type ProcessContext, protocol, request } from 'troupe'
import { COORDINATOR_NAME } from '#jobs/coordinator/coordinator-protocol'
import { REPLICA_NAME } from '#jobs/store/replica-protocol'
import {
  type Assignment,
  type Capacity,
  type FinishedTry,
  type Progressed,
  WORKER_NOTICES,
} from '#jobs/worker/worker-protocol'

/** One word of a worker. */
export type Word =
  | { readonly kind: 'progressed'; readonly word: Progressed; readonly atMs: number }
  | { readonly kind: 'finished'; readonly word: FinishedTry; readonly atMs: number }
  | { readonly kind: 'capacity'; readonly word: Capacity; readonly atMs: number }

/** What was told, in order; `next` settles with the first that fits, now or later. */
export class Heard {
  readonly words: Word[] = []
  readonly #waiting: { fits: (word: Word) => boolean; resolve: (word: Word) => void }[] = []

  put(word: Word): void {
    this.words.push(word)
    for (const [at, { fits, resolve }] of [...this.#waiting.entries()].reverse()) {
      if (!fits(word)) continue
      this.#waiting.splice(at, 1)
      resolve(word)
    }
  }

  next(fits: (word: Word) => boolean): Promise<Word> {
    const there = this.words.find(fits)
    if (there !== undefined) return Promise.resolve(there)
    return new Promise((resolve) => this.#waiting.push({ fits, resolve }))
  }

  async finished(job: string): Promise<FinishedTry> {
    const heard = await this.next(({ kind, word }) => kind === 'finished' && word.job === job)
    return heard.word as FinishedTry
  }

  of<K extends Word['kind']>(kind: K): (Word & { kind: K })['word'][] {
    return this.words.filter((word) => word.kind === kind).map(({ word }) => word) as never
  }
}

const LeaderSide = protocol('jobs-coordinator', { ...WORKER_NOTICES })

const leaderActor = actor(LeaderSide, {
  init: (heard: Heard) => heard,
  on: {
    progressed: (heard, word, context) => told(heard, 'progressed', word, context),
    finished: (heard, word, context) => told(heard, 'finished', word, context),
    capacity: (heard, word, context) => told(heard, 'capacity', word, context),
  },
})

function told(heard: Heard, kind: Word['kind'], word: unknown, context: ProcessContext): void {
  heard.put({ kind, word, atMs: context.nowMs() } as Word)
}

/** A leader under the name of the coordinators. */
export async function fakeLeader(node: Node, name: string | undefined = COORDINATOR_NAME) {
  const heard = new Heard()
  const options = name === undefined ? {} : { name }
  const pid = await node.spawn(leaderActor, { ...options, args: [heard] })
  return { heard, pid }
}

const ReplicaSide = protocol('jobs-replica', {
  read: request<
    { readonly blob: string; readonly at: number; readonly length: number },
    Uint8Array | undefined
  >(),
})

/** Answers a question for a part of a text. */
export type Give = (blob: string, at: number, length: number) => Uint8Array | undefined

export async function fakeReplica(node: Node, give: Give): Promise<Pid> {
  const replica = actor(ReplicaSide, {
    on: { read: (_state, { blob, at, length }) => give(blob, at, length) },
  })
  return node.spawn(replica, { name: REPLICA_NAME })
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

export const sha256Of = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')

/** An assignment of a text; what is given replaces the rest. */
export function assignmentOf(
  text: Uint8Array,
  given: Partial<Assignment> & Pick<Assignment, 'leader'>,
): Assignment {
  return {
    job: 'job1',
    attempt: 1,
    term: 1,
    kind: 'word-count',
    parameters: {},
    blob: 'blob1',
    bytes: text.length,
    sha256: sha256Of(text),
    holders: [given.leader.node],
    ...given,
  }
}

export const nobody = Pid.of('nobody@localhost', 1, 1)
