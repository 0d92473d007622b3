/**
 * One seed: a mesh, what befalls it, and whether its members held the right things of each other.
 *
 * The judge knows what was done to whom and when, and each birth; it reads nothing of the code
 * under test but what that published.
 */
import type { MemberNotice, MemberState } from 'troupe'
import { type Random, seededRandom } from '#base/random'
import { judgeChains, judgeCrashes, judgeEnd, judgeReasons } from './judge.js'
import { type Scene, scene, type Told } from './stage.js'

export type Fault =
  | 'block'
  | 'freeze'
  | 'crash'
  | 'partition'
  | 'break'
  | 'outage'
  | 'lose'
  | 'stop'

/** What was done, to whom, from when until when; `partition` and `break`: between both. */
export interface Span {
  readonly kind: Fault
  readonly hosts: readonly string[]
  readonly fromMs: number
  toMs: number
}

/** What the simulation knows. */
export interface Chronicle {
  readonly hosts: readonly string[]
  readonly spans: readonly Span[]
  /** Every birth of each host's node, in order. */
  readonly births: ReadonlyMap<string, readonly number[]>
  readonly told: readonly (Told & { readonly notice: MemberNotice })[]
  /** What each living host holds of each other one at the end, as `state creation`. */
  readonly held: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly stopped: ReadonlySet<string>
  readonly calmFromMs: number
}

export interface TrialResult {
  readonly violations: readonly string[]
  readonly faults: ReadonlyMap<Fault, number>
  readonly notices: number
  readonly states: ReadonlySet<MemberState>
}

const FAULTS: readonly Fault[] = [
  ...(['block', 'freeze', 'crash', 'partition', 'break', 'outage', 'lose', 'stop'] as const),
]
const FAULTS_EACH_TRIAL = 10
const PAUSE_MS = 4_000
/** Everything is well again so long after the last fault was mended. */
export const HEALING_MS = 75_000

/** Runs one seed; `seen` may print what has happened. */
export async function runTrial(
  seed: number,
  seen: (chronicle: Chronicle) => void = () => {},
): Promise<TrialResult> {
  const random = seededRandom(seed)
  const hosts = Array.from({ length: 3 + random.below(3) }, (_, i) => `n${i + 1}`)
  const membership = { connect: 'mesh' as const, askMs: 1_000, answerMs: 500 }
  const stage = await scene(hosts, { seed: random.below(1_000_000), membership })
  const trial = new Trial(stage, hosts, random)
  try {
    await trial.run()
    return trial.judge(seen)
  } finally {
    await stage.stop()
  }
}

class Trial {
  readonly #scene: Scene
  readonly #hosts: readonly string[]
  readonly #random: Random
  readonly #spans: Span[] = []
  readonly #stopped = new Set<string>()
  #calmFromMs = 0

  constructor(stage: Scene, hosts: readonly string[], random: Random) {
    this.#scene = stage
    this.#hosts = hosts
    this.#random = random
  }

