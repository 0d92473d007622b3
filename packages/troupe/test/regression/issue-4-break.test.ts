/** regression: faults between two nodes that a review of the network found. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actor,
  custom,
  type Down,
  eventName,
  message,
  type Pid,
  processName,
  protocol,
  request,
} from 'troupe'
import { staged } from './issue-4-kit.js'

const B = 'b@stage'

const Mortal = protocol('mortal', {
  end: message<void>(),
  fail: request<void, number>(),
  id: request<void, Pid>(),
})
const mortal = actor(Mortal, {
  on: {
    end: (_state, _payload, context) => context.stop(custom('lost', { retry: () => 1 })),
    fail: () => {
      throw Object.assign(new Error('out of order'), { cause: () => 1 })
    },
    id: (_state, _payload, context) => context.self,
  },
})

const Watcher = protocol('watcher', {
  watch: request<unknown, void>(),
  link: request<unknown, void>(),
  seen: request<void, readonly string[]>(),
  subscribe: request<string, void>(),
  leave: request<string, void>(),
})
const watcher = actor(Watcher, {
  init: () => ({ seen: [] as string[] }),
  options: { trapExit: true },
  on: {
    watch: (_state, target, context) => void context.monitor(target as Pid),
    link: (_state, target, context) => void context.link(target as Pid),
    seen: ({ seen }) => seen,
    subscribe: async (_state, name, context) => {
      await context.subscribe(eventName(name, B))
    },
    leave: (_state, name, context) => void context.unsubscribe(eventName(name, B)),
  },
  handleDown: ({ seen }, down: Down) => void seen.push(`down ${JSON.stringify(down.reason)}`),
  handleExit: ({ seen }, exit) => void seen.push(`exit ${JSON.stringify(exit.reason)}`),
  handleEvent: ({ seen }, event) => void seen.push(`event ${String(event.message)}`),
})

describe('a process whose reason cannot travel', () => {
  it('is told to its watchers and links at another node all the same', () =>
    staged(async ({ a, b, settle, pass }) => {
      await settle(b.spawn(mortal, { name: 'mortal' }))
      const own = await settle(a.spawn(watcher))
      const far = processName('mortal', Mortal, B)
      const pid = await settle(a.call(far, 'id'))
      await settle(a.call(own, 'watch', pid))
      await settle(a.call(own, 'link', pid))
      a.send(far, 'end')
      await pass(200)
      const seen = await settle(a.call(own, 'seen'))
      assert.deepEqual([...seen].sort(), [
        'down {"kind":"custom","name":"lost"}',
        'exit {"kind":"custom","name":"lost"}',
      ])
    }))

  it('rejects a caller at another node at once', () =>
    staged(async ({ a, b, settle, pass }) => {
      await settle(b.spawn(mortal, { name: 'mortal' }))
      let code = ''
      const call = a.call(processName('mortal', Mortal, B), 'fail')
      call.catch((thrown) => {
        code = thrown.code
      })
      await pass(500)
      assert.match(code, /HANDLER_FAILED/)
    }))
})

describe('a subscription to an event of another node', () => {
  it('holds when the last other subscriber leaves while it is being made', () =>
    staged(async ({ a, b, settle, pass }) => {
      const token = b.registerEvent('news', { open: true })
      const first = await settle(a.spawn(watcher))
      const second = await settle(a.spawn(watcher))
      await settle(a.call(first, 'subscribe', 'news'))
      const joining = a.call(second, 'subscribe', 'news')
      const leaving = a.call(first, 'leave', 'news')
      await settle(Promise.all([joining, leaving]))
      await pass(50)
      b.publish(token, 'hello')
      await pass(50)
      assert.deepEqual(await settle(a.call(second, 'seen')), ['event hello'])
    }))
})
