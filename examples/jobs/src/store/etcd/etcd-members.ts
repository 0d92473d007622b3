/**
 * store/etcd/etcd-members: how each endpoint of an etcd stands, asked from time to time.
 *
 * For people alone: nothing is decided by it.
 */
import type { EndpointStatus, EtcdClient } from '@troupe/etcd'
import { TroupeError } from 'troupe'
import type { ReplicaState } from '#jobs/store/book'
import type { BookOptions } from '#jobs/store/book-options'
import type { BookWorld } from '#jobs/store/book-world'

/** Revisions that a member may lack and still be called current: it has only not heard yet. */
const BEHIND_MAX = 100

type Standing =
  /** Without figures: it answers, and does not tell them to this user. */
  | { readonly kind: 'well'; readonly status: EndpointStatus | undefined }
  | { readonly kind: 'away'; readonly problem: string }

export interface MembersParts {
  readonly client: Pick<EtcdClient, 'endpoints' | 'status'>
  readonly world: Pick<BookWorld, 'after'>
  readonly options: Required<BookOptions>
  readonly term: number
}

export class EtcdMembers {
  readonly #parts: MembersParts
  readonly #standings = new Map<string, Standing>()
  #isClosed = false

  constructor(parts: MembersParts) {
    this.#parts = parts
  }

  begin(): void {
    for (const endpoint of this.#parts.client.endpoints) void this.#look(endpoint)
  }

  close(): void {
    this.#isClosed = true
  }

  /** Endpoints that have answered when they were asked last. */
  get present(): number {
    return [...this.#standings.values()].filter(({ kind }) => kind === 'well').length
  }

  view(): readonly ReplicaState[] {
    const { client, term } = this.#parts
    const revisions = [...this.#standings.values()].map((one) =>
      one.kind === 'well' ? (one.status?.revision ?? 0) : 0,
    )
    const newest = Math.max(0, ...revisions)
    return client.endpoints.map((node) => viewOf(node, this.#standings.get(node), newest, term))
  }

  async #look(endpoint: string): Promise<void> {
    const { client, world, options } = this.#parts
    try {
      const status = await client.status(endpoint, { timeoutMs: options.askTimeoutMs })
      this.#standings.set(endpoint, { kind: 'well', status })
    } catch (problem) {
      const told = problem instanceof Error ? problem.message : String(problem)
      const isSecret = TroupeError.is(problem, 'ETCD_REFUSED') && /permission denied/.test(told)
      this.#standings.set(
        endpoint,
        isSecret ? { kind: 'well', status: undefined } : { kind: 'away', problem: told },
      )
    }
    if (!this.#isClosed) world.after(4 * options.beatMs, () => void this.#look(endpoint))
  }
}

function viewOf(
  node: string,
  standing: Standing | undefined,
  newest: number,
  term: number,
): ReplicaState {
  if (standing === undefined || standing.kind === 'away') {
    return { node, state: 'away', problem: standing?.problem, term, behind: 0 }
  }
  const behind = newest - (standing.status?.revision ?? newest)
  const state = behind > BEHIND_MAX ? 'catching-up' : 'current'
  return { node, state, problem: undefined, term, behind: behind > BEHIND_MAX ? behind : 0 }
}
