/**
 * testing/conformance/leader-locks: facts of locks, whoever decides who keeps them.
 */
import assert from 'node:assert/strict'
import { actor } from '#actor'
import { type LockAnswer, Locks, locks } from '#cluster'
import { type Pid, processName, protocol, request, type TroupeError } from '#contract'
import type { LeaderFact, LeaderPlay } from './leader-stage.js'

const TTL_MS = 1_000
/** Longer than a new leader gives nothing, whatever clocks may differ. */
const QUIET_MS = 1.5 * TTL_MS
const PATIENCE = { timeoutMs: 60_000 }
const KEEPER = processName('locks', Locks)

interface Held {
  readonly key: string
  readonly token: number
}

const User = protocol('user', {
  take: request<{ readonly key: string; readonly waitMs: number }, LockAnswer>(),
  keep: request<Held, boolean | string>(),
  give: request<Held, boolean>(),
})

/** Asks the keeper of its own node, whoever leads. */
const user = actor(User, {
  on: {
    take: (_state, { key, waitMs }, context) =>
      context.call(KEEPER, 'acquire', { key, ttlMs: TTL_MS, waitMs }, PATIENCE),
    keep: (_state, { key, token }, context) =>
      context
        .call(KEEPER, 'renew', { key, token, ttlMs: TTL_MS })
        .catch((error: TroupeError) => error.code),
    give: (_state, lock, context) => context.call(KEEPER, 'release', lock),
  },
})

/** Keepers of locks on three nodes, and on each a process that asks. */
class Town {
  readonly #play: LeaderPlay
  readonly #users = new Map<string, Pid<typeof User>>()

  constructor(play: LeaderPlay) {
    this.#play = play
  }

  /** Begins; settles when locks are given. */
  async begin(): Promise<void> {
    const play = this.#play
    await play.begin(async (node, index) => {
      if (index > 2) return
      const options = { ...play.electionOf(node.name, 'locks'), ttlMaxMs: TTL_MS }
      await node.spawn(locks(options), { name: 'locks' })
      this.#users.set(node.name, await node.spawn(user))
    })
    await this.led()
    // Without a storage every first term is quiet, and so is each of an arbiter.
    await play.pass(QUIET_MS)
  }

  /** Waits until one keeps the locks and all know it; its node. */
  async led(): Promise<string> {
    await this.#play.passUntil(() => this.#leaders.length === 1 && this.#isKnown, 'one keeps locks')
    return this.#leaders[0] ?? ''
  }

