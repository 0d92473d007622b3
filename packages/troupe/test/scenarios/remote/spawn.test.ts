/** A spawn at another node, in virtual time: what is inherited, what is refused. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Pid, type RemoteSpawnOptions, TroupeError } from 'troupe'
import { remoteStage } from './clustered.js'
import { B, type Child, child, family, type Parent, parent, slow } from './family.js'

describe('a process spawned at another node', () => {
  it('runs there what that node allows under the name, with its arguments', () =>
    family(async ({ a, b, spawn, settle, parent: pid }) => {
      const made = await spawn('child', { name: 'kid', args: [1, { two: new Map([[2, 'b']]) }] })
      assert.equal(made.node, B)
      assert.ok(b.isAlive(made))
      assert.deepEqual(await settle(a.call(made, 'about')), [
        ...[String(pid), String(pid), undefined, 'kid'],
        [1, { two: new Map([[2, 'b']]) }],
      ])
    }))

  it('has the node that asked as its only parent when no process asked', () =>
    family(async ({ a, settle }) => {
      const made = (await settle(a.peer(B).spawn('child'))) as Pid<typeof Child>
      const [above, leader] = (await settle(a.call(made, 'about'))) as readonly unknown[]
      assert.deepEqual([above, leader], ['none', 'none'])
    }))

  it('belongs to the application of its parent, by name', () =>
    remoteStage(async ({ a, b, settle }) => {
      b.remote.allowSpawn('child', child)
      a.loadApplication({ name: 'shop', members: [{ name: 'parent', start: parent }] })
      await settle(a.startApplication('shop'))
      const pid = a.whereis('parent') as Pid<typeof Parent>
      const made = (await settle(a.call(pid, 'spawn', { factory: 'child' }))) as Pid<typeof Child>
      const about = (await settle(a.call(made, 'about'))) as readonly unknown[]
      assert.equal(about[2], 'shop')
    }))

  it('gets the environment of its parent only when both sides say so', () =>
    family(async ({ a, b, spawn, settle, parent: pid }) => {
      await settle(a.call(pid, 'know', 'REGION'))
      const env = async (options?: RemoteSpawnOptions): Promise<unknown> =>
        settle(a.call(await spawn('child', options), 'env', 'REGION'))
      assert.equal(await env(), undefined)
      assert.equal(await env({ withEnv: true }), undefined)
      b.remote.allowSpawn('child', child, { env: true })
      assert.equal(await env(), undefined)
      assert.equal(await env({ withEnv: true }), 'north')
    }))

  it('can be spawned at the own node by the same name', () =>
    remoteStage(async ({ a, settle }) => {
      a.remote.allowSpawn('child', child)
      const made = (await settle(a.peer('a@stage').spawn('child'))) as Pid<typeof Child>
      assert.ok(a.isAlive(made))
    }))
})

describe('a spawn at another node is refused', () => {
  const refusals: readonly (readonly [string, string, string, RemoteSpawnOptions?])[] = [
    ['by a name nobody allowed', 'SPAWN_UNKNOWN', 'ghost'],
    ['when init throws', 'INIT_FAILED', 'hard', { args: ['throw'] }],
    ['when init does not end', 'INIT_TIMEOUT', 'hard', { args: ['hang'], timeoutMs: 15_000 }],
    ['when it takes too long', 'CALL_TIMEOUT', 'hard', { args: ['hang'], timeoutMs: 100 }],
    ['with a function among its arguments', 'PAYLOAD_UNSUPPORTED', 'child', { args: [() => 1] }],
    ['with too many arguments', 'OPTION_INVALID', 'child', { args: Array(256).fill(0) }],
    ['with no list of arguments', 'OPTION_INVALID', 'child', { args: {} as never }],
    ['that may take too long', 'OPTION_INVALID', 'child', { timeoutMs: 15_001 }],
    ['with an option nobody knows', 'OPTION_INVALID', 'child', { link_: true } as never],
    ['with a log level that is none', 'OPTION_INVALID', 'child', { logLevel: 'loud' as never }],
    ['with no name for it', 'OPTION_INVALID', ''],
  ]
  for (const [title, code, factory, options] of refusals) {
    it(title, () =>
      family(async ({ spawn, b, pass }) => {
        const before = b.processes().length
        await assert.rejects(spawn(factory, options), { code })
        await pass(20_000)
        assert.equal(b.processes().length, before)
      }),
    )
  }

  it('for a node that is not among those allowed, and from then on, for one no longer', () =>
    family(async ({ b, spawn }) => {
      b.remote.denySpawn('child', ['a@stage'])
      await assert.rejects(spawn('child'), { code: 'NOT_ALLOWED' })
      b.remote.allowSpawn('child', child, { nodes: ['*@stage'] })
      b.remote.denySpawn('child')
      await assert.rejects(spawn('child'), { code: 'SPAWN_UNKNOWN' })
      b.remote.allowSpawn('child', child, { nodes: ['c@stage', 'a@elsewhere'] })
      await assert.rejects(spawn('child'), { code: 'NOT_ALLOWED' })
      b.remote.allowSpawn('child', child, { nodes: ['a@stage'] })
      assert.ok(b.isAlive(await spawn('child')))
    }))

  it('by a name that is held there', () =>
    family(async ({ spawn }) => {
      await spawn('child', { name: 'kid' })
      await assert.rejects(spawn('child', { name: 'kid' }), { code: 'NAME_TAKEN' })
    }))

  it('with the words of what init threw, and its code', () =>
    family(async ({ spawn }) => {
      const plain = spawn('hard', { args: ['throw'] })
      await assert.rejects(plain, (error: TroupeError) => {
        assert.match(error.message, /no such colour/)
        return error.code === 'INIT_FAILED'
      })
      const coded = spawn('hard', { args: ['coded'] })
      await assert.rejects(coded, (error: TroupeError) => {
        assert.ok(TroupeError.is(error.cause, 'NAME_UNKNOWN'))
        return error.code === 'INIT_FAILED'
      })
    }))

  it('when its arguments do not fit the schema they are allowed with', () =>
    family(async ({ b, spawn }) => {
      const validate = (value: unknown) =>
        Array.isArray(value) && typeof value[0] === 'number'
          ? { value: [Number(value[0]) + 1] }
          : { issues: [{ message: 'the first is no number' }] }
      const args = { '~standard': { version: 1 as const, vendor: 'test', validate } }
      b.remote.allowSpawn('counted', child, { args })
      await assert.rejects(spawn('counted', { args: ['x'] }), { code: 'MESSAGE_INVALID' })
      assert.ok(b.isAlive(await spawn('counted', { args: [1] })))
    }))

  it('at a node that is nowhere, or has no name', () =>
    remoteStage(async ({ a, settle }) => {
      await assert.rejects(settle(a.peer('x@stage').spawn('child')), { code: 'NO_ROUTE' })
      assert.throws(() => a.peer('x'), { code: 'NODE_NAME_INVALID' })
    }))

  it('with a link or a monitor of the node itself, which does not end', () =>
    remoteStage(async ({ a, settle }) => {
      for (const tie of [{ link: true }, { monitor: true }]) {
        await assert.rejects(settle(a.peer(B).spawn('child', tie)), { code: 'OPTION_INVALID' })
      }
    }))

  it('when the connection is lost meanwhile, and what was begun there ends', () =>
    family(async ({ a, b, begin, settle, until, pass }) => {
      b.remote.allowSpawn('slow', slow)
      const before = b.processes().length
      const asked = assert.rejects(begin('slow'), {
        code: 'NO_CONNECTION',
      })
      await until(() => b.processes().length > before)
      a.peer(B).disconnect()
      await settle(asked)
      await pass(2_000)
      assert.equal(b.processes().length, before)
    }))
})
