/** two nodes: large messages keep their place, on the simulated network and on TCP alike. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, type EventMessage, eventName, message, type Pid, protocol, request } from 'troupe'
import { away } from './player.js'
import { simulatedStage, type TwoNodes, tcpStage } from './stage.js'

const LARGE = 2_000_000

const Asker = protocol('asker', { ask: message<Pid>(), note: message<string>() })
const Answerer = protocol('answerer', { large: request<void, Uint8Array>() })

/** Asks without waiting in its handler, and notes in which order it hears what. */
const asker = (noted: string[]) =>
  actor(Asker, {
    on: {
      ask(_state, to, context) {
        context.monitor(to)
        void context
          .call(to as Pid<typeof Answerer>, 'large')
          .then((bytes) => noted.push(`answer ${bytes.length}`))
      },
      note: (_state, what) => void noted.push(what),
    },
    handleDown: (_state, { reason }) => void noted.push(`down ${String(reason)}`),
  })

/** Answers with much, then sends a word and ends. */
const answerer = actor(Answerer, {
  on: {
    large(_state, _nothing, context) {
      const asking = context.from as Pid<typeof Asker>
      const replier = context.replyLater<Uint8Array>()
      replier.reply(new Uint8Array(LARGE))
      context.send(asking, 'note', 'after')
      context.stop('normal')
      return replier as never
    },
  },
})

const Listener = protocol('listener', { listen: request<string, readonly unknown[]>() })

const sizeOf = (told: unknown): unknown => (told instanceof Uint8Array ? told.length : told)

const listener = (told: unknown[]) =>
  actor(Listener, {
    on: {
      listen: async (_state, node, context) => {
        const { missed } = await context.subscribe(eventName('news', node))
        return missed.map((one) => sizeOf(one.message))
      },
    },
    handleEvent: (_state, event: EventMessage) => void told.push(sizeOf(event.message)),
  })

const isNews = ({ event }: { readonly event: { readonly name: string } }): boolean =>
  event.name === 'news'

const SCENARIOS: Readonly<Record<string, (nodes: TwoNodes) => Promise<void>>> = {
  'a large answer is not overtaken by what the callee sent after it, nor by its end': async ({
    a,
    b,
    settle,
    until,
  }) => {
    const noted: string[] = []
    const near = await settle(a.spawn(asker(noted)))
    a.send(near, 'ask', away(await settle(b.spawn(answerer))))
    await until(() => noted.length === 3)
    assert.deepEqual(noted, [`answer ${LARGE}`, 'after', 'down normal'])
  },
  'a large publication is not overtaken by the next one': async ({ a, b, settle, until }) => {
    const told: unknown[] = []
    const token = b.registerEvent<unknown>('news')
    const near = await settle(a.spawn(listener(told)))
    await settle(a.call(near, 'listen', 'b@stage'))
    for (const what of ['before', new Uint8Array(LARGE), 'after']) b.publish(token, what)
    await until(() => told.length === 3)
    assert.deepEqual(told, ['before', LARGE, 'after'])
  },
  'nothing is lost between a large buffer of an event and the next publication': async ({
    a,
    b,
    settle,
    until,
  }) => {
    const told: unknown[] = []
    const token = b.registerEvent<unknown>('news', { buffer: 1 })
    b.publish(token, new Uint8Array(LARGE))
    const near = await settle(a.spawn(listener(told)))
    const joined = a.call(near, 'listen', 'b@stage')
    const subscribers = (): number => b.events().find(isNews)?.subscribers ?? 0
    await until(() => subscribers() === 1)
    // The buffer is on its way, in pieces.
    for (let at = 1; at <= 100; at += 1) b.publish(token, at)
    assert.deepEqual(await settle(joined), [LARGE])
    await until(() => told.length === 100)
    assert.deepEqual(
      told,
      Array.from({ length: 100 }, (_, i) => i + 1),
    )
  },
}

for (const stage of [simulatedStage, tcpStage]) {
  describe(`between two nodes, on ${stage.name},`, () => {
    for (const [title, run] of Object.entries(SCENARIOS)) {
      it(title, { timeout: 120_000 }, async () => {
        const nodes = await stage.start()
        try {
          await run(nodes)
        } finally {
          await nodes.close()
        }
      })
    }
  })
}
