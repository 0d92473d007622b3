/**
 * testing/conformance/leader-singleton: facts of what runs once in the cluster: a process, a job.
 */
import assert from 'node:assert/strict'
import { actor } from '#actor'
import { type ClusterCronTick, clusterCron, type Singleton, singleton } from '#cluster'
import { message, type Pid, protocol } from '#contract'
import type { LeaderFact, LeaderPlay } from './leader-stage.js'

const Sweeper = protocol('sweeper', { sweep: message() })

/** How long it takes to its end, and what it has for that. */
const ENDS_MS = 100
const STOP_MS = 200

/** One life of the singleton. */
interface Sweeping {
  readonly node: string
  readonly term: number
}

/** Keepers of a singleton on three nodes. */
class Street {
  readonly #play: LeaderPlay
  readonly #running = new Set<Sweeping>()
  /** All that ever ran, in order. */
  readonly seen: Sweeping[] = []

  constructor(play: LeaderPlay) {
    this.#play = play
  }

  async begin(): Promise<void> {
    const play = this.#play
    play.watch(() => assert.ok(this.running.length <= 1, 'two of them run'))
    await play.begin(async (node, index) => {
      if (index > 2) return
      const election = play.electionOf(node.name, 'sweep')
      const start = this.#sweeperOf(node.name)
      await node.spawn(singleton({ ...election, start, stopMs: STOP_MS }), { name: 'sweep' })
    })
    await this.runs(play.names())
  }

  #sweeperOf(node: string) {
    return actor(Sweeper, {
      init: (term: number): Sweeping => {
        const own = { node, term }
        this.#running.add(own)
        this.seen.push(own)
        return own
      },
      on: { sweep() {} },
      terminate: async (own, _reason, context) => {
        await context.sleep(ENDS_MS)
        this.#running.delete(own)
      },
    })
  }

  /** Those whose program is there. */
  get running(): readonly Sweeping[] {
    return [...this.#running].filter(({ node }) => !this.#play.isDown(node))
  }

  /** Waits until it runs on one of these nodes. */
  async runs(names: readonly string[]): Promise<Sweeping> {
    const found = (): Sweeping | undefined => this.running.find(({ node }) => names.includes(node))
    await this.#play.passUntil(() => found() !== undefined, `it runs on ${names.join(' ')}`)
    return found() as Sweeping
  }
}

async function street(play: LeaderPlay): Promise<Street> {
  const made = new Street(play)
  await made.begin()
  return made
}

const othersThan = (play: LeaderPlay, node: string): readonly string[] =>
  play.names().filter((name) => name !== node)

export const SINGLETON_FACTS: readonly LeaderFact[] = Object.freeze([
  {
    title: 'a singleton runs on one node, and every keeper knows where',
    async play(play) {
      const made = await street(play)
      const { node, term } = await made.runs(play.names())
      assert.ok(term > 0)
      const knows = async (name: string): Promise<boolean> => {
        const keeper = play.node(name).whereis('sweep') as Pid<typeof Singleton>
        return (await play.until(play.node(name).call(keeper, 'where')))?.node === node
      }
      for (const name of play.names()) {
        let isKnown = await knows(name)
        for (let at = 0; at < 20 && !isKnown; at += 1) {
          await play.pass(play.stage.patienceMs / 20)
          isKnown = await knows(name)
        }
        assert.ok(isKnown, `${name} knows that it runs on ${node}`)
      }
      assert.equal(made.seen.length, 1)
    },
  },
  {
    title: 'a singleton moves when its node stops, with a higher term',
    async play(play) {
      const made = await street(play)
      const [first] = made.running
      await play.stop(first?.node ?? '')
      const next = await made.runs(othersThan(play, first?.node ?? ''))
      assert.ok(next.term > (first?.term ?? 0))
    },
  },
  {
    title: 'a singleton moves when its node dies, with a higher term',
    needs: ['killing'],
    async play(play) {
      const made = await street(play)
      const [first] = made.running
      await play.kill(first?.node ?? '')
      const next = await made.runs(othersThan(play, first?.node ?? ''))
      assert.ok(next.term > (first?.term ?? 0))
    },
  },
  {
    title: 'a singleton of a leader that is cut off has ended before another one begins',
    needs: ['cutting'],
    async play(play) {
      const made = await street(play)
      const [first] = made.running
      await play.cutOff(first?.node ?? '')
      // Two at a time would be seen on the way.
      const next = await made.runs(othersThan(play, first?.node ?? ''))
      assert.ok(next.term > (first?.term ?? 0))
      await play.mend(first?.node ?? '')
      await play.pass(play.stage.patienceMs)
      assert.deepEqual(made.running, [next])
      assert.equal(made.seen.length, 2)
    },
  },
  {
    title: 'a job of the cluster runs each time once, also over an orderly end of who leads',
    async play(play) {
      const ran: ClusterCronTick[] = []
      const run = (tick: ClusterCronTick): unknown => ran.push(tick)
      const every = { spec: '* * * * * *', misfireMs: 60_000 }
      const jobs = [{ ...every, name: 'seconds', action: { kind: 'run' as const, run } }]
      await play.begin(async (node, index) => {
        if (index > 2) return
        const election = play.electionOf(node.name, 'cron')
        await node.spawn(clusterCron({ ...election, jobs }), { name: 'cron' })
      })
      await passUntilRan(play, () => ran.length >= 2)
      const [first] = ran
      await play.stop(first?.node ?? '')
      const isElsewhere = ({ node }: ClusterCronTick): boolean => node !== first?.node
      await passUntilRan(play, () => ran.filter(isElsewhere).length >= 2)
      const times = ran.map(({ timeMs }) => timeMs / 1_000)
      assert.deepEqual(
        times,
        times.map((_, at) => (times[0] ?? 0) + at),
        'each second, in order, and once',
      )
      for (const { term, node } of ran) {
        assert.equal(term > (first?.term ?? 0), node !== first?.node)
      }
    },
  },
])

/** A second is longer than many have patience. */
async function passUntilRan(play: LeaderPlay, holds: () => boolean): Promise<void> {
  for (let seconds = 0; !holds(); seconds += 0.1) {
    assert.ok(seconds < 10 + (3 * play.stage.patienceMs) / 1_000, 'it runs')
    await play.pass(100)
  }
}
