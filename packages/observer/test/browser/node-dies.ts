/**
 * A node that dies while it is looked at: a real program, killed by a signal, and another life of
 * it; on the map, on its own page, on the page of one of its processes and in its tree.
 */
import { deepEqual, equal, fail, match, ok } from 'node:assert/strict'
import { it } from 'node:test'
import type { Page } from 'playwright-core'
import { axeFaults, shot, type Watched } from './browser-kit.js'
import type { Looked } from './mill-kit.js'
import { MILL } from './mill-names.js'

const [, DYING] = MILL
const BASE = `/nodes/${encodeURIComponent(DYING)}`
const PID = /^<mill2@.*>$/
const GONE = /^mill2@localhost is down since \d\d:\d\d:\d\d, .+ ago: .+ the last that it told\.$/

/** How often the page is looked at again, in milliseconds. */
const LOOK_MS = 50
const LOOKS_MAX = 2_400
/** Of a page that is not as it should be, so many characters are told. */
const TOLD_MAX = 300

async function until(what: string, page: Page, isSeen: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if (await isSeen()) return
    await page.waitForTimeout(LOOK_MS)
  }
  const told = await page.locator('main').innerText()
  fail(`never seen: ${what}, but ${told.slice(0, TOLD_MAX)}`)
}

const facts = (page: Page) => page.getByRole('region', { name: 'Facts' })
const strip = (page: Page) => page.locator('.strip > span')
/** What the process has ground, as its state on the page says. */
async function groundOn(page: Page): Promise<number> {
  const state = await page.getByRole('region', { name: 'State' }).textContent()
  return Number(/ground\D*(\d+)/.exec(state ?? '')?.[1])
}
/** Figures of all tiles; one that has not been told is a dash. */
const figures = (page: Page) => page.locator('.tile-figure').allTextContents()
async function areTold(page: Page): Promise<boolean> {
  const told = await figures(page)
  return told.length > 0 && told.every((text) => text !== '–')
}

/** What it told last stays and is marked, and that it is gone is told once. */
async function assertGone({ page }: Watched): Promise<void> {
  await strip(page).getByText('is down since').waitFor()
  match((await strip(page).textContent()) ?? '', GONE)
  await page.locator('main.is-old').waitFor()
  equal(await page.locator('.problem').count(), 0)
  deepEqual(await axeFaults(page), [])
}

async function assertNoOrders(page: Page): Promise<void> {
  for (const name of ['Kill', 'Send']) {
    const button = page.getByRole('button', { name })
    equal(await button.isDisabled(), true)
    equal(await button.getAttribute('title'), 'mill2@localhost is down')
  }
}

/** The cluster's page tells it in its table, its notices and its sums. */
async function assertMissed({ page }: Watched): Promise<void> {
  const row = page.getByRole('table').getByRole('row').filter({ hasText: DYING })
  await row.getByText('down').waitFor()
  await page
    .getByText(/^mill2@localhost is down: /)
    .first()
    .waitFor()
  await page.getByText('1 silent').waitFor()
}

const handled = (page: Page) => page.locator('.tile', { hasText: 'Handled' }).getByText('/s')
const bornText = (page: Page) => page.locator('.page-head-subtitle').textContent()

/** A test of the nodes that are given. */
export function nodeDies({ open, mill }: Looked): void {
  it('are told gone and since when, one killed while it is looked at, and come back', async () => {
    const cluster = await open(mill.url('/'))
    await cluster.page.getByText('all answer').waitFor()
    const node = await open(mill.url(BASE))
    const process = await open(mill.url(`${BASE}/processes/stone`))
    const tree = await open(mill.url(`${BASE}/applications/mill`))
    const views = [node, process, tree]
    await until('all its figures', node.page, () => areTold(node.page))
    // It is young: its life is drawn as wide as can be.
    await node.page.getByRole('button', { name: '5 min', exact: true }).click()
    await until('work', process.page, async () => (await groundOn(process.page)) >= 10)
    await tree.page.getByRole('treeitem', { name: /^hopper/ }).waitFor()
    const pid = (await facts(process.page).getByText(PID).first().textContent()) ?? ''
    const born = await bornText(node.page)

    await mill.kill(DYING)
    for (const view of views) await assertGone(view)
    ok(await areTold(node.page))
    ok((await groundOn(process.page)) >= 10)
    equal(await tree.page.getByRole('treeitem').count(), 5)
    await assertNoOrders(process.page)
    await assertMissed(cluster)
    await shot(node.page, 'node-down')

    await mill.again(DYING)
    for (const { page } of views) {
      await until('its return', page, async () => (await page.locator('main.is-old').count()) === 0)
    }
    // The new life has begun to count at nothing, and nothing is worked out over both lives.
    await facts(process.page).getByText(pid).waitFor({ state: 'detached' })
    await until('another life', node.page, async () => (await bornText(node.page)) !== born)
    await handled(node.page).waitFor()
    ok((await figures(node.page)).every((text) => !text.startsWith('-')))
    await tree.page.locator('main:not(.is-old)').getByRole('treeitem').nth(4).waitFor()
    await cluster.page.getByText('all answer').waitFor()
    await process.page.getByRole('button', { name: 'Kill', disabled: false }).waitFor()
    for (const { faults } of [cluster, ...views]) deepEqual(faults, [])
  })
}
