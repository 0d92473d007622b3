/**
 * cluster/leader/voter-changes: who waits for a change of the voters, and what each of them hears.
 *
 * The same for a vote and for every arbiter, so that a refusal reads alike whoever decides. Knows
 * nothing of how voters change.
 *
 * @source contract/leadership (addVoter, removeVoter)
 */
import { formatTarget, type Pid, TroupeError } from '#contract'

/** `VOTERS_UNREACHED`: no majority of the voters as they would be is heard, so nothing is done. */
export type ChangeRefusal =
  | 'NOT_LEADER'
  | 'VOTERS_CHANGING'
  | 'VOTERS_UNREACHED'
  | 'LEADERSHIP_LOST'
  | 'OPTION_INVALID'

/** What a refusal is about. */
export interface RefusedChange {
  readonly clusterId: string
  readonly node: string
  /** As it is known to who refuses; asked only when it is told. */
  readonly leader: () => Pid | undefined
}

/** The error that `addVoter` and `removeVoter` reject with. */
export function changeRefused(code: ChangeRefusal, refused: RefusedChange): TroupeError {
  const { clusterId, node } = refused
  switch (code) {
    case 'VOTERS_CHANGING':
    case 'VOTERS_UNREACHED':
    case 'LEADERSHIP_LOST':
      return new TroupeError(code, { clusterId })
    case 'OPTION_INVALID': {
      const problem = 'it cannot be added or taken out: it votes, or votes not, or is the last'
      return new TroupeError('OPTION_INVALID', { option: 'node', value: node, problem })
    }
    case 'NOT_LEADER': {
      const leader = refused.leader()
      const known = leader === undefined ? 'not known' : formatTarget(leader)
      return new TroupeError('NOT_LEADER', { clusterId, leader: known })
    }
  }
}

interface Waiting {
  readonly node: string
  readonly resolve: () => void
  readonly reject: (error: TroupeError) => void
}

/** Those who wait, each by a number of its own. */
export class VoterChanges {
  readonly #clusterId: string
  readonly #leader: () => Pid | undefined
  readonly #waiting = new Map<number, Waiting>()
  #last = 0

  /** `leader`: as it is known when a change is refused. */
  constructor(clusterId: string, leader: () => Pid | undefined) {
    this.#clusterId = clusterId
    this.#leader = leader
  }

  /** Settles with `done` or `refuse` of the number that `begin` is given; also within it. */
  ask(node: string, begin: (id: number) => void): Promise<void> {
    this.#last += 1
    const id = this.#last
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { node, resolve, reject })
      begin(id)
    })
  }

  done(id: number): void {
    this.#waiting.get(id)?.resolve()
    this.#waiting.delete(id)
  }

  refuse(id: number, code: ChangeRefusal): void {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    this.#waiting.delete(id)
    const { node } = waiting
    const refused = { clusterId: this.#clusterId, node, leader: this.#leader }
    waiting.reject(changeRefused(code, refused))
  }

  refuseAll(code: ChangeRefusal): void {
    for (const id of [...this.#waiting.keys()]) this.refuse(id, code)
  }
}