  /** The nodes with a keeper that is there. */
  get #up(): readonly string[] {
    const isThere = (name: string): boolean =>
      !this.#play.isDown(name) && this.#play.node(name).whereis('locks') !== undefined
    return this.#play.names().filter(isThere)
  }

  #inspected(name: string): Readonly<Record<string, unknown>> {
    const node = this.#play.node(name)
    const pid = node.whereis('locks')
    return (pid && node.processInfo(pid)?.inspected) ?? {}
  }

  get #leaders(): readonly string[] {
    return this.#up.filter((name) => this.#inspected(name)['leads'] === true)
  }

  get #isKnown(): boolean {
    const known = this.#up.map((name) => {
      const { leadership } = this.#inspected(name) as { leadership?: { leader?: string } }
      return leadership?.leader
    })
    return known.every((leader) => leader !== undefined && leader === known[0])
  }

  userOf(name: string): Pid<typeof User> {
    return this.#users.get(name) as Pid<typeof User>
  }

  take(name: string, key: string, waitMs = 0): Promise<LockAnswer> {
    const asked = { key, waitMs }
    return this.#play.node(name).call(this.userOf(name), 'take', asked, PATIENCE)
  }

  keep(name: string, held: Held): Promise<boolean | string> {
    return this.#play.until(this.#play.node(name).call(this.userOf(name), 'keep', held))
  }

  give(name: string, held: Held): Promise<boolean> {
    return this.#play.until(this.#play.node(name).call(this.userOf(name), 'give', held))
  }

  /** Takes a lock that is free; its token. */
  async token(name: string, key: string): Promise<number> {
    return tokenOf(await this.#play.until(this.take(name, key)))
  }

  async isBusy(name: string, key: string): Promise<boolean> {
    return (await this.#play.until(this.take(name, key))).kind === 'busy'
  }
}

const tokenOf = (answer: LockAnswer): number => {
  assert.ok(answer.kind === 'held')
  return answer.token
}

async function town(play: LeaderPlay): Promise<Town> {
  const made = new Town(play)
  await made.begin()
  return made
}

export const LOCK_FACTS: readonly LeaderFact[] = Object.freeze([
  {
    title: 'a lock is asked for at any node, and held by one process of all',
    async play(play) {
      const made = await town(play)
      const [one = '', other = '', third = ''] = play.names()
      const first = await made.token(one, 'report')
      assert.ok(await made.isBusy(other, 'report'))
      assert.ok(await made.isBusy(third, 'report'))
      assert.ok((await made.token(other, 'other')) > first)
    },
  },
  {
    title: 'a lock is given back by who holds it, not by who knows the token',
    async play(play) {
      const made = await town(play)
      const [one = '', other = ''] = play.names()
      const lock = { key: 'report', token: await made.token(one, 'report') }
      assert.equal(await made.give(other, lock), false)
      assert.ok(await made.isBusy(other, 'report'))
      assert.equal(await made.give(one, lock), true)
      assert.ok((await made.token(other, 'report')) > lock.token)
    },
  },
  {
    title: 'a lock is free when its holder ends, for who waited first',
    async play(play) {
      const made = await town(play)
      const [one = '', other = ''] = play.names()
      const first = await made.token(one, 'report')
      const waiting = made.take(other, 'report', 10_000)
      await play.pass(100)
      play.node(one).kill(made.userOf(one))
      assert.ok(tokenOf(await play.until(waiting)) > first)
    },
  },
  {
    title: 'a lock ends with its time, unless it is renewed',
    async play(play) {
      const made = await town(play)
      const [one = '', other = ''] = play.names()
      const lock = { key: 'report', token: await made.token(one, 'report') }
      for (let times = 0; times < 4; times += 1) {
        await play.pass(TTL_MS / 2)
        assert.equal(await made.keep(one, lock), true)
      }
      assert.ok(await made.isBusy(other, 'report'))
      await play.pass(1.1 * TTL_MS)
      assert.equal(await made.keep(one, lock), false)
      assert.ok((await made.token(other, 'report')) > lock.token)
    },
  },
  {
    title: 'a lock stays with its holder when its keeper is lost, who says so again',
    needs: ['killing'],
    async play(play) {
      const made = await town(play)
      const dying = await made.led()
      const [holder = '', other = ''] = play.names().filter((name) => name !== dying)
      const lock = { key: 'report', token: await made.token(holder, 'report') }
      await play.kill(dying)
      assert.notEqual(await made.led(), dying)
      assert.equal(await made.keep(holder, lock), 'LOCK_UNSETTLED')
      const waiting = made.take(other, 'report', 30_000)
      const answers: unknown[] = []
      for (let round = 0; round < 5; round += 1) {
        await play.pass(0.35 * TTL_MS)
        answers.push(await made.keep(holder, lock))
      }
      // It is told only when all that held something must have been heard or have ended.
      assert.deepEqual(answers.slice(0, 2), ['LOCK_UNSETTLED', 'LOCK_UNSETTLED'])
      assert.deepEqual([...new Set(answers)], ['LOCK_UNSETTLED', true])
      assert.ok(tokenOf(await play.until(waiting)) > lock.token)
    },
  },
  {
    title: 'the next keeper gives higher tokens, and none before the last ones have ended',
    async play(play) {
      const made = await town(play)
      const ending = await made.led()
      const [one = '', other = ''] = play.names().filter((name) => name !== ending)
      const first = await made.token(one, 'report')
      const locksOf = (name: string): Pid | undefined => play.node(name).whereis('locks')
      play.node(ending).exit(locksOf(ending) as Pid, 'shutdown')
      await play.passUntil(() => locksOf(ending) === undefined, 'the keeper has ended')
      const next = await made.led()
      assert.ok(await made.isBusy(next, 'another'), 'it may be held')
      await play.pass(QUIET_MS)
      assert.ok((await made.token(other, 'report')) > first)
    },
  },
])
