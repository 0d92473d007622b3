/**
 * examples/jobs/test/web/fakes: a coordinator and a store of texts that are memory alone.
 */
import { createHash } from 'node:crypto'
import { actor } from 'troupe'
import {
  type ClusterView,
  Coordinator,
  type Submission,
  type Unavailable,
} from '#jobs/coordinator/coordinator-protocol'
import { type Job, NO_MARK } from '#jobs/job/job'
import type { StoredText, TextStore } from '#jobs/web/texts'

export class MemoryTexts implements TextStore {
  readonly texts = new Map<string, Buffer>()
  /** Pieces that have been taken and not been finished yet, at the utmost. */
  mostHeld = 0
  #next = 0
  /** Settles before each piece is stored; a test may hold it. */
  gate: () => Promise<void> = async () => {}

  async store(source: AsyncIterable<Uint8Array>): Promise<StoredText> {
    this.#next += 1
    const blob = `blob${this.#next}`
    const pieces: Uint8Array[] = []
    for await (const piece of source) {
      this.mostHeld = Math.max(this.mostHeld, piece.length)
      await this.gate()
      pieces.push(piece)
    }
    const text = Buffer.concat(pieces)
    this.texts.set(blob, text)
    const sha256 = createHash('sha256').update(text).digest('hex')
    return { blob, bytes: text.length, sha256 }
  }

  drop(blob: string): void {
    this.texts.delete(blob)
  }
}

export const jobOf = (given: Submission): Job => ({
  ...given,
  ...{ state: 'queued', tries: 0, worker: undefined, term: 0, progress: 0, result: undefined },
  ...{ problem: undefined, notBeforeMs: 0, createdMs: 1, changedMs: 1, mark: NO_MARK },
})

export interface FakeCluster {
  readonly jobs: Map<string, Job>
  unavailable: Unavailable | undefined
  view: ClusterView
  readonly orders: unknown[]
}

export const VIEW: ClusterView = Object.freeze({
  leader: 'jobs1@localhost',
  term: 3,
  coordinators: [],
  stores: [],
  workers: [],
  jobs: { queued: 0, running: 0, done: 0, parked: 0, failed: 0, deleted: 0 },
  wanted: { workersMin: 3, workersMax: 3 },
})

export const fakeCluster = (): FakeCluster => ({
  jobs: new Map(),
  unavailable: undefined,
  view: VIEW,
  orders: [],
})

/** Speaks as the coordinators do. */
export const fakeCoordinator = actor(Coordinator, {
  init: (cluster: FakeCluster) => cluster,
  on: {
    submit({ jobs, unavailable }, given) {
      if (unavailable !== undefined) return unavailable
      const known = jobs.get(given.id)
      if (known === undefined) {
        jobs.set(given.id, jobOf(given))
        return { kind: 'accepted', job: jobOf(given) } as const
      }
      return known.sha256 === given.sha256
        ? ({ kind: 'known', job: known } as const)
        : ({ kind: 'conflict', problem: 'it is there with another text' } as const)
    },
    get: ({ jobs, unavailable }, { id }) => unavailable ?? jobs.get(id),
    list: ({ jobs, orders }, query) => {
      orders.push(query)
      return [...jobs.values()].slice(0, query.limit)
    },
    remove: ({ jobs }, { id }) => (jobs.delete(id) ? 'removed' : 'unknown'),
    revive: () => 'unknown' as const,
    cluster: ({ unavailable, view }) => unavailable ?? view,
    scale: order('taken'),
    drain: order('draining'),
    weigh: order('weighed'),
    progressed: () => {},
    finished: () => {},
    capacity: () => {},
    scaled: () => {},
  },
})

function order<A>(answer: A) {
  return ({ orders }: FakeCluster, given: unknown): A => {
    orders.push(given)
    return answer
  }
}
