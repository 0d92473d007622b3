/**
 * The pages of what happens in the shop: logs, dead letters, topics, traces, audits.
 */
import assert from 'node:assert/strict'
import { heldBack } from '@troupe/tools/browser'
import type { Page } from 'playwright-core'
import { shot } from './browser-kit.js'
import { HOSTILE } from './shop.js'
import { assertWell, order, SHOP, type View } from './shop-kit.js'

/** Runs in the page: what a storm says of itself, and what its two lines of counts add up to. */
function countsOf(storm: Element): { readonly total: number; readonly sums: readonly number[] } {
  const numbers = (text: string | null | undefined): readonly number[] =>
    [...(text ?? '').matchAll(/\d[\d,]*/g)].map(([found]) => Number(found.replace(',', '')))
  const figures = (of: Element): readonly number[] =>
    [...of.querySelectorAll('.figure')].flatMap(({ textContent }) => numbers(textContent))
  return {
    total: figures(storm).find((_, place) => place === 0) ?? 0,
    sums: [...storm.querySelectorAll('dd')].map((line) =>
      figures(line).reduce((sum, each) => sum + each, 0),
    ),
  }
}

/**
 * Runs in the page: each record is a line, was counted while they stood still, or left out. One
 * that was kept before the storm and told again in it is both a line and counted.
 */
function allAccounted(wanted: number): boolean {
  const words = document.querySelector('.page-head-subtitle')?.textContent ?? ''
  const told = [...words.matchAll(/([\d,]+) (?:record|left out|came)/g)]
  return told.reduce((sum, [, found = '']) => sum + Number(found.replace(',', '')), 0) >= wanted
}

/** Where the errors that a node has kept are asked for. */
const KEPT = /\/api\/nodes\/[^/]+\/logs\?.*level=error/

/** Errors are followed: those that were kept are asked for once more when that begins. */
const followed = (page: Page) => {
  let asked = 0
  return page.waitForRequest((one) => KEPT.test(one.url()) && ++asked === 2)
}

export const LOG_PAGES: readonly View[] = [
  {
    title: 'logs go on as they are written, can be paused, and are text',
    path: `${SHOP}/logs`,
    view: async (page, { nodes }) => {
      await page.getByText('a customer came in').first().waitFor()
      nodes().shop.log.warning(`hostile line ${HOSTILE}`, { [HOSTILE]: HOSTILE })
      await page.getByText(`hostile line ${HOSTILE}`).first().waitFor()
      nodes().shop.log.error('the till burns', { error: new TypeError('fire') })
      await page.getByText('the till burns').first().waitFor()
      await assertWell(page)
      await shot(page, 'logs')
      await page.getByText('the till burns').first().click()
      await page.getByRole('dialog').locator('.stack').waitFor()
      // However late the browser tells that a window is closed, its key has closed it.
      await page.evaluate(() => {
        const untold = (event: Event): void => event.stopImmediatePropagation()
        document.addEventListener('close', untold, { capture: true, once: true })
      })
      await page.keyboard.press('Escape')
      const begun = followed(page)
      await page.getByLabel('From level').selectOption('error')
      await page.getByText('a customer came in').first().waitFor({ state: 'detached' })
      await begun
      await page.getByRole('button', { name: 'Pause' }).click()
      nodes().shop.log.error('nobody reads this')
      await page.getByText('came while it stood still').waitFor()
      assert.equal(await page.getByText('nobody reads this').count(), 0)
    },
  },
  {
    title: 'a log that stands still waits with an answer that comes late',
    path: `${SHOP}/logs?level=warning`,
    view: async (page, { nodes }) => {
      const button = (name: string) => page.getByRole('button', { name })
      await page
        .getByText(/^hostile line/)
        .first()
        .waitFor()
      const release = await heldBack(page, KEPT)
      const begun = followed(page)
      await page.getByLabel('From level').selectOption('error')
      await page
        .getByText(/^hostile line/)
        .first()
        .waitFor({ state: 'detached' })
      await begun
      await button('Pause').click()
      nodes().shop.log.error('written while it stood still')
      await page.getByText('came while it stood still').waitFor()
      // It is asked for once more when the log is followed.
      let answers = 0
      const answered = page.waitForResponse((one) => KEPT.test(one.url()) && ++answers === 2)
      await release()
      await (await answered).finished()
      await page.waitForFunction(() => new Promise((seen) => requestAnimationFrame(seen)))
      assert.equal(await page.getByText('written while it stood still').count(), 0)
      await button('Go on').click()
      await page.getByText('written while it stood still').waitFor()
    },
  },
  {
    title: 'the log of all nodes goes on as any of them writes, each record once, with its node',
    path: '/logs',
    view: async (page, { nodes }) => {
      await page.getByText('a customer came in').first().waitFor()
      const { shop, store, yard } = nodes()
      for (const node of [shop, store, yard]) node.log.warning(`a bell of ${node.name}`)
      for (const node of [shop, store, yard]) {
        const row = page.getByRole('row').filter({ hasText: `a bell of ${node.name}` })
        await row.waitFor()
        assert.equal(await row.count(), 1)
        assert.equal(await row.getByRole('link', { name: node.name }).count(), 1)
      }
      await assertWell(page)
    },
  },
  {
    title: 'a storm of records shows counts and not lines, and the counts add up',
    path: `${SHOP}/logs?search=hail`,
    view: async (page, { nodes }) => {
      await page.getByText('No record is like that').waitFor()
      nodes().shop.log.warning('hail 0')
      await page.getByText('hail 0').waitFor()
      for (let at = 1; at < 400; at += 1) nodes().shop.log.warning(`hail ${at}`)
      const storm = page.getByRole('status', { name: 'Storm of records' })
      await storm.waitFor()
      const { total, sums } = await storm.evaluate(countsOf)
      assert.deepEqual(sums, [total, total])
      await page.waitForFunction(allAccounted, 400)
      assert.ok((await page.getByText(/^hail \d/).count()) < 50)
      await assertWell(page)
      await shot(page, 'log-storm')
    },
  },
]

