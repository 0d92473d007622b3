/**
 * Two nodes as a program starts them, over TCP: one looks at the other, on which nothing is
 * deployed for that.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import {
  actor,
  type Followed,
  isFailure,
  type LogSheet,
  message,
  type Node,
  type NodeOptions,
  processName,
  protocol,
  type SystemOptions,
  startNode,
  systemFollower,
  systemProtocol,
  TroupeError,
} from 'troupe'

const COOKIE = randomBytes(24).toString('base64')
const Stock = protocol('stock', { add: message<number>() })
const stockActor = actor(Stock, { on: { add: () => {} } })
const there = processName('system', systemProtocol, 'shown@localhost')

async function start(name: string, peer?: Node, system: SystemOptions = {}): Promise<Node> {
  const port = peer?.network.listening[0]?.port
  const options: NodeOptions = {
    ...{ logSinks: [], handleSignals: false, system },
    network: {
      ...{ cookie: COOKIE, registrar: 'none', acceptors: [{ port: 0 }], unixSocket: false },
      peers: peer === undefined ? {} : { [peer.name]: `tcp://127.0.0.1:${port}` },
    },
  }
  return startNode(name, options)
}

async function withTwo(
  run: (shown: Node, looking: Node) => Promise<void>,
  system: SystemOptions = {},
): Promise<void> {
  const shown = await start('shown@localhost', undefined, system)
  const looking = await start('looking@localhost', shown)
  try {
    await run(shown, looking)
  } finally {
    await Promise.all([looking.stop(), shown.stop()])
  }
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (TroupeError.is(error) ? error.code : String(error)),
  )

describe('a node that is looked at over TCP', () => {
  it('shows its program, its processes, its tree, its network and its members', () =>
    withTwo(async (shown, looking) => {
      const pid = await shown.spawn(stockActor, { name: 'stock' })
      const sheet = await looking.call(there, 'node')
      assert.equal(sheet.program.osPid, process.pid)
      assert.ok(sheet.program.memory.rssBytes > 0 && sheet.program.cpuUserMs > 0)
      const { hostName, osRelease, versions } = sheet.program
      assert.ok(hostName !== '' && osRelease !== '' && versions['v8'] === process.versions.v8)
      // How a program was started may hold secrets.
      assert.ok(!JSON.stringify(sheet.program).includes(process.argv[1] as string))
      const { rows } = await looking.call(there, 'processes', { name: 'stock' })
      assert.equal(rows[0]?.pid.id, pid.id)
      assert.equal((await looking.call(there, 'process', { pid })).name, 'stock')
      const { complete, total } = await looking.call(there, 'tree', {})
      assert.deepEqual([complete, total], [true, shown.info().processes])
      const { peers } = await looking.call(there, 'network', {})
      assert.equal(peers.rows[0]?.node, 'looking@localhost')
      const { members, coverage } = await looking.call(there, 'members', {})
      assert.equal(members.rows[0]?.node, 'looking@localhost')
      assert.ok(coverage.connected >= 1)
      assert.deepEqual((await looking.call(there, 'registrar', {})).info, undefined)
      assert.equal(isFailure(sheet), false)
    }))

  it('tells who follows its log, in storms no more than they want', () =>
    withTwo(async (shown, looking) => {
      const told: Followed[] = []
      let enough = (): void => {}
      const heard = new Promise<void>((resolve) => {
        enough = resolve
      })
      const follower = actor(systemFollower, {
        started: (_state, context) =>
          context.call(there, 'follow', { of: 'logs', search: 'storm', perSecondMax: 20 }),
        on: {
          followed: (_state, given) => {
            told.push(given)
            const lines = told.reduce((sum, { records }) => sum + records.length, 0)
            if (lines + told.reduce((sum, { leftOut }) => sum + leftOut, 0) >= 500) enough()
          },
        },
      })
      await looking.spawn(follower)
      for (let at = 0; at < 500; at += 1) shown.log.info(`storm ${at}`, { at })
      await heard
      const records = told.flatMap((one) => one.records) as readonly LogSheet[]
      assert.ok(records.length >= 20 && records.length <= 40, `${records.length} lines`)
      assert.deepEqual(records[0]?.fields, { at: 0 })
    }))

  it('does nothing for who may only look, and what it is told by who may do more', async () => {
    const order = { do: 'kill' } as const
    await withTwo(async (shown, looking) => {
      const pid = await shown.spawn(stockActor)
      assert.equal(await codeOf(looking.call(there, 'manage', { ...order, pid })), 'NOT_ALLOWED')
      assert.ok(shown.isAlive(pid))
    })
    await withTwo(
      async (shown, looking) => {
        const pid = await shown.spawn(stockActor)
        await looking.call(there, 'manage', { ...order, pid })
        assert.equal(shown.isAlive(pid), false)
        const { rows } = await looking.call(there, 'audit', {})
        assert.deepEqual(
          rows.map(({ node, operation, outcome }) => [node, operation, outcome]),
          [['looking@localhost', 'kill', 'done']],
        )
      },
      { manage: ['looking@*'] },
    )
  })
})
