/** hub/paces: one viewer asks for ever, in virtual time; nobody else notices. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { processName, TroupeError } from 'troupe'
import { testNode, virtualClock } from 'troupe/testing'
import { QUESTIONS } from '#observer/ask/questions'
import { ClusterWatch } from '#observer/cluster/watch'
import { OBSERVER_DEFAULTS } from '#observer/contract/options'
import { pacedVerbs, SCANS_AT_ONCE, SCANS_WAITING_MAX } from '#observer/hub/paced-verbs'
import { NodePaces, ViewerPaces } from '#observer/hub/paces'
import { Shares } from '#observer/hub/shares'
import type { Verbs, Who } from '#observer/hub/verbs'
import { problemOf } from '#observer/text/problem'
import { hubOf, lookerOf, reading, VIEW, verbsOf } from './kit.js'

const { viewerPerSecondMax, nodePerSecondMax } = OBSERVER_DEFAULTS

describe('the viewers of one address', () => {
  it('have what four of them have, however many sessions they are', async () => {
    const clock = virtualClock()
    const paces = new ViewerPaces(10, () => clock.nowMs())
    const sum = () => {
      let taken = 0
      for (let at = 0; at < 100; at += 1) {
        if (paces.of({ place: 'here', key: `${at}` }).take(5) === 0) taken += 5
      }
      return taken
    }
    assert.equal(sum(), 4 * 30)
    await clock.advance(1_000)
    assert.equal(sum(), 4 * 10)
    assert.equal(paces.of({ place: 'there', key: 'x' }).take(30), 0)
  })
})

describe('a viewer who wishes for more and more', () => {
  it('is refused, and another is told all he looks at', async () => {
    let figure = 0
    const { hub, clock, looks } = hubOf(() => {
      figure += 1
      return figure
    })
    const paces = new ViewerPaces(5, () => clock.nowMs())
    const open = (session: string) =>
      hub.open(lookerOf(session, paces.of({ place: session, key: session })))
    const [greedy, other] = [open('greedy'), open('other')]
    const [toldGreedy, toldOther] = [reading(greedy), reading(other)]
    const subjects = ['/a', '/b', '/c']
    hub.wish(other.id, { session: 'other', view: VIEW }, { subjects })
    let refusals = 0
    for (let second = 0; second < 60; second += 1) {
      const many = Array.from({ length: 8 }, (_, at) => `/${second}/${at}`)
      try {
        hub.wish(greedy.id, { session: 'greedy', view: VIEW }, { subjects: [...many, '/a'] })
      } catch (thrown) {
        assert.equal(problemOf(thrown).code, 'VIEWER_LIMITED')
        refusals += 1
      }
      await clock.advance(1_000)
    }
    assert.ok(refusals > 30, `${refusals} wishes were refused`)
    const problems = (told: typeof toldOther) => told.filter(({ kind }) => kind === 'problem')
    assert.deepEqual(problems(toldOther), [])
    assert.ok(problems(toldGreedy).length > 0)
    for (const subject of subjects) assert.ok(Number(looks.get(subject)) >= 58, subject)
    const asked = [...looks].filter(([subject]) => !subjects.includes(subject))
    const sum = asked.reduce((all, [, count]) => all + count, 0)
    assert.ok(sum <= 5 * 60 + 15, `${sum} looks for the greedy one`)
  })
})

/** A real node of virtual time, and what its refusals say. */
async function asking(t: TestContext) {
  const { node, clock, stop } = await testNode({ name: 'a@localhost', system: {} })
  t.after(stop)
  const tooOften: string[] = []
  const ask: Verbs['ask'] = async ({ request, payload, timeoutMs }) => {
    try {
      return await node.call(processName('system'), request, payload, { timeoutMs })
    } catch (thrown) {
      const isOften = TroupeError.is(thrown, 'INSPECTION_LIMITED')
      if (isOften && /too often/.test(thrown.message)) tooOften.push(request)
      throw thrown
    }
  }
  return { clock, verbs: verbsOf(clock, ask), tooOften }
}

