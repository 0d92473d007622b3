/**
 * A node that dies while it is looked at: a real program, killed by a signal, and another life of
 * it; on the map, on its own page, on the page of one of its processes and in its tree.
 */
import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { partSkip } from '@troupe/tools/parts'
import type { Page } from 'playwright-core'
import { axeFaults, browserForAll, shot } from './browser-kit.js'
import { millForAll } from './mill-kit.js'
import { MILL } from './mill-names.js'

const [, DYING] = MILL
const BASE = `/nodes/${encodeURIComponent(DYING)}`
const GONE = /^mill2@localhost is down since \d\d:\d\d:\d\d, .+ ago: .+ the last that it told\.$/

/** How often the page is looked at again, in milliseconds. */
const LOOK_MS = 50

const facts = (page: Page) => page.getByRole('region', { name: 'Facts' })
const strip = (page: Page) => page.locator('.strip > span')
/** What the process has ground, as its state on the page says. */
async function groundOn(page: Page): Promise<number> {
  const state = await page.getByRole('region', { name: 'State' }).textContent()
  return Number(/ground\D*(\d+)/.exec(state ?? '')?.[1])
}
/** Figures of all tiles; one that has not been told is a dash. */
const figures = (page: Page) => page.locator('.tile-figure').allTextContents()

describe('a node that dies while it is looked at', {
  skip: partSkip('chromium'),
  timeout: 120_000,
}, () => {
  const { open } = browserForAll()
  const mill = millForAll()

  it('is told gone, since when and with what it told last; another life of it is shown', async () => {
    const cluster = await open(mill.url('/'))
    await cluster.page.getByText('all answer').waitFor()
    const [node, process, tree] = await Promise.all([
      open(mill.url(BASE)),
      open(mill.url(`${BASE}/processes/stone`)),
      open(mill.url(`${BASE}/applications/mill`)),
    ])
    const views = [node, process, tree]
    await node.page.locator('.tile', { hasText: 'Handled' }).getByText('/s').waitFor()
    while ((await groundOn(process.page)) < 10) await process.page.waitForTimeout(LOOK_MS)
    await tree.page.getByRole('treeitem', { name: /^hopper/ }).waitFor()
    const pid =
      (await facts(process.page)
        .getByText(/^<mill2@.*>$/)
        .first()
        .textContent()) ?? ''
    const born = await node.page.locator('.page-head-subtitle').textContent()

    await mill.kill(DYING)
    for (const { page } of views) {
      await strip(page).getByText('is down since').waitFor()
      match((await strip(page).textContent()) ?? '', GONE)
      // What it told last stays, is marked, and the same problem is not told twice.
      await page.locator('main.is-old').waitFor()
      equal(await page.locator('.problem').count(), 0)
      deepEqual(await axeFaults(page), [])
    }
    ok((await figures(node.page)).every((text) => text !== '–'))
    ok((await groundOn(process.page)) >= 10)
    equal(await tree.page.getByRole('treeitem').count(), 5)
    for (const button of ['Kill', 'Send']) {
      const press = process.page.getByRole('button', { name: button })
      equal(await press.isDisabled(), true)
      equal(await press.getAttribute('title'), 'mill2@localhost is down')
    }
    await shot(node.page, 'node-down')
    const row = cluster.page.getByRole('table').getByRole('row').filter({ hasText: DYING })
    await row.getByText('down').waitFor()
    await cluster.page
      .getByText(/^mill2@localhost is down: /)
      .first()
      .waitFor()
    await cluster.page.getByText('1 silent').waitFor()

    await mill.again(DYING)
    for (const { page } of views) await page.locator('.strip').waitFor({ state: 'detached' })
    await node.page.waitForFunction(
      (before) => document.querySelector('.page-head-subtitle')?.textContent !== before,
      born,
    )
    // The new life has begun to count at nothing, and nothing is worked out over both lives.
    await facts(process.page).getByText(pid).waitFor({ state: 'detached' })
    ok((await groundOn(process.page)) >= 0)
    await node.page.locator('.tile', { hasText: 'Handled' }).getByText('/s').waitFor()
    ok((await figures(node.page)).every((text) => !text.startsWith('-')))
    await tree.page
      .locator('main:not(.is-old)')
      .getByRole('treeitem', { name: /^stone/ })
      .waitFor()
    await cluster.page.getByText('all answer').waitFor()
    equal(await process.page.getByRole('button', { name: 'Kill' }).isDisabled(), false)
    notEqual(born, await node.page.locator('.page-head-subtitle').textContent())
    for (const { faults, context } of [cluster, ...views]) {
      deepEqual(faults, [])
      await context.close()
    }
  })
})
