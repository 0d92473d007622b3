/**
 * The embedded registrar across hosts with its usual times, again and again: how long it takes to
 * find, to doubt, to find again and to lose. Figures are told, and no test asserts one.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { namespaceSkip, type Program, TwoHosts } from './two-hosts.js'

const ROUND_MS = 15_000
const ROUNDS_MAX = 50
const B1 = 'b1@10.99.0.2'

/** What was measured, by what it is. */
class Figures {
  readonly #all = new Map<string, number[]>()

  add(what: string, ...ms: readonly number[]): void {
    this.#all.set(what, [...(this.#all.get(what) ?? []), ...ms])
  }

  tell(t: TestContext): void {
    for (const [what, ms] of this.#all) {
      const sorted = ms.sort((one, other) => one - other)
      const [least, middle, most] = [0, 0.5, 1].map((part) => {
        return sorted[Math.round(part * (sorted.length - 1))]
      })
      t.diagnostic(`${what}: ${middle} ms (${least} to ${most}, ${ms.length} times)`)
    }
  }
}

/** The node that serves the first host, by its short name. */
interface Serving {
  readonly name: 'a1' | 'a2'
  readonly program: Program
}

const fullOf = (name: Serving['name']): string => `${name}@10.99.0.1`

/** Until both hosts are told this of each other. */
const both = (a: Serving, b: Program, kind: 'node-suspect' | 'node-well') => {
  const [aFrom, bFrom] = [a.program.events.length, b.events.length]
  return () => Promise.all([a.program.hears(kind, B1, aFrom), b.hears(kind, fullOf(a.name), bFrom)])
}

async function oneRound(hosts: TwoHosts, a: Serving, b1: Program, figures: Figures) {
  const doubted = both(a, b1, 'node-suspect')
  hosts.one.cutCable()
  figures.add('cable cut to suspect', ...(await doubted()))
  const mended = both(a, b1, 'node-well')
  hosts.one.mendCable()
  figures.add('cable mended to well', ...(await mended()))
  const halfDoubted = both(a, b1, 'node-suspect')
  hosts.two.loseAllTo(hosts.one)
  figures.add('one way lost to suspect', ...(await halfDoubted()))
  const halfMended = both(a, b1, 'node-well')
  hosts.two.loseNothingTo(hosts.one)
  figures.add('one way found to well', ...(await halfMended()))
  return killServer(hosts, a, b1, figures)
}

/** Another node of the host takes over, and is doubted by nobody. */
async function killServer(hosts: TwoHosts, a: Serving, b1: Program, figures: Figures) {
  const spare = await joined(hosts, a.name === 'a1' ? 'a2' : 'a1', b1, figures)
  const from = b1.events.length
  a.program.kill('SIGKILL')
  const ms = await b1.hears('node-left', fullOf(a.name), from)
  figures.add('server killed to lost, on the other host', ms)
  const told = b1.events.slice(from)
  const about = told.filter((event) => 'node' in event && event.node === fullOf(spare.name))
  assert.deepEqual(about, [])
  assert.equal(await spare.program.isServing(), true)
  return spare
}

async function joined(
  hosts: TwoHosts,
  name: Serving['name'],
  b1: Program,
  figures: Figures,
): Promise<Serving> {
  const from = b1.events.length
  const program = hosts.start(hosts.one, name)
  const startMs = performance.now()
  await b1.hears('node-joined', fullOf(name), from)
  const ms = Math.round(performance.now() - startMs)
  figures.add('start of the program to joined, on the other host', ms)
  return { name, program: await program.ready() }
}

describe('two hosts with a cable, for long', { skip: namespaceSkip() }, () => {
  it('find, lose and find each other, again and again', async (t) => {
    const hosts = await TwoHosts.make()
    t.after(() => hosts.close())
    let a: Serving = { name: 'a1', program: await hosts.start(hosts.one, 'a1').ready() }
    const b1 = await hosts.start(hosts.two, 'b1').ready()
    await a.program.hears('node-joined', B1, 0)
    const figures = new Figures()
    const leftMs = Number(process.env['TROUPE_SOAK_MS'] ?? ROUND_MS)
    const endMs = performance.now() + leftMs - ROUND_MS
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      a = await oneRound(hosts, a, b1, figures)
      if (performance.now() > endMs) break
    }
    assert.equal(await b1.echo(fullOf(a.name), 'still'), `${fullOf(a.name)} still`)
    figures.tell(t)
  })
})
