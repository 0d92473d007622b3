/**
 * contenders: processes that want to lead, as an arbiter sees them, around an etcd in memory.
 */
import { type Arbiter, type Candidacy, type Contender, type Logger, Pid } from 'troupe'
import { seededRandom } from 'troupe/registrar'
import { type VirtualClock, virtualClock } from 'troupe/testing'
import { type EtcdArbiter, type EtcdArbiterOptions, etcdArbiter } from '#etcd/leader/etcd-arbiter'
import { type MemoryEtcd, memoryEtcd } from '#etcd/testing/memory-etcd'

export const CLUSTER = 'keeper'
export const FOLDER = `services/troupe/cluster/default/leaders/${CLUSTER}/`

/** One that stands, and what it has said. */
export interface Standing {
  readonly name: string
  readonly pid: Pid
  readonly arbiter: EtcdArbiter
  readonly candidacy: Candidacy
  /** What it led in, and `-` for each time it was told that it does not. */
  readonly seen: string[]
  readonly logs: string[]
}

export class Contenders {
  readonly clock: VirtualClock
  readonly etcd: MemoryEtcd
  readonly all: Standing[] = []
  readonly #options: EtcdArbiterOptions
  /** A call of a candidacy is under way. */
  isCalling = false
  /** Whoever stands was killed: it takes no timer. */
  isRevoked = false
  #pids = 0

  constructor(options: EtcdArbiterOptions = {}) {
    this.clock = virtualClock()
    this.etcd = memoryEtcd({ clock: this.clock })
    this.#options = { leaseTtlMs: 2_000, ...options }
  }

  /** These stand, one after the other, and one of them leads. */
  static async of(names: readonly string[], voters?: readonly string[]): Promise<Contenders> {
    const made = new Contenders()
    for (const name of names) await made.stand(name, voters)
    await made.clock.advance(500)
    return made
  }

  async stand(name: string, voters?: readonly string[]): Promise<Standing> {
    const arbiter = etcdArbiter({ ...this.#options, client: this.etcd.client(name) })
    return this.standBy(arbiter, name, voters)
  }

  async standBy(arbiter: EtcdArbiter, name: string, voters?: readonly string[]): Promise<Standing> {
    this.#pids += 1
    const pid = Pid.of(name, this.#pids, 1)
    const seen: string[] = []
    const logs: string[] = []
    const changed = (): void => {
      if (this.isCalling) throw new RangeError('told within a call')
      const now = String(one.candidacy.leadsIn ?? '-')
      if (seen.at(-1) !== now) seen.push(now)
    }
    const isRevoked = (): boolean => this.isRevoked
    const contender = contenderOf(this.clock, pid, { voters, changed, logs, isRevoked })
    const one: Standing = {
      name,
      pid,
      arbiter,
      candidacy: await arbiter.stand(contender),
      seen,
      logs,
    }
    this.all.push(one)
    return one
  }

  /** Those that lead at this instant. */
  leaders(): readonly Standing[] {
    return this.all.filter(({ candidacy }) => candidacy.leaseLeftMs > 0)
  }

  get leader(): Standing {
    const [one, ...more] = this.leaders()
    if (one === undefined || more.length > 0)
      throw new RangeError(`${more.length + 1} lead, or none`)
    return one
  }

  get other(): Standing {
    const other = this.all.find((one) => one.candidacy.leaseLeftMs === 0)
    if (other === undefined) throw new RangeError('all lead')
    return other
  }

  /** Calls a candidacy, which tells nobody anything meanwhile. */
  call<T>(run: () => T): T {
    this.isCalling = true
    try {
      return run()
    } finally {
      this.isCalling = false
    }
  }

  /** In steps, so that it is seen when two lead at a time. */
  async pass(ms: number): Promise<void> {
    for (let at = 0; at < ms; at += 20) {
      await this.clock.advance(20)
      if (this.leaders().length > 1) throw new RangeError(`two lead after ${at} ms`)
    }
  }
}

interface Heard {
  readonly voters: readonly string[] | undefined
  readonly changed: () => void
  readonly logs: string[]
  readonly isRevoked: () => boolean
}

function contenderOf(clock: VirtualClock, self: Pid, heard: Heard): Contender {
  const random = seededRandom(self.id)
  return {
    ...{ clusterId: CLUSTER, self, voters: heard.voters, log: loggerOf(heard.logs) },
    nowMs: () => clock.nowMs(),
    random: () => random.unit(),
    after: (delayMs, run) => {
      if (heard.isRevoked()) throw new RangeError('revoked')
      const cancel = clock.after(delayMs, run)
      return { cancel, [Symbol.dispose]: () => void cancel() } as ReturnType<Contender['after']>
    },
    changed: heard.changed,
  }
}

function loggerOf(logs: string[]): Logger {
  const write = (message: string): void => void logs.push(message)
  return { warning: write, error: write, info: write, debug() {}, trace() {} } as unknown as Logger
}

export type { Arbiter }