describe('all viewers together', () => {
  it('ask a node for less than it answers: the watch is never refused', async (t) => {
    const { clock, verbs, tooOften } = await asking(t)
    const watch = new ClusterWatch(verbs)
    t.after(() => watch.stop())
    const paced = pacedVerbs(verbs, new NodePaces(nodePerSecondMax, () => clock.nowMs()))
    const requests = Object.values(QUESTIONS).map(({ request }) => request)
    const codes = new Set<string>()
    let [answered, at] = [0, 0]
    const flood = (): void => {
      const request = requests[at % requests.length] ?? ''
      at += 1
      paced.ask({ node: 'a@localhost', request, timeoutMs: 1_000 }).then(
        () => {
          answered += 1
        },
        (thrown: unknown) => codes.add(problemOf(thrown).code),
      )
    }
    for (let step = 0; step < 100; step += 1) {
      for (let each = 0; each < 50; each += 1) flood()
      await clock.advance(100)
      if (step % 5 > 0) continue
      const sheet = await clock.until(watch.sheet())
      assert.deepEqual(
        sheet.nodes.map(({ state, problem }) => [state, problem]),
        [['up', undefined]],
      )
    }
    assert.deepEqual(tooOften, [])
    assert.ok(codes.has('OBSERVER_BUSY'))
    assert.ok(answered > 100, `${answered} questions were answered`)
  })

  it('have two scans of a node at a time, and the watch has the other two', async () => {
    const clock = virtualClock()
    let scans = 0
    const finish: (() => void)[] = []
    const ask: Verbs['ask'] = ({ request }) => {
      if (request !== 'processes') return Promise.resolve('told')
      scans += 1
      return new Promise((resolve) => finish.push(() => resolve('found')))
    }
    const paced = pacedVerbs(verbsOf(clock, ask), new NodePaces(10_000, () => clock.nowMs()))
    const node = 'a@localhost'
    const asked = Array.from({ length: SCANS_AT_ONCE + SCANS_WAITING_MAX }, () =>
      paced.ask({ node, request: 'processes', timeoutMs: 1_000 }),
    )
    const refused = paced.ask({ node, request: 'processes', timeoutMs: 1_000 })
    await assert.rejects(refused, ({ problem }) => problem.code === 'OBSERVER_BUSY')
    assert.equal(scans, SCANS_AT_ONCE)
    assert.equal(await paced.ask({ node, request: 'figures', timeoutMs: 1_000 }), 'told')
    for (const _one of asked) {
      finish.shift()?.()
      await clock.settle()
      assert.ok(finish.length <= SCANS_AT_ONCE)
    }
    assert.equal((await Promise.all(asked)).length, scans)
  })

  /** Scans that a quiet viewer has, who asks for `each` a second beside so many who flood. */
  async function quietAmong(flooding: readonly Who[], quiet: Who, each: number) {
    const clock = virtualClock()
    const paces = new NodePaces(nodePerSecondMax, () => clock.nowMs())
    const scan = (who: Who): boolean => paces.take('a@localhost', 5, who) === 0
    let [had, asked] = [0, 0]
    for (let step = 0; step < 600; step += 1) {
      for (const who of flooding) for (let at = 0; at < 5; at += 1) scan(who)
      // The flood has what was there to begin with.
      if (step >= 100 && step % (20 / each) === 0) {
        asked += 1
        if (scan(quiet)) had += 1
      }
      await clock.advance(50)
    }
    return [had, asked]
  }

  it('are shared out by place: many sessions of one address are one place', async () => {
    const flooding = Array.from({ length: 40 }, (_, at) => ({ place: 'eve', key: `eve ${at}` }))
    assert.deepEqual(await quietAmong(flooding, { place: 'bob', key: 'bob' }, 4), [100, 100])
  })

  it('are shared out within a place, too: each session has its part', async () => {
    const flooding = Array.from({ length: 12 }, (_, at) => ({ place: 'home', key: `eve ${at}` }))
    assert.deepEqual(await quietAmong(flooding, { place: 'home', key: 'bob' }, 0.5), [12, 12])
  })

  it('keep shares of so many alone', () => {
    const shares = new Shares(80, 0)
    for (let at = 0; at < 1_000; at += 1) shares.took({ place: `${at}`, key: `${at}` }, 5)
    assert.ok(shares.kept <= 257, `${shares.kept} are kept`)
  })

  it('leave as much again for a second viewer as one may ask for', () => {
    assert.ok(2 * viewerPerSecondMax <= nodePerSecondMax)
  })
})