export const RECORD_PAGES: readonly View[] = [
  {
    title: 'dead letters are told by cause, and by one',
    path: `${SHOP}/dead-letters`,
    view: async (page) => {
      const cause = page.getByRole('button', { name: /^process-unknown/ })
      await cause.filter({ hasText: /[1-9][.\d]*\/s/ }).waitFor()
      await page.getByRole('button', { name: /^handler-failed/ }).waitFor()
      await assertWell(page)
      await shot(page, 'dead-letters')
      await page.getByRole('button', { name: /^handler-failed/ }).click()
      const unknown = page.getByRole('row').filter({ hasText: 'nobody' }).first()
      await unknown.waitFor({ state: 'detached' })
      await page.waitForURL(/cause=handler-failed/)
      await page.getByRole('row').filter({ hasText: 'print' }).first().click()
      await page.getByRole('dialog').getByText('Told by').waitFor()
      await page.keyboard.press('Escape')
    },
  },

  {
    title: 'what is published on a topic is seen as it happens, filtered and paused',
    path: `${SHOP}/events`,
    view: async (page) => {
      const topic = page.getByRole('row').filter({ hasText: 'prices' })
      await topic.filter({ hasText: /[1-6]\.\d+\/s/ }).waitFor()
      await page
        .getByRole('row')
        .filter({ hasText: 'registrar' })
        .getByText("Troupe's own")
        .waitFor()
      await topic.getByRole('link', { name: 'prices' }).click()
      const stream = page.getByRole('region', { name: 'prices' })
      const line = stream.getByText(/^article=\d price=\d+$/)
      await line.nth(2).waitFor()
      await assertWell(page)
      await shot(page, 'events')
      await stream.getByRole('button', { name: 'Pause' }).click()
      await stream.getByText(/\d while it stood still/).waitFor()
      const stands = await line.first().textContent()
      await stream.getByText(/[3-9] while it stood still/).waitFor()
      assert.equal(await line.first().textContent(), stands)
      await line.first().click()
      await page.getByRole('dialog').getByText('price', { exact: true }).waitFor()
      await page.keyboard.press('Escape')
      await stream.getByRole('searchbox').fill('no such price')
      await stream.getByText('Nothing published yet').waitFor()
      await stream.getByRole('link', { name: 'Close' }).click()
      await stream.waitFor({ state: 'detached' })
    },
  },

  {
    title: 'a trace begins where a sampler says, and is put together over nodes',
    path: `${SHOP}/tracing`,
    view: async (page) => {
      await order(page, page.getByRole('button', { name: 'Set a sampler' }), (dialog) =>
        dialog.getByLabel('Traces').selectOption('always'),
      )
      const failed = page.getByRole('row').filter({ hasText: 'failed' }).first()
      await failed.waitFor()
      await assertWell(page)
      await shot(page, 'tracing')
      await failed.getByRole('link').first().click()
      const spans = page.getByRole('list', { name: 'Spans' })
      await spans.getByRole('listitem').first().waitFor()
      await assertWell(page)
      await shot(page, 'trace')
      await spans.getByRole('button').first().click()
      await page.getByRole('dialog').getByText('In the handler').waitFor()
      await page.keyboard.press('Escape')
    },
  },
]

const ORDERS = ['send', 'call', 'log-level', 'sampler', 'exit', 'kill', 'application-unload']

/** After all orders: each that was given is there, with what it was about and how it went. */
export const AUDIT_PAGES: readonly View[] = [
  {
    title: 'all that was done is in the audit of the Observer and in that of the node',
    path: '/audit',
    view: async (page, { look }) => {
      const act = (name: string) => page.getByRole('row').filter({ hasText: name }).first()
      for (const name of ORDERS) await act(name).getByText('done').waitFor()
      await assertWell(page)
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
      await shot(page, 'audit')
      await act('kill').getByText('kill', { exact: true }).click()
      const dialog = page.getByRole('dialog', { name: 'kill' })
      await dialog.getByText(/anonymous · 127\.0\.0\.1/).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'At the nodes' }).click()
      await act('application-unload').getByText('shop@localhost').first().waitFor()
      await look(`${SHOP}/audit`, async () => {
        await page.getByRole('table', { name: 'At shop@localhost' }).waitFor()
        for (const name of ORDERS) await act(name).getByText('done').waitFor()
        await assertWell(page)
      })
    },
  },
]
