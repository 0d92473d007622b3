/**
 * What several registrars as one cost in a large cluster, by how often a route is looked at.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ApplicationRoute, NodeRoute, Registrar, RegistrarEvent } from 'troupe'
import { Part } from '#cluster/registrar/composite/part'
import { NodeUnion } from '#cluster/registrar/composite/union'
import { RouteTable } from '#cluster/registrar/route-table'

const OWN = { node: 'own@h', creation: 1 }
const WHERE = {
  creation: 5,
  addresses: [],
  liveness: undefined,
  version: '1',
  state: 'up',
} as const
const RUNS = { mode: 'permanent', state: 'running', weight: 100, tags: [], version: '1' } as const

/** Two registrars that know the same nodes; counts how often they are asked who one is. */
class Crowd {
  looks = 0
  readonly tables = [new RouteTable(OWN), new RouteTable(OWN)]
  readonly parts: readonly Part[]
  readonly union: NodeUnion
  readonly #counted = new Map<object, object>()

  constructor(size: number) {
    for (let i = 0; i < size; i += 1) this.add(`n${i}@h`)
    this.parts = this.tables.map((table) => new Part(this.#registrar(table)))
    for (const part of this.parts) part.look()
    this.union = new NodeUnion(OWN, this.parts)
  }

  add(node: string): void {
    const life = { node, creation: 5 }
    for (const table of this.tables) {
      table.putNode({ ...WHERE, node })
      table.putApplication(life, { ...RUNS, name: 'web', roles: {} })
    }
  }

  /** What was looked at since it was asked last. */
  cost(run: () => readonly RegistrarEvent[]): number {
    this.looks = 0
    run()
    return this.looks
  }

  #registrar(table: RouteTable): Registrar {
    return {
      kind: 'counted',
      info: () => ({ state: 'connected' }),
      nodes: () => this.#list(table.nodes()),
      applications: (name?: string) => this.#list(table.applications(name)),
    } as unknown as Registrar
  }

  #list<T extends NodeRoute | ApplicationRoute>(routes: readonly T[]): readonly T[] {
    const known = this.#counted.get(routes) ?? Object.freeze(routes.map((one) => this.#count(one)))
    this.#counted.set(routes, known)
    return known as readonly T[]
  }

  #count<T extends NodeRoute | ApplicationRoute>(route: T): T {
    const look = (): string => {
      this.looks += 1
      return route.node
    }
    return Object.defineProperty({ ...route }, 'node', { get: look, enumerable: true })
  }
}

describe('several registrars of a large cluster', () => {
  const few = new Crowd(250)
  const many = new Crowd(1_000)
  const isLinear = (what: string, run: (crowd: Crowd) => readonly RegistrarEvent[]): void => {
    const [one, four] = [few.cost(() => run(few)), many.cost(() => run(many))]
    assert.ok(four > 0 && four <= 5 * one, `${what}: ${one} looks at 250 nodes, ${four} at 1,000`)
  }

  it('are taken together with work in proportion to the nodes', () => {
    isLinear('at the start', ({ union }) => union.all())
    assert.equal(many.union.table.size, 1_000)
    assert.equal(many.union.table.applications('web').length, 1_000)
    isLinear('when one is lost or back', ({ union }) => union.all())
  })

  it('hear of every node and every application with work in proportion to them', () => {
    const names = ({ tables: [table] }: Crowd) => table?.nodes().map(({ node }) => node) ?? []
    isLinear('of nodes', (crowd) => names(crowd).flatMap((node) => crowd.union.node(node)))
    isLinear('of applications', (crowd) => {
      const [part] = crowd.parts as [Part]
      return names(crowd).flatMap((node) => crowd.union.application(part, node, 'web'))
    })
  })

  it('see what is new though they were asked before', () => {
    few.add('late@h')
    const kinds = few.union.joined('late@h', 5).map(({ kind }) => kind)
    assert.deepEqual(kinds, ['node-joined', 'application-started'])
  })

  it('are looked through anew when one answers with a list that changes', () => {
    const routes: NodeRoute[] = []
    const registrar = { nodes: () => routes, applications: () => [] } as unknown as Registrar
    const part = new Part(registrar)
    for (const node of ['a@h', 'b@h', 'c@h']) {
      assert.equal(part.node(node), undefined)
      routes.push({ ...WHERE, node })
      assert.equal(part.node(node)?.node, node)
    }
  })
})
