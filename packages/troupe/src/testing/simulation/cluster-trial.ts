/**
 * testing/simulation/cluster-trial: one seed: a cluster, its work, its faults, and the verdict.
 *
 * Size, ways, options and faults all follow from the seed. The work goes on while faults befall
 * the cluster; then all is mended, everything has to work again within `HEALING_MS`, and the
 * journal is judged.
 *
 * @source design 9; FoundationDB "simulation"; Jepsen
 */
import { type Random, seededRandom } from '#base/random'
import { describeThrown } from '#contract'
import { SimulatedCluster } from './cluster.js'
import { ClusterFaults, type FaultKind, SCENARIOS, SURVIVORS_MIN } from './cluster-faults.js'
import { ClusterJournal, describeMessage, type SentMessage } from './cluster-journal.js'
import { ClusterLoad, NEWS } from './cluster-load.js'
import { ClusterVerdict } from './cluster-verdict.js'

/** Sizes of clusters; small ones find as much and cost less. */
const SIZES = [3, 3, 3, 3, 4, 4, 4, 5, 5, 6, 7, 8, 10, 12, 20, 30]
const MESSAGES_MIN = 2_000
const FAULTS_EACH = 10
const SPAN_MS = 12_000
const ROUND_MS = 40
/** Everything works again so long after the last fault was mended. */
const HEALING_MS = 9_000
const PROBE_MS = 3_000
const REST_MS = 7_000

/** What a trial is to be. */
export interface TrialOptions {
  readonly seed: number
  /** One of `SCENARIOS`; default by seed. */
  readonly scenario?: string
  readonly transcriptMax?: number
}

/** What came of one seed. */
export interface TrialResult {
  readonly seed: number
  readonly scenario: string
  readonly nodes: number
  readonly kinds: readonly FaultKind[]
  readonly messages: number
  readonly received: number
  readonly calls: number
  readonly relations: number
  readonly listenings: number
  readonly downs: number
  readonly faults: ReadonlyMap<string, number>
  /** What must not be; empty when the seed passes. */
  readonly violations: readonly string[]
  readonly transcript: readonly string[]
}

/** Runs one seed. Throws OPTION_INVALID for a scenario that is none. */
export async function runTrial(options: TrialOptions): Promise<TrialResult> {
  const random = seededRandom(options.seed)
  const scenario = options.scenario ?? anyScenario(random)
  const kinds = kindsOf(scenario, random)
  const trial = new Trial(options, kinds, random)
  try {
    await trial.run(kinds)
  } catch (thrown) {
    trial.broke(thrown)
  }
  return trial.result(scenario, kinds)
}

const anyScenario = (random: Random): string => {
  const names = Object.keys(SCENARIOS)
  return random.below(2) === 0 ? 'mix' : (names[random.below(names.length)] ?? 'mix')
}

/** All kinds of a scenario; of the mix some. */
function kindsOf(scenario: string, random: Random): readonly FaultKind[] {
  const all = [...(SCENARIOS[scenario] ?? [])]
  if (scenario !== 'mix') return all
  const count = 2 + random.below(4)
  return Array.from({ length: count }, () => all.splice(random.below(all.length), 1)[0]).filter(
    (kind) => kind !== undefined,
  )
}

