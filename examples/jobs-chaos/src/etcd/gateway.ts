/**
 * etcd/gateway: asks one member of an etcd over its own HTTP: JSON, and nothing of Troupe.
 *
 * What breaks an etcd and looks whether it is whole again must not lean on the client that is
 * judged. Keys and values are text.
 * Limit: `timeoutMs` for each question; it never rejects.
 *
 * @source etcd "gRPC gateway"
 */
import { ask, fieldsOf } from '#chaos/client/http'

/** What a member says of itself. */
export interface MemberStatus {
  readonly isLeader: boolean
  /** Of etcd's own agreement. */
  readonly raftTerm: number
  readonly revision: number
}

const QUICK_MS = 1_500
/** It stands still meanwhile. */
const DEFRAGMENT_MS = 10_000

const base64 = (text: string): string => Buffer.from(text).toString('base64')

export class Gateway {
  readonly #url: string

  /** `endpoint`: host:port of one member. */
  constructor(endpoint: string) {
    this.#url = endpoint.includes('://') ? endpoint : `http://${endpoint}`
  }

  /** Undefined: it does not answer in time. */
  async status(): Promise<MemberStatus | undefined> {
    const told = await this.#post('maintenance/status', {}, QUICK_MS)
    if (told === undefined) return undefined
    const { member_id: self, revision } = fieldsOf(told['header'])
    const isLeader = told['leader'] !== undefined && told['leader'] === self
    return { isLeader, raftTerm: Number(told['raftTerm']), revision: Number(revision) }
  }

  /** Whether a read through it is answered, for which etcd needs its majority. */
  async serves(): Promise<boolean> {
    return (await this.#post('kv/range', { key: base64('\u0000') }, QUICK_MS)) !== undefined
  }

  async put(key: string, value: string): Promise<boolean> {
    const given = { key: base64(key), value: base64(value) }
    return (await this.#post('kv/put', given, QUICK_MS)) !== undefined
  }

  /** Throws away all that was before this revision, on the disk as well. */
  async compact(revision: number): Promise<boolean> {
    const given = { revision, physical: true }
    return (await this.#post('kv/compaction', given, DEFRAGMENT_MS)) !== undefined
  }

  async defragment(): Promise<boolean> {
    return (await this.#post('maintenance/defragment', {}, DEFRAGMENT_MS)) !== undefined
  }

  async #post(path: string, given: unknown, timeoutMs: number) {
    const url = `${this.#url}/v3/${path}`
    const body = JSON.stringify(given)
    const answer = await ask({ method: 'POST', url, body, timeoutMs })
    return answer.status === 200 ? fieldsOf(answer.body) : undefined
  }
}
