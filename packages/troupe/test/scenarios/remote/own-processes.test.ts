/** What another node may not do to the processes of Troupe itself, in virtual time. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, type Node, Pid, processName, protocol, request } from 'troupe'
import { type Player, play } from '#test/scenarios/two-nodes/player'
import type { TwoNodes } from '#test/scenarios/two-nodes/stage'
import { remoteStage } from './clustered.js'
import { B } from './family.js'

const OWN = ['system', 'system.remote', 'system.supervisor'] as const
const Plain = protocol('plain', { ping: request<void, string>() })
const plain = actor(Plain, { on: { ping: () => 'pong' } })

const idsOf = (node: Node) => OWN.map((name) => node.whereis(name)?.id)

interface Own extends TwoNodes {
  readonly near: Player
  /** The process of b with this name, as another node writes it. */
  found(name: string): Pid
  refused(): number
}

const staged = (run: (own: Own) => Promise<void>): Promise<void> =>
  remoteStage(async (stage) => {
    const { a, b, settle } = stage
    const near = await play(stage, a, { trapExit: true })
    const found = (name: string): Pid => {
      const { node, id, creation } = b.whereis(name) as Pid
      return Pid.of(node, id, creation)
    }
    await settle(a.network.connect(B))
    await run({ ...stage, near, found, refused: () => b.network.refused()['NOT_ALLOWED'] ?? 0 })
  })

describe('a process of Troupe itself', () => {
  it('is ended by no exit signal and no kill of another node, each of which is counted', () =>
    staged(async ({ a, b, near, found, refused, pass }) => {
      const before = idsOf(b)
      for (const name of OWN) {
        await near.ask((context) => context.exit(found(name), 'shutdown'))
        a.kill(found(name))
      }
      await pass(1_000)
      assert.deepEqual(idsOf(b), before)
      assert.equal(refused(), 6)
    }))

  it('is linked with no process of another node', () =>
    staged(async ({ b, near, found, refused, pass }) => {
      const before = idsOf(b)
      for (const name of OWN) await near.ask((context) => context.link(found(name)))
      await pass(100)
      assert.equal(near.seen.filter((line) => /no-process/.test(String(line))).length, 3)
      assert.equal(refused(), 3)
      await near.ask((context) => context.stop('shutdown'))
      await pass(1_000)
      assert.deepEqual(idsOf(b), before)
    }))

  it('is monitored and asked as ever', () =>
    staged(async ({ a, near, found, refused, settle, pass }) => {
      for (const name of OWN) await near.ask((context) => void context.monitor(found(name)))
      await pass(1_000)
      assert.deepEqual(near.seen, [])
      const remote = processName('system.remote', undefined, B)
      assert.ok(await settle(a.call(remote, 'ping')))
      assert.equal(refused(), 0)
    }))

  it('is none that a program has named so or so', () =>
    staged(async ({ a, b, refused, settle, pass }) => {
      const { node, id, creation } = await settle(b.spawn(plain, { name: 'systematic' }))
      a.kill(Pid.of(node, id, creation))
      await pass(100)
      assert.equal(b.whereis('systematic'), undefined)
      assert.equal(refused(), 0)
    }))
})