class Trial {
  readonly #seed: number
  readonly #random: Random
  readonly #cluster: SimulatedCluster
  /** What is wrong stands in the transcript at the moment it was noticed. */
  readonly #journal = new ClusterJournal((rule, detail) =>
    this.#cluster.network.note('VIOLATED', rule, detail),
  )
  readonly #load: ClusterLoad
  readonly #faults: ClusterFaults
  #probes: readonly SentMessage[] = []

  constructor({ seed, transcriptMax }: TrialOptions, kinds: readonly FaultKind[], random: Random) {
    this.#seed = seed
    this.#random = random
    const hosts = hostsBy(kinds, random)
    const isNarrow = random.below(3) === 0
    this.#cluster = new SimulatedCluster({
      ...{ seed: random.below(2_147_483_647), hosts, known: waysBetween(hosts, random) },
      network: {
        ...(isNarrow ? { windowBytes: 40_000 + random.below(400_000) } : {}),
        ...(random.below(3) === 0 ? { remoteMailboxMax: 1 + random.below(12) } : {}),
        ...(random.below(3) === 0 ? { compressAboveBytes: 1_000 } : {}),
      },
      events: [{ name: NEWS, buffer: 3 }],
      ...(transcriptMax === undefined ? {} : { transcriptMax }),
      started: (member) => void this.#load.furnish(member),
    })
    this.#load = new ClusterLoad(this.#cluster, this.#journal, random)
    this.#faults = new ClusterFaults(this.#cluster, this.#journal, random)
  }

  async run(kinds: readonly FaultKind[]): Promise<void> {
    const { clock } = this.#cluster
    await this.#cluster.start()
    await clock.advance(10)
    this.#faults.plan(kinds, FAULTS_EACH, SPAN_MS)
    await this.#work()
    this.#faults.mendAll()
    await clock.advance(HEALING_MS)
    this.#probes = this.#load.probe()
    await clock.advance(PROBE_MS)
    for (const probe of this.#probes) this.#judgeProbe(probe)
    await clock.advance(REST_MS)
    new ClusterVerdict(this.#cluster, this.#journal).judge()
    await this.#cluster.stop()
  }

  /** The trial itself did not come to its end. */
  broke(thrown: unknown): void {
    this.#journal.violate('broke', describeThrown(thrown))
  }

  result(scenario: string, kinds: readonly FaultKind[]): TrialResult {
    const { sent, relations, listenings, notices, violations } = this.#journal
    return Object.freeze({
      ...{ seed: this.#seed, scenario, kinds, nodes: this.#cluster.hosts.length },
      messages: sent.length,
      received: sent.filter(({ received }) => received > 0).length,
      calls: sent.filter(({ form }) => form === 'call').length,
      ...{ relations: relations.length, listenings: listenings.length },
      downs: [...notices.values()].flat().filter(({ kind }) => kind === 'down').length,
      faults: this.#faults.counts,
      violations: [...violations],
      transcript: this.#cluster.network.transcript(),
    })
  }

  /** Rounds of work until all faults have come and enough was sent. */
  async #work(): Promise<void> {
    const { clock } = this.#cluster
    const rounds = SPAN_MS / ROUND_MS
    const endMs = clock.nowMs() + SPAN_MS
    const each = Math.ceil((MESSAGES_MIN * 1.15) / rounds)
    while (clock.nowMs() < endMs || this.#lacks()) {
      this.#load.round(each)
      await clock.advance(this.#random.unit() * 2 * ROUND_MS)
    }
  }

  #lacks(): boolean {
    return this.#faults.busy || this.#journal.sent.length < MESSAGES_MIN
  }

  #judgeProbe(probe: SentMessage): void {
    const isFine = probe.form === 'call' ? probe.outcome === 'answered' : probe.received === 1
    if (!isFine) this.#journal.violate('not healed', describeMessage(probe))
  }
}

/** Where hosts die there are enough for all deaths. */
const hostsBy = (kinds: readonly FaultKind[], random: Random): readonly string[] => {
  const size = SIZES[random.below(SIZES.length)] ?? SURVIVORS_MIN
  const sizeMin = SURVIVORS_MIN + (kinds.includes('death') ? FAULTS_EACH : 0)
  const count = Math.max(size, sizeMin)
  return Array.from({ length: count }, (_, i) => `n${i + 1}`)
}

/** A ring with chords: whom each host talks to, both ways. */
function waysBetween(
  hosts: readonly string[],
  random: Random,
): Readonly<Record<string, readonly string[]>> {
  const ways = new Map(hosts.map((host) => [host, new Set<string>()]))
  const join = (one: string, other: string): void => {
    if (one === other) return
    ways.get(one)?.add(other)
    ways.get(other)?.add(one)
  }
  hosts.forEach((host, i) => {
    join(host, hosts[(i + 1) % hosts.length] as string)
    if (hosts.length <= 12 && random.below(2) === 0) {
      join(host, hosts[random.below(hosts.length)] as string)
    }
  })
  return Object.fromEntries([...ways].map(([host, others]) => [host, [...others]]))
}
