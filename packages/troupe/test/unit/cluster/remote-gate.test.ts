/** cluster/remote/remote-gate: who may do what, and how often it was used. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, protocol, type RemoteAllowance } from 'troupe'
import { AllowanceTable } from '#cluster/remote/remote-gate'

const Idle = protocol('idle', { nothing: message<void>() })
const idle = actor(Idle, { on: { nothing: () => {} } })
const other = actor(Idle, { on: { nothing: () => {} } })
const HOME = 'home@here'

const asked = (gate: AllowanceTable, node: string, name = 'worker'): string => {
  const verdict = gate.maySpawn({ name, node, home: HOME })
  return verdict.kind === 'allowed' ? 'allowed' : verdict.error.code
}
const allowing = (...nodes: string[]): AllowanceTable => {
  const gate = new AllowanceTable()
  gate.allowSpawn('worker', idle, nodes.length === 0 ? {} : { nodes })
  return gate
}

describe('a spawn by another node', () => {
  it('is unknown until its name is allowed', () => {
    const gate = new AllowanceTable()
    assert.equal(asked(gate, 'a@x'), 'SPAWN_UNKNOWN')
    assert.equal(gate.unknown, 1)
  })

  it('is allowed to everybody when no nodes are named', () => {
    assert.equal(asked(allowing(), 'a@x'), 'allowed')
  })

  it('is allowed to the nodes that are named and no others', () => {
    const gate = allowing('a@x')
    assert.deepEqual([asked(gate, 'a@x'), asked(gate, 'b@x')], ['allowed', 'NOT_ALLOWED'])
  })

  it('is allowed to all of a host, or all of a name', () => {
    const gate = allowing('*@x', 'lead@*')
    const nodes = ['a@x', 'lead@y', 'a@y', 'leader@y', 'a@xx']
    const outcomes = nodes.map((node) => asked(gate, node))
    assert.deepEqual(outcomes, ['allowed', 'allowed', 'NOT_ALLOWED', 'NOT_ALLOWED', 'NOT_ALLOWED'])
  })

  it('is allowed to more nodes when it is allowed again', () => {
    const gate = allowing('a@x')
    gate.allowSpawn('worker', idle, { nodes: ['b@x'] })
    assert.deepEqual([asked(gate, 'a@x'), asked(gate, 'b@x')], ['allowed', 'allowed'])
  })

  it('of the own node needs the name only', () => {
    assert.equal(asked(allowing('a@x'), HOME), 'allowed')
    assert.equal(asked(allowing('a@x'), HOME, 'unknown'), 'SPAWN_UNKNOWN')
  })

  it('cannot mean two definitions by one name', () => {
    const gate = allowing()
    assert.throws(() => gate.allowSpawn('worker', other), { code: 'NAME_TAKEN' })
  })

  it('takes an environment only when that was said, and goes on to', () => {
    const gate = allowing()
    const env = (): unknown => {
      const verdict = gate.maySpawn({ name: 'worker', node: 'a@x', home: HOME })
      return verdict.kind === 'allowed' && verdict.env
    }
    assert.equal(env(), false)
    gate.allowSpawn('worker', idle, { env: true })
    assert.equal(env(), true)
    gate.allowSpawn('worker', idle, { nodes: ['b@x'] })
    assert.equal(env(), true)
    gate.allowSpawn('worker', idle, { env: false })
    assert.equal(env(), false)
  })
})

describe('what was allowed', () => {
  it('is taken back for all, and then unknown', () => {
    const gate = allowing()
    gate.denySpawn('worker')
    assert.equal(asked(gate, 'a@x'), 'SPAWN_UNKNOWN')
    assert.throws(() => gate.denySpawn('worker'), { code: 'SPAWN_UNKNOWN' })
  })

  it('is taken back for one of all nodes', () => {
    const gate = allowing()
    gate.denySpawn('worker', ['a@x'])
    assert.deepEqual([asked(gate, 'a@x'), asked(gate, 'b@x')], ['NOT_ALLOWED', 'allowed'])
    gate.allowSpawn('worker', idle, { nodes: ['a@x'] })
    assert.equal(asked(gate, 'a@x'), 'allowed')
  })

  it('is taken back for one of a host, and for a host of all', () => {
    const gate = allowing('*@x')
    gate.denySpawn('worker', ['a@x'])
    assert.deepEqual([asked(gate, 'a@x'), asked(gate, 'b@x')], ['NOT_ALLOWED', 'allowed'])
    const wide = allowing()
    wide.denySpawn('worker', ['*@x'])
    assert.deepEqual([asked(wide, 'a@x'), asked(wide, 'a@y')], ['NOT_ALLOWED', 'allowed'])
  })

  it('is taken back for a host also where its nodes were named', () => {
    const gate = allowing('a@x', 'a@y')
    gate.denySpawn('worker', ['*@x'])
    assert.deepEqual([asked(gate, 'a@x'), asked(gate, 'a@y')], ['NOT_ALLOWED', 'allowed'])
  })

  it('counts for a node by its name before a pattern that denies it', () => {
    const gate = allowing('lead@*')
    gate.denySpawn('worker', ['*@x'])
    assert.equal(asked(gate, 'lead@x'), 'NOT_ALLOWED')
    gate.allowSpawn('worker', idle, { nodes: ['lead@x'] })
    assert.deepEqual([asked(gate, 'lead@x'), asked(gate, 'lead@y')], ['allowed', 'allowed'])
  })

  it('is gone with the last node that was named', () => {
    const gate = allowing('a@x')
    gate.denySpawn('worker', ['a@x'])
    assert.equal(asked(gate, 'a@x'), 'SPAWN_UNKNOWN')
    assert.deepEqual(gate.allowed(), [])
  })

  it('is listed with how often it was used and refused', () => {
    const gate = allowing('*@x')
    gate.denySpawn('worker', ['b@x'])
    for (const node of ['a@x', 'a@x', 'b@x', 'c@y']) asked(gate, node)
    gate.allowApplication('shop', { env: true })
    assert.deepEqual(gate.allowed(), [
      {
        ...{ kind: 'spawn', name: 'worker', nodes: ['*@x'], except: ['b@x'], env: false },
        ...{ used: 2, refused: 2 },
      },
      {
        ...{ kind: 'application', name: 'shop', nodes: [], except: [], env: true },
        ...{ used: 0, refused: 0 },
      },
    ])
  })
})

describe('an application', () => {
  const start = (gate: AllowanceTable, node: string, name = 'shop'): string => {
    const verdict = gate.mayStart('start', { name, node, home: HOME })
    return verdict.kind === 'allowed' ? 'allowed' : verdict.error.code
  }

  it('is started by nobody, unless it was allowed', () => {
    const gate = new AllowanceTable()
    assert.equal(start(gate, 'a@x'), 'NOT_ALLOWED')
    gate.allowApplication('shop', { nodes: ['a@x'] })
    assert.deepEqual([start(gate, 'a@x'), start(gate, 'b@x')], ['allowed', 'NOT_ALLOWED'])
    gate.denyApplication('shop')
    assert.equal(start(gate, 'a@x'), 'NOT_ALLOWED')
    assert.throws(() => gate.denyApplication('shop'), { code: 'APPLICATION_UNKNOWN' })
  })

  it('named system is Troupe’s, and nobody else starts or stops it', () => {
    assert.throws(() => new AllowanceTable().allowApplication('system'), { code: 'OPTION_INVALID' })
  })

  it('is started by its own node', () => {
    assert.equal(start(new AllowanceTable(), HOME), 'allowed')
  })
})

describe('an allowance that cannot be', () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ['no list of nodes', { nodes: 'a@x' }],
    ['an empty list, which might mean everybody', { nodes: [] }],
    ['a node without a host', { nodes: ['a'] }],
    ['half a star', { nodes: ['a*@x'] }],
    ['a number', { nodes: [7] }],
    ['an environment that is no flag', { env: 'yes' }],
    ['arguments that are no schema', { args: [] }],
    ['an option that nobody knows', { node: ['a@x'] }],
  ]
  for (const [title, allowance] of wrong) {
    it(`is ${title}`, () => {
      const gate = new AllowanceTable()
      const allow = (): void => gate.allowSpawn('worker', idle, allowance as RemoteAllowance)
      assert.throws(allow, { code: 'OPTION_INVALID' })
      assert.deepEqual(gate.allowed(), [])
    })
  }

  it('has no definition, or no name', () => {
    const gate = new AllowanceTable()
    const none = undefined as never
    assert.throws(() => gate.allowSpawn('worker', none), { code: 'OPTION_INVALID' })
    assert.throws(() => gate.allowSpawn('', idle), { code: 'OPTION_INVALID' })
    assert.throws(() => gate.allowSpawn('x'.repeat(256), idle), { code: 'OPTION_INVALID' })
  })

  it('is one too many of 10,000 names', () => {
    const gate = new AllowanceTable()
    for (let i = 0; i < 10_000; i += 1) gate.allowSpawn(`worker-${i}`, idle)
    assert.throws(() => gate.allowSpawn('one more', idle), { code: 'OPTION_INVALID' })
    gate.allowSpawn('worker-7', idle, { nodes: ['a@x'] })
  })
})
