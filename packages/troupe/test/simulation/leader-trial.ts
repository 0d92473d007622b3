/**
 * One story of three leader actors whose hosts crash, freeze and are cut off, by a seed; a vote
 * decides, or an arbiter that is cut off, slow and lost as well.
 *
 * At every step no two of them lead, no term has two leaders, and what each was told is in order.
 */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Ballot } from 'troupe'
import {
  type MemoryArbiter,
  memoryArbiter,
  type StageElection,
  type VirtualClock,
} from 'troupe/testing'
import { HOSTS, type KeeperCluster, keepers } from '#test/scenarios/leader/keeper'
import { assertInOrder } from '#testing/conformance/leader-keeper'

const STEP_MS = 5
const CALM_MS = 3_000

/** What a story showed. */
export interface Trial {
  readonly faults: number
  readonly terms: number
}

/** Who decides in a story. */
interface Court {
  electionOf(host: string, clock: VirtualClock): StageElection
  /** What may befall it, beside all that befalls hosts. */
  faults(host: string): readonly (() => void)[]
  mend(): void
}

class Story {
  readonly #made: KeeperCluster
  readonly #court: Court
  readonly #holders = new Map<number, string>()
  faults = 0

  constructor(made: KeeperCluster, court: Court) {
    this.#made = made
    this.#court = court
  }

  get terms(): number {
    return this.#holders.size
  }

  /** Something befalls one of the hosts; sometimes all else is over by then. */
  befall(): void {
    const { cluster } = this.#made
    const { random, network } = cluster
    const host = HOSTS[random.below(HOSTS.length)] as string
    const others = HOSTS.filter((one) => one !== host)
    this.faults += 1
    const faults: readonly (() => void)[] = [
      () => network.partition([host], others),
      () => network.block(host, others[0] as string),
      () => cluster.crash(host, { how: 'reset' }),
      () => network.host(host).freeze(),
      () => network.host(host).block(),
      () => this.#made.diary(host).leadership?.stepDown(),
      ...this.#court.faults(host),
    ]
    // Otherwise soon nobody would be left.
    if (random.below(2) === 0) this.mend()
    faults[random.below(faults.length)]?.()
  }

  /** All is well again. */
  mend(): void {
    const { cluster } = this.#made
    cluster.network.heal()
    this.#court.mend()
    for (const host of HOSTS) {
      cluster.network.host(host).thaw()
      cluster.network.host(host).unblock()
      cluster.restart(host)
    }
  }

  look(): void {
    const leaders = this.#made.leaders()
    assert.ok(leaders.length <= 1, `two lead: ${leaders.join(' ')}`)
    const [leader] = leaders
    if (leader === undefined) return
    const { leadership } = this.#made.diary(leader)
    const life = `${leader}.${this.#made.cluster.member(leader)?.life}`
    const { term = 0 } = leadership ?? {}
    const known = this.#holders.get(term)
    assert.ok(known === undefined || known === life, `term ${term}: ${known} and ${life}`)
    this.#holders.set(term, life)
  }
}

/** A vote, with a disk for each host which outlasts its crashes. */
export function vote(): Court {
  const kept = new Map<string, Ballot>()
  return {
    electionOf: (host) => ({
      storage: {
        load: async () => kept.get(host),
        save: async (ballot) => void kept.set(host, ballot),
      },
    }),
    faults: () => [],
    mend() {},
  }
}

const LEASE_MS = 300

/** An arbiter whose terms jump. */
export function arbiter(): Court {
  let made: MemoryArbiter | undefined
  const of = (clock: VirtualClock): MemoryArbiter => {
    made ??= memoryArbiter({ clock, leaseMs: LEASE_MS, nextTerm: (before) => before + 7 })
    return made
  }
  return {
    electionOf: (_host, clock) => ({ arbiter: of(clock) }),
    faults: (host) => [
      () => made?.cutOff(`${host}@sim`),
      () => made?.lose(),
      () => made?.slow(LEASE_MS / 4),
      () => made?.slow(2 * LEASE_MS),
    ],
    mend() {
      made?.restore()
      made?.slow(1)
      for (const host of HOSTS) made?.mend(`${host}@sim`)
    },
  }
}

/** Plays one story for `forMs`; at its end one leads and the others follow it. */
export async function leaderTrial(
  t: TestContext,
  seed: number,
  forMs: number,
  court: Court = vote(),
): Promise<Trial> {
  const made = await keepers(t, { seed, electionOf: court.electionOf })
  const story = new Story(made, court)
  const { clock, random } = made.cluster
  let nextMs = 0
  for (let ms = 0; ms < forMs; ms += STEP_MS) {
    if (ms >= nextMs) {
      story.befall()
      nextMs = ms + random.below(600)
    }
    await clock.advance(STEP_MS)
    story.look()
  }
  story.mend()
  await clock.advance(CALM_MS)
  await made.led(HOSTS, 10_000)
  for (const host of HOSTS) assertInOrder(made.diary(host).lines)
  await made.stop()
  return { faults: story.faults, terms: story.terms }
}
