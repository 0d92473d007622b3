/**
 * The pages of processes in a real browser, against real nodes: lists, one process, what is done to
 * it, and why it is stuck.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { partSkip } from '@troupe/tools/parts'
import type { Page } from 'playwright-core'
import { axeFaults, browserForAll, shot } from './browser-kit.js'
import { HOSTILE } from './shop.js'
import { assertFits, assertSteady, looking, SHOP, shopForAll } from './shop-kit.js'

/** A row of the table, by a text in it. */
const row = (page: Page, text: string) =>
  page.getByRole('table', { name: 'Processes' }).getByRole('row').filter({ hasText: text })

/** The field of a dialog that wants the text of what it is about. */
async function confirmed(page: Page, label: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  const asked = await dialog.locator('.field code').textContent()
  const press = dialog.getByRole('button', { name: label, exact: true })
  assert.equal(await press.isDisabled(), true)
  await dialog.getByLabel(/^Type/).fill(asked ?? '')
  await press.click()
  await dialog.waitFor({ state: 'detached' })
}

describe('the pages of processes', { skip: partSkip('chromium'), timeout: 120_000 }, () => {
  const { open } = browserForAll()
  const { nodes, url } = shopForAll()

  it('show the longest mailboxes first, and only what is filtered for', () =>
    looking(open(url(`${SHOP}/processes`)), async (page) => {
      await row(page, 'parcels').waitFor()
      const first = page.getByRole('table', { name: 'Processes' }).getByRole('row').nth(1)
      assert.match((await first.textContent()) ?? '', /parcels.*waiting.*239/)
      await row(page, 'clerk')
        .filter({ hasText: /\d\d\.\d/ })
        .first()
        .waitFor()
      await assertSteady(page)
      assert.deepEqual(await axeFaults(page), [])
      await shot(page, 'processes')
      await page.getByLabel('Kind').selectOption('supervisor')
      await page.getByText(/^(\d) of \1 shown, by mailbox; \d+ in all$/).waitFor()
      assert.equal(await row(page, 'parcels').count(), 0)
      assert.match(page.url(), /kind=supervisor/)
      await page.getByLabel('Kind').selectOption('')
      await row(page, 'parcels').waitFor()
      await page.getByRole('searchbox').fill('tILL')
      await page.waitForURL(/search=tILL/)
      await row(page, 'parcels').waitFor({ state: 'detached' })
      await row(page, 'till').getByRole('link').first().click()
      await page.getByRole('heading', { name: 'till', level: 1 }).waitFor()
    }))

  it('put those of all nodes in one list', () =>
    looking(open(url('/processes?search=tore')), async (page) => {
      await row(page, 'store-tree').getByRole('link', { name: 'store@localhost' }).waitFor()
      assert.deepEqual(await axeFaults(page), [])
      await assertSteady(page)
    }))

  it('show what waits, with payloads, and the state of a process', () =>
    looking(open(url(`${SHOP}/processes/parcels`)), async (page) => {
      await page.getByText('the first 50 of 239').waitFor()
      await page.getByText('customer 1', { exact: true }).waitFor()
      const state = page.getByRole('region', { name: 'State' })
      await state.getByText('brown').waitFor()
      await state.getByRole('button', { name: 'tape' }).click()
      await state.getByText('brown').waitFor({ state: 'detached' })
      await page.getByRole('region', { name: 'Relations' }).getByText('none').first().waitFor()
      await assertSteady(page)
      assert.deepEqual(await axeFaults(page), [])
      await shot(page, 'process')
    }))

  it('show all that is hostile as text', () =>
    looking(open(url(`${SHOP}/processes/${encodeURIComponent(HOSTILE)}`)), async (page) => {
      await page.getByRole('heading', { name: HOSTILE, level: 1 }).waitFor()
      const state = page.getByRole('region', { name: 'State' })
      await state.getByText(`${HOSTILE}:`).or(state.getByText(HOSTILE)).first().waitFor()
      await page.getByRole('region', { name: 'Mailbox' }).getByText(HOSTILE).first().waitFor()
      assert.equal(await page.locator('img[src="x"]').count(), 0)
      assert.deepEqual(await axeFaults(page), [])
    }))

  it('say why a process is stuck, over nodes, verdict first', () =>
    looking(open(url(`${SHOP}/processes/till`)), async (page) => {
      const why = page.getByRole('region', { name: 'Why is it stuck?' })
      await why.getByText('A handler has not settled').first().waitFor()
      await why.getByRole('link', { name: 'store@localhost' }).first().waitFor()
      assert.equal(await why.getByRole('listitem').count(), 2)
      assert.deepEqual(await axeFaults(page), [])
      await shot(page, 'why')
      await why.getByRole('link', { name: 'stock' }).first().click()
      await page.getByRole('heading', { name: 'stock', level: 1 }).waitFor()
      await page.getByRole('region', { name: 'Owes answers to' }).getByText('reserve').waitFor()
    }))

  it('send a message, and refuse one that is none before a node is asked', () =>
    looking(open(url(`${SHOP}/processes/clerk`)), async (page) => {
      await page.getByRole('button', { name: 'Send' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Message').fill('order')
      await dialog.getByLabel(/^Payload/).fill('{"article":')
      await dialog.getByText(/no JSON/).waitFor()
      assert.equal(await dialog.getByRole('button', { name: 'Send' }).isDisabled(), true)
      await dialog.getByLabel(/^Payload/).fill('{"article":"a very rare one","count":1}')
      await dialog.getByRole('button', { name: 'Send' }).click()
      await page.getByText('Send: done').waitFor()
    }))

  it('keep what was known of a process that is killed, and lead to who came after it', () =>
    looking(open(url(`${SHOP}/processes?name=printer`)), async (page) => {
      await row(page, 'printer').getByRole('link').first().click()
      await page.getByRole('button', { name: 'Kill' }).click()
      await confirmed(page, 'Kill')
      await page.getByText('This process has ended.').waitFor()
      await page.getByRole('region', { name: 'Facts' }).getByText('printer').first().waitFor()
      assert.deepEqual(await axeFaults(page), [])
      await shot(page, 'process-ended')
      await page.getByRole('link', { name: 'Whoever is called printer now' }).click()
      await page.getByRole('region', { name: 'Restarts and exits' }).getByText('killed').waitFor()
      await page.goto(url('/audit'))
      await page.getByText('kill').first().waitFor()
      await shot(page, 'audit')
    }))

  it('say what there is when there is no such process', () =>
    looking(open(url(`${SHOP}/processes/${encodeURIComponent('no one')}`)), async (page) => {
      await page.getByText('There is no such process.').waitFor()
      assert.deepEqual(await axeFaults(page), [])
    }))

  it('can be used on a telephone, in the dark', () =>
    looking(open(url(`${SHOP}/processes`), { width: 390, theme: 'dark' }), async (page) => {
      await row(page, 'parcels').waitFor()
      await assertSteady(page)
      assert.deepEqual(await axeFaults(page), [])
      await page.goto(url(`${SHOP}/processes/till`))
      await page.getByRole('region', { name: 'Mailbox' }).waitFor()
      // Sentences with durations in them may need another line at this width.
      await assertFits(page)
      assert.deepEqual(await axeFaults(page), [])
      await shot(page, 'process-phone')
      assert.ok(nodes().shop.running)
    }))
})
