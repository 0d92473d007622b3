/**
 * Fifty viewers of one node and a real browser among them: the node is asked as often as by one,
 * counted at the node itself, and all are told the same.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { it } from 'node:test'
import { Browser, type Listener, streamOf } from '#test/server/kit'
import type { Looked } from './mill-kit.js'
import { MILL } from './mill-names.js'

const [, NODE] = MILL
const FIGURES = `/nodes/${NODE}/figures`
const VIEWERS = 50
/** Looks that are counted. */
const LOOKS = 4
/** Far fewer than one for each viewer and look, and far more than a page and the map ask. */
const QUESTIONS_MAX = (VIEWERS * LOOKS) / 2

/** When the figures that it is told were taken, one after the other, after such a moment. */
async function toldTimes(
  listener: Listener,
  looks: number,
  sinceMs = Number.NEGATIVE_INFINITY,
): Promise<readonly number[]> {
  const times: number[] = []
  while (times.length < looks) {
    const { subject, sheet } = await listener.until('state')
    if (subject !== FIGURES) continue
    const { timeMs } = sheet as { readonly timeMs: number }
    if (timeMs > sinceMs) times.push(timeMs)
  }
  return times
}

/** A test of the nodes that are given. */
export function fiftyViewers({ open, mill }: Looked): void {
  it('are asked by fifty viewers as often as by one, who are all told the same', async () => {
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
    const [sinceMs] = await toldTimes(first, 1)
    const before = await mill.look<number>(NODE, 'questions')
    const times = new Set(await toldTimes(first, LOOKS))
    const asked = (await mill.look<number>(NODE, 'questions')) - before
    ok(asked >= LOOKS && asked <= QUESTIONS_MAX, `${asked} questions`)
    // What they were told while the others came is not counted.
    const told = await Promise.all(others.map((one) => toldTimes(one, LOOKS, sinceMs)))
    for (const time of told.flat()) times.add(time)
    ok(times.size <= 4 * LOOKS, `${times.size} looks have been told`)
    await handled.waitFor()
    deepEqual(faults, [])
    await Promise.all(listeners.map((listener) => listener.close()))
    await context.close()
  })
}