  async run(): Promise<void> {
    for (let i = 0; i < FAULTS_EACH_TRIAL; i += 1) {
      const kind = FAULTS[this.#random.below(FAULTS.length)] as Fault
      this.#strike(kind)
      await this.#scene.pass(this.#random.unit() * PAUSE_MS)
    }
    await this.#scene.pass(12_000)
    this.#calmFromMs = this.#nowMs
    await this.#scene.pass(HEALING_MS)
  }

  judge(seen: (chronicle: Chronicle) => void): TrialResult {
    const { cluster, told } = this.#scene
    const births = new Map(
      this.#hosts.map((host) => {
        const lives = cluster.lives.filter((life) => life.host.name === host)
        return [host, lives.map(({ node }) => node.creation)] as const
      }),
    )
    const chronicle: Chronicle = {
      ...{ hosts: this.#hosts, spans: this.#spans, births, stopped: this.#stopped },
      ...{ held: this.#held(), calmFromMs: this.#calmFromMs },
      told: told.flatMap(({ notice, ...rest }) =>
        notice.kind === 'member-changed' ? [{ ...rest, notice }] : [],
      ),
    }
    seen(chronicle)
    const judges = [judgeChains, judgeReasons, judgeCrashes, judgeEnd]
    const faults = new Map<Fault, number>()
    for (const { kind } of this.#spans) faults.set(kind, (faults.get(kind) ?? 0) + 1)
    const states = new Set(chronicle.told.map(({ notice }) => notice.state))
    return {
      violations: judges.flatMap((judge) => judge(chronicle)),
      ...{ faults, states, notices: chronicle.told.length },
    }
  }

  get #nowMs(): number {
    return this.#scene.cluster.clock.nowMs()
  }

  #held(): Map<string, Map<string, string>> {
    const { cluster } = this.#scene
    const living = this.#hosts.filter((host) => cluster.member(host) && !this.#stopped.has(host))
    return new Map(
      living.map((host) => {
        const members = this.#scene.node(host).cluster.members()
        const rows = members.map(({ node, state, creation }) => {
          return [node.slice(0, node.indexOf('@')), `${state} ${creation}`] as const
        })
        return [host, new Map(rows)]
      }),
    )
  }

  #strike(kind: Fault): void {
    const one = this.#any(this.#hosts)
    const other = this.#any(this.#hosts.filter((host) => host !== one))
    if (this.#stopped.has(one) || !this.#scene.cluster.member(one)) return
    const lastsMs = 500 + this.#random.below(kind === 'block' ? 9_000 : 6_000)
    if (kind === 'stop' && !this.#mayStop(one)) return
    const isPair = kind === 'partition' || kind === 'break'
    const span = this.#begin(kind, isPair ? [one, other] : [one])
    const end = this.#do(kind, one, other)
    if (end === undefined && kind !== 'stop') return
    span.toMs = Number.POSITIVE_INFINITY
    if (end === undefined) return
    this.#scene.cluster.clock.after(lastsMs, () => {
      span.toMs = this.#nowMs
      end()
    })
  }

  #begin(kind: Fault, hosts: readonly string[]): Span {
    const span: Span = { kind, hosts, fromMs: this.#nowMs, toMs: this.#nowMs }
    this.#spans.push(span)
    return span
  }

  /** Does it, and answers how it is mended; undefined: it is over, or never will be. */
  #do(kind: Fault, one: string, other: string): (() => void) | undefined {
    const { cluster, hub } = this.#scene
    const host = cluster.network.host(one)
    switch (kind) {
      case 'block':
        host.block()
        return () => host.unblock()
      case 'freeze':
        host.freeze()
        return () => host.thaw()
      case 'crash':
        this.#scene.crash(one)
        return () => cluster.restart(one)
      case 'partition':
        cluster.network.partition([one], [other])
        return () => {
          cluster.network.unblock(one, other)
          cluster.network.unblock(other, one)
        }
      case 'break':
        cluster.network.breakLines(one, other)
        return undefined
      case 'outage':
        hub.cutOff(`${one}@sim`)
        return () => this.#hear(one)
      case 'lose':
        hub.lose(`${one}@sim`)
        return () => {
          hub.cutOff(`${one}@sim`)
          this.#hear(one)
        }
      case 'stop':
        return this.#stop(one)
    }
  }

  /** Who has stopped meanwhile is heard no more. */
  #hear(host: string): void {
    const { hub } = this.#scene
    if (this.#stopped.has(host)) hub.kill(`${host}@sim`)
    else hub.mend(`${host}@sim`)
  }

  /** Only few stop: the others have to be judged. */
  #stop(one: string): undefined {
    this.#stopped.add(one)
    void this.#scene.node(one).stop({ timeoutMs: 500 })
    return undefined
  }

  #mayStop(one: string): boolean {
    const isRunning = this.#scene.cluster.member(one)?.isRunning === true
    return isRunning && this.#stopped.size < this.#hosts.length - 2
  }

  #any<T>(list: readonly T[]): T {
    return list[this.#random.below(list.length)] as T
  }
}
