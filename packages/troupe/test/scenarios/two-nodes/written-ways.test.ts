/** two nodes: one order for one receiver, however its address is written. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Alias, actor, message, type Pid, processName, protocol, request } from 'troupe'
import { away } from './player.js'
import { simulatedStage, type TwoNodes, tcpStage } from './stage.js'

const LARGE = 2_000_000

const Taker = protocol('taker', {
  take: message<unknown>(),
  alias: request<void, Alias>(),
  taken: request<void, readonly unknown[]>(),
})
const taker = actor(Taker, {
  init: () => ({ taken: [] as unknown[] }),
  on: {
    take: ({ taken }, what) => void taken.push(what instanceof Uint8Array ? what.length : what),
    alias: (_state, _nothing, context) => context.createAlias(),
    taken: ({ taken }) => taken,
  },
})

interface Ways {
  readonly name: Pid<typeof Taker>
  readonly pid: Pid<typeof Taker>
  readonly alias: Pid<typeof Taker>
}

async function waysOf({ b, settle }: TwoNodes): Promise<Ways> {
  const pid = await settle(b.spawn(taker, { name: 'taker' }))
  const alias = await settle(b.call(pid, 'alias'))
  const name = processName('taker', Taker, 'b@stage')
  return { pid: away(pid), alias: alias as never, name: name as never }
}

const PAIRS = [
  ['name', 'pid'],
  ['pid', 'name'],
  ['alias', 'pid'],
  ['pid', 'alias'],
  ['name', 'alias'],
  ['alias', 'name'],
] as const

for (const stage of [simulatedStage, tcpStage]) {
  describe(`messages of one sender to one process, on ${stage.name},`, () => {
    const on = (run: (nodes: TwoNodes, ways: Ways) => Promise<void>) => async (): Promise<void> => {
      const nodes = await stage.start()
      try {
        await run(nodes, await waysOf(nodes))
      } finally {
        await nodes.close()
      }
    }
    const takenOf = async ({ b, settle, until }: TwoNodes, { pid }: Ways, count: number) => {
      await until(() => (b.processInfo(pid)?.messagesIn ?? 0) > count)
      return settle(b.call(pid, 'taken'))
    }

    for (const [first, second] of PAIRS) {
      it(
        `keep their order: a large one by ${first}, a small one by ${second}`,
        { timeout: 120_000 },
        on(async (nodes, ways) => {
          const { a } = nodes
          a.send(ways[first], 'take', new Uint8Array(LARGE))
          for (let i = 1; i < 4; i += 1) a.send(ways[second], 'take', i)
          a.send(ways[second], 'take', new Uint8Array(LARGE + 1))
          a.send(ways[first], 'take', 'last')
          assert.deepEqual(await takenOf(nodes, ways, 6), [LARGE, 1, 2, 3, LARGE + 1, 'last'])
        }),
      )
    }

    it(
      'do not hold up those to another process',
      { timeout: 120_000 },
      on(async (nodes, ways) => {
        const { a, b, settle } = nodes
        await settle(a.network.connect('b@stage'))
        const other = away(await settle(b.spawn(taker)))
        a.send(ways.name, 'take', new Uint8Array(20_000_000))
        assert.deepEqual(await settle(a.call(other, 'taken')), [])
        assert.deepEqual(await settle(b.call(ways.pid, 'taken')), [])
      }),
    )
  })
}
