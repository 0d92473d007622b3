/**
 * two nodes: a cut cable, and everything that was open over it.
 */
import assert from 'node:assert/strict'
import { eventName } from 'troupe'
import { type Cases, LOST_SOON } from './cases.js'
import { codeOf, play } from './player.js'

const COUNT = 1_000

export const LOSS_CASES: Cases = {
  '1,000 calls, links and subscriptions end in exactly one outcome each': {
    options: LOST_SOON,
    async run(nodes) {
      const { a, b, settle, until } = nodes
      const token = b.registerEvent<number>('news')
      const far = await play(nodes, b, { answering: () => new Promise(() => {}) })
      const linked = await play(nodes, b)
      const outcomes: unknown[] = []
      const atOnce = { settle: <T>(promise: Promise<T>) => promise }
      const made = Array.from({ length: COUNT }, () => play(atOnce, a, { trapExit: true }))
      const nears = await settle(Promise.all(made))
      const joined = nears.map(({ start }) =>
        start(async (context) => {
          context.link(linked.pid)
          await context.subscribe(eventName('news', b.name))
        }),
      )
      await settle(Promise.all(joined))
      for (let at = 0; at < COUNT; at += 1) {
        const asked = codeOf(a.call(far.pid, 'query', at, { timeoutMs: 600_000 }))
        void asked.then((outcome) => outcomes.push(outcome))
      }
      b.publish(token, 1)
      await until(() => nears.every(({ seen }) => seen.length === 1))
      nodes.cut()
      await until(() => outcomes.length === COUNT && nears.every(({ seen }) => seen.length === 3))
      nodes.heal()
      await settle(a.network.connect(b.name))
      await nodes.pass(1_000)
      assert.deepEqual(outcomes, new Array(COUNT).fill('NO_CONNECTION'))
      const expected = [
        'down of event news: no-connection',
        'event news: 1',
        'exit of pid: no-connection',
      ]
      for (const { seen } of nears) assert.deepEqual([...seen].sort(), expected)
      b.kill(far.pid)
    },
  },
}
