/** regression: what a node could not write for another one is counted by cause, and told. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, type DeadLetter, eventName, type Pid, processName, protocol, request } from 'troupe'
import { staged } from './issue-4-kit.js'

const Listener = protocol('listener', { listen: request<string, void>() })
const listener = (heard: unknown[]) =>
  actor(Listener, {
    on: {
      listen: async (_state, node, context) => {
        await context.subscribe(eventName(node === '' ? 'dead-letter' : 'news', node || undefined))
      },
    },
    handleEvent: (_state, { message }) => void heard.push(message),
  })

describe('a publication that cannot be written for another node', () => {
  it('is counted by cause and told, once for each node', () =>
    staged(async ({ a, b, settle, pass }) => {
      const [heard, letters]: [unknown[], DeadLetter[]] = [[], []]
      const token = b.registerEvent<unknown>('news')
      await settle(a.call(await settle(a.spawn(listener(heard))), 'listen', 'b@stage'))
      await settle(b.call(await settle(b.spawn(listener(letters))), 'listen', ''))
      const before = b.account()
      b.publish(token, () => 'a function')
      b.publish(token, 'a word')
      await pass(50)
      assert.deepEqual(heard, ['a word'])
      const { dropped, sent } = b.account()
      assert.equal(dropped['payload-refused'], before.dropped['payload-refused'] + 1)
      const told = letters.map(({ cause, message, to }) => [cause, message, (to as Pid).node])
      assert.deepEqual(told, [['payload-refused', '[event news]', 'a@stage']])
      assert.ok(sent > before.sent)
    }))
})

describe('what is begun while a message is being written', () => {
  it('is refused, and not left open for ever', () =>
    staged(async ({ a, settle, pass }) => {
      const Beginner = protocol('beginner', { begin: request<void, void>() })
      const told: string[] = []
      const beginner = actor(Beginner, {
        on: {
          begin: (_state, _nothing, context) => {
            const far = processName('nobody', Beginner, 'b@stage')
            const payload = {
              get value() {
                const joining = context.subscribe(eventName('news', 'b@stage'))
                void joining.catch((thrown) => told.push(thrown.code))
                context.monitor(far)
                return 1
              },
            }
            context.send(far, 'begin' as never, payload as never)
          },
        },
        handleDown: (_state, { reason }) => void told.push(String(reason)),
      })
      await settle(a.network.connect('b@stage'))
      await settle(a.call(await settle(a.spawn(beginner)), 'begin'))
      await pass(50)
      assert.deepEqual(told.sort(), ['PAYLOAD_UNSUPPORTED', 'no-connection'])
    }))
})
