/**
 * What a node answers about one process, its tree, its lists and its surroundings.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, eventName, message, Pid, processName, protocol, supervisor } from 'troupe'
import { codeOf, type SystemStage, systemStage } from './system-kit.js'

const Shop = protocol('shop', { sell: message<unknown>() })
const shopActor = actor(Shop, {
  on: { sell: () => new Promise(() => {}) },
  inspect: () => ({ stock: 3, password: 'x', endless: 'y'.repeat(100_000) }),
})
const quietActor = actor(Shop, { name: 'quiet', on: { sell: () => {} } })
const shopSupervisor = supervisor({
  name: 'shop-supervisor',
  children: [
    { name: 'front', start: shopActor },
    { name: 'back', start: quietActor },
  ],
})

async function startShop({ b, settle }: SystemStage): Promise<void> {
  b.loadApplication({ name: 'shop', members: [{ name: 'root', start: shopSupervisor }] })
  await settle(b.startApplication('shop'))
}

describe('one process', () => {
  it('shows its relations, its mailbox by name and what it says of itself', () =>
    systemStage(async (stage) => {
      await startShop(stage)
      const { a, b } = stage
      for (const item of ['apple', 'pear', 'fig']) {
        a.send(processName('front', Shop, b.name), 'sell', { item, secret: 'x' })
      }
      await stage.pass(10)
      const sheet = await stage.ask('process', { name: 'front' })
      const root = b.whereis('root') as Pid
      assert.equal(sheet.state, 'waiting')
      assert.deepEqual(
        sheet.ancestors.map(({ id }) => id),
        [root.id],
      )
      assert.deepEqual(
        sheet.links.map((link) => (Pid.is(link) ? link.id : link)),
        [root.id],
      )
      assert.deepEqual(
        sheet.waiting.map((waiting) => [waiting.queue, waiting.message, waiting.payload]),
        [
          ['main', 'sell', undefined],
          ['main', 'sell', undefined],
        ],
      )
      assert.equal(sheet.mailbox.main, 2)
      assert.equal(sheet.children, undefined)
      assert.ok(JSON.stringify(sheet.inspected).length < 20_000, 'it is cut')
    }))

  it('shows payloads only where its owner says so, without secrets', () =>
    systemStage(
      async (stage) => {
        await startShop(stage)
        const { a, b } = stage
        const to = processName('front', Shop, b.name)
        a.send(to, 'sell', 1)
        a.send(to, 'sell', { item: 'fig', secret: 'x', much: 'y'.repeat(50_000) })
        await stage.pass(10)
        const { waiting } = await stage.ask('process', { name: 'front', messages: 5 })
        const told = JSON.stringify(waiting[0]?.payload)
        assert.ok(told.includes('fig') && !told.includes('"x"') && told.length < 3_000)
      },
      { payloads: true },
    ))

  it('is found by its pid, with its children when they are asked for', () =>
    systemStage(async (stage) => {
      await startShop(stage)
      const pid = stage.b.whereis('root') as Pid
      const plain = Pid.of(pid.node, pid.id, pid.creation)
      const { children } = await stage.ask('process', { pid: plain, children: true })
      assert.deepEqual(
        children?.map(({ name }) => name),
        ['front', 'back'],
      )
    }))

  it('that is not there is told by its code', () =>
    systemStage(async (stage) => {
      const { a, b } = stage
      const codes: readonly (readonly [unknown, string])[] = [
        [{}, 'OPTION_INVALID'],
        [{ name: 'nobody' }, 'NAME_UNKNOWN'],
        [{ pid: Pid.of(b.name, 999, b.creation) }, 'PROCESS_UNKNOWN'],
        [{ pid: Pid.of(b.name, 1, b.creation - 1) }, 'PROCESS_INCARNATION'],
        [{ pid: Pid.of('c@stage', 1, 1) }, 'PROCESS_UNKNOWN'],
        [{ pid: { kind: 'pid', node: b.name, id: 'one' } }, 'OPTION_INVALID'],
        [{ pid: { kind: 'pid' } }, 'OPTION_INVALID'],
        [{ name: 'system', messages: 101 }, 'OPTION_INVALID'],
        [{ name: 'system', children: 'yes' }, 'OPTION_INVALID'],
      ]
      for (const [given, code] of codes) {
        assert.equal(await codeOf(stage.askAnything(a, 'process', given)), code)
      }
    }))
})

describe('a supervision tree', () => {
  it('is that of one application, from its root down', () =>
    systemStage(async (stage) => {
      await startShop(stage)
      const { rows, total, complete } = await stage.ask('tree', { application: 'shop' })
      assert.deepEqual(
        rows.map(({ name, depth, children }) => [name, depth, children]),
        [
          ['root', 0, 2],
          ['front', 1, 0],
          ['back', 1, 0],
        ],
      )
      assert.deepEqual([total, complete], [3, true])
    }))

  it('is that of the node, or below one process', () =>
    systemStage(async (stage) => {
      await startShop(stage)
      const whole = await stage.ask('tree', {})
      assert.equal(whole.total, stage.b.processes().length)
      assert.deepEqual(
        whole.rows.filter(({ depth }) => depth === 0).map(({ name }) => name),
        ['system.supervisor', 'root'],
      )
      const below = stage.b.whereis('root') as Pid
      const part = await stage.ask('tree', { below, depthMax: 0 })
      assert.deepEqual([part.rows.length, part.total, part.complete], [1, 3, false])
    }))

  it('that is too large is told from its top', () =>
    systemStage(async (stage) => {
      await startShop(stage)
      const { rows, total, complete } = await stage.ask('tree', { application: 'shop', limit: 2 })
      assert.deepEqual(
        rows.map(({ name }) => name),
        ['root', 'front'],
      )
      assert.deepEqual([total, complete], [3, false])
      const { a } = stage
      for (const given of [{ limit: 2_001 }, { depthMax: 65 }, { below: 'root' }]) {
        assert.equal(await codeOf(stage.askAnything(a, 'tree', given)), 'OPTION_INVALID')
      }
    }))
})

describe('the lists of a node', () => {
  it('tell applications with their processes', () =>
    systemStage(async (stage) => {
      await startShop(stage)
      const { rows } = await stage.ask('applications', {})
      assert.deepEqual(
        rows.map(({ name, processes, own }) => [name, processes, own]),
        [
          ['system', 3, true],
          ['shop', 3, false],
        ],
      )
    }))

  it('tell names by their beginning, page by page', () =>
    systemStage(async (stage) => {
      for (let at = 0; at < 9; at += 1) await stage.b.spawn(quietActor, { name: `quiet-${at}` })
      const first = await stage.ask('names', { prefix: 'quiet-', limit: 6 })
      assert.equal(first.rows.length, 6)
      const cursor = first.next ?? ''
      const second = await stage.ask('names', { prefix: 'quiet-', limit: 6, cursor })
      assert.deepEqual(second, { rows: ['quiet-6', 'quiet-7', 'quiet-8'], next: undefined })
      const { a } = stage
      const elsewhere = stage.askAnything(a, 'events', { cursor })
      assert.equal(await codeOf(elsewhere), 'OPTION_INVALID')
    }))

  it('tell topics, cron jobs and the account', () =>
    systemStage(async (stage) => {
      const { b } = stage
      b.registerEvent(eventName('prices'), { open: true, buffer: 3 })
      b.cron.add({ name: 'nightly', spec: '0 3 * * *', action: { kind: 'run', run: () => {} } })
      const events = await stage.ask('events', {})
      assert.ok(events.rows.some(({ event }) => event.name === 'prices'))
      const cron = await stage.ask('cron', {})
      assert.deepEqual(
        cron.rows.map(({ name }) => name),
        ['nightly'],
      )
      const { sent, handled, waiting, handling, dropped } = await stage.ask('account')
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
      assert.equal(sent, handled + waiting + handling + lost)
    }))

  it('tell the network and who is known', () =>
    systemStage(async (stage) => {
      const network = await stage.ask('network', {})
      assert.deepEqual(
        network.peers.rows.map(({ node, state }) => [node, state]),
        [['a@stage', 'up']],
      )
      assert.equal(network.total, 1)
      const registrar = await stage.ask('registrar', {})
      assert.equal(registrar.info, undefined)
      assert.deepEqual(registrar.nodes, { rows: [], next: undefined })
    }))
})
