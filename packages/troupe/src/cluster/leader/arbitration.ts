/**
 * cluster/leader/arbitration: an arbiter decides, so that there is no vote and no word of one.
 *
 * A word that comes all the same is of a node that votes: it is told to the log once, as such a
 * node may lead at the same time.
 */
import { type Candidacy, describeThrown, type Pid } from '#contract'
import type { ArbitrationSettings } from './arbitration-settings.js'
import type { Acquaintance, Decider, Deciding } from './deciding.js'

/** A node that sends no sign is left alone for so long, in milliseconds. */
const QUIET_MS = 150

export function arbitration(settings: ArbitrationSettings): Decider {
  const { arbiter, clusterId, voters } = settings
  return {
    ...{ clusterId, voters, quietMs: QUIET_MS },
    stand: async (self) => new Arbitration(self, arbiter.kind, await arbiter.stand(self)),
  }
}

class Arbitration implements Deciding {
  readonly decidedBy = 'arbiter'
  readonly counts = { votes: 0 }
  readonly #self: Acquaintance
  readonly #kind: string
  readonly #candidacy: Candidacy

  constructor(self: Acquaintance, kind: string, candidacy: Candidacy) {
    this.#self = self
    this.#kind = kind
    this.#candidacy = candidacy
  }

  get role(): Deciding['role'] {
    if (this.leadsIn !== undefined) return 'leader'
    return this.voters.includes(this.#self.self.node) ? 'follower' : 'observer'
  }

  get term(): number {
    return this.#candidacy.term
  }

  get leadsIn(): number | undefined {
    return this.#candidacy.leadsIn
  }

  get leader(): Pid | undefined {
    return this.#candidacy.leader
  }

  get leaseLeftMs(): number {
    return this.#candidacy.leaseLeftMs
  }

  get voters(): readonly string[] {
    return this.#candidacy.voters
  }

  changeVoters(verb: 'add' | 'remove', node: string): Promise<void> {
    return this.#candidacy.changeVoters(verb, node)
  }

  stepDown(): void {
    this.#candidacy.stepDown()
  }

  async end(): Promise<void> {
    try {
      await this.#candidacy.end()
    } catch (thrown) {
      const { clusterId, log } = this.#self
      const problem = describeThrown(thrown)
      log.warning('the arbiter was not told that a contender ends', { clusterId, problem })
    }
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { arbiter: this.#kind, ...this.#candidacy.inspect() }
  }

  heard(from: string): void {
    this.counts.votes += 1
    if (this.counts.votes > 1) return
    const { clusterId, log } = this.#self
    log.error('a node votes where an arbiter decides: two may lead', { clusterId, node: from })
  }

  /** Whom the process knows is nothing to an arbiter. */
  begin(): void {}
  peerUp(): void {}
  peerDown(): void {}
  joined(): void {}
}
