/**
 * Fifty viewers of one node and a real browser among them: the node is asked as often as by one,
 * counted at the node itself, and all are told the same.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { partSkip } from '@troupe/tools/parts'
import { Browser, type Listener, streamOf } from '#test/server/kit'
import { browserForAll } from './browser-kit.js'
import { millForAll } from './mill-kit.js'
import { MILL } from './mill-names.js'

const [, NODE] = MILL
const FIGURES = `/nodes/${NODE}/figures`
const VIEWERS = 50
/** Looks that are counted. */
const LOOKS = 4
/**
 * Questions of one look at most: figures, the node, its history, and what the map asks of it:
 * figures, connections, applications, leaders, the node and its members.
 */
const QUESTIONS = 10

/** When the figures that it is told were taken, one after the other. */
async function toldTimes(listener: Listener, looks: number): Promise<readonly number[]> {
  const times: number[] = []
  while (times.length < looks) {
    const { subject, sheet } = await listener.until('state')
    if (subject === FIGURES) times.push((sheet as { readonly timeMs: number }).timeMs)
  }
  return times
}

describe('fifty viewers', { skip: partSkip('chromium'), timeout: 120_000 }, () => {
  const { open } = browserForAll()
  const mill = millForAll()

  it('cost a node one look, and are all told the same', async () => {
    const { page, faults, context } = await open(mill.url(`/nodes/${encodeURIComponent(NODE)}`))
    const handled = page.locator('.tile', { hasText: 'Handled' }).getByText('/s')
    await handled.waitFor()
    const listeners = await Promise.all(
      Array.from({ length: VIEWERS }, async () => {
        const browser = new Browser(mill.url(''))
        await browser.session()
        const { listener, status } = await streamOf(browser, [FIGURES])
        equal(status, 204)
        return listener
      }),
    )
    const [first, ...others] = listeners
    ok(first !== undefined)
    await toldTimes(first, 1)
    const before = await mill.look<number>(NODE, 'questions')
    const times = new Set(await toldTimes(first, LOOKS))
    const asked = (await mill.look<number>(NODE, 'questions')) - before
    ok(asked >= LOOKS && asked <= (LOOKS + 1) * QUESTIONS, `${asked} questions`)
    const told = await Promise.all(others.map((one) => toldTimes(one, LOOKS)))
    for (const time of told.flat()) times.add(time)
    ok(times.size <= 4 * LOOKS, `${times.size} looks have been told`)
    await handled.waitFor()
    deepEqual(faults, [])
    await Promise.all(listeners.map((listener) => listener.close()))
    await context.close()
  })
})
