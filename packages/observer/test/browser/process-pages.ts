/**
 * The pages of processes of the shop: lists, one process, why it is stuck, what is done to it, and
 * the box that leads there.
 */
import assert from 'node:assert/strict'
import { heldBack } from '@troupe/tools/browser'
import type { Page } from 'playwright-core'
import { axeFaults, shot } from './browser-kit.js'
import { HOSTILE } from './shop.js'
import { assertFits, assertWell, lead, order, SHOP, type View } from './shop-kit.js'

const table = (page: Page) => page.getByRole('table', { name: 'Processes' })
/** A row of the table, by a text in it. */
const row = (page: Page, text: string) => table(page).getByRole('row').filter({ hasText: text })
const process = (name: string): string => `${SHOP}/processes/${encodeURIComponent(name)}`
const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 })
const button = (page: Page, name: string) =>
  page.locator('.page-head-actions').getByRole('button', { name, exact: true })

export const PROCESS_PAGES: readonly View[] = [
  {
    title: 'processes stand with the longest mailbox first, and are filtered by the node',
    path: `${SHOP}/processes`,
    view: async (page) => {
      await row(page, 'parcels').waitFor()
      const first = await table(page).getByRole('row').nth(1).textContent()
      assert.match(first ?? '', /parcels.*waiting.*239/)
      await row(page, 'clerk')
        .filter({ hasText: /\d\d\.\d/ })
        .first()
        .waitFor()
      await assertWell(page)
      await shot(page, 'processes')
      await page.getByLabel('Kind').selectOption('supervisor')
      await page.getByText(/^(\d) of \1 shown, by mailbox; \d+ in all$/).waitFor()
      assert.equal(await row(page, 'parcels').count(), 0)
      await page.waitForURL(/kind=supervisor/)
      await page.getByLabel('Kind').selectOption('')
      await row(page, 'parcels').waitFor()
      await page.getByRole('searchbox').fill('tILL')
      await page.waitForURL(/search=tILL/)
      await row(page, 'parcels').waitFor({ state: 'detached' })
      await row(page, 'till').getByRole('link').first().click()
      await heading(page, 'till').waitFor()
    },
  },

  {
    title: 'a viewer chooses the columns and what of time, and the address says so',
    path: `${SHOP}/processes?figures=total`,
    view: async (page) => {
      const head = (name: string) => table(page).getByRole('columnheader', { name, exact: true })
      await head('Running').waitFor()
      await page.getByRole('button', { name: 'Columns' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Restarts').uncheck()
      await dialog.getByLabel('Behaviour').check()
      await dialog.getByRole('button', { name: 'Done' }).click()
      await head('Behaviour').waitFor()
      assert.equal(await head('Restarts').count(), 0)
      await page.waitForURL(/columns=application\.behaviour\.state/)
      await page.getByLabel('Figures').selectOption('rate')
      await head('Busy').waitFor()
    },
  },

  {
    title: 'processes of all nodes are one list in which each names its node',
    path: '/processes?search=tore',
    view: async (page) => {
      await row(page, 'store-tree').getByRole('link', { name: 'store@localhost' }).waitFor()
      await assertWell(page)
    },
  },

  {
    title: 'what waits is shown with payloads, and the state of a process, and nothing is cut',
    path: process('parcels'),
    view: async (page) => {
      await page.getByText('the first 50 of 239').waitFor()
      const first = page.getByRole('button', { name: 'parcel=1 to=customer 1', exact: true })
      await first.click()
      await page.getByText('customer 1', { exact: true }).waitFor()
      await first.click()
      const state = page.getByRole('region', { name: 'State' })
      await state.getByText('brown').waitFor()
      const facts = page.getByRole('region', { name: 'Facts' })
      for (const fact of ['Traps exits', 'Environment', 'Leader']) {
        await facts.getByText(fact).waitFor()
      }
      await page.getByRole('region', { name: 'Relations' }).getByText('none').first().waitFor()
      await assertWell(page)
      await shot(page, 'process')
      await state.getByRole('button', { name: 'tape' }).click()
      await state.getByText('brown').waitFor({ state: 'detached' })
    },
  },

  {
    title: 'all that is hostile is text',
    path: process(HOSTILE),
    view: async (page) => {
      await heading(page, HOSTILE).waitFor()
      const state = page.getByRole('region', { name: 'State' })
      await state.getByText(`${HOSTILE}:`).or(state.getByText(HOSTILE)).first().waitFor()
      await page.getByRole('region', { name: 'Mailbox' }).getByText(HOSTILE).first().waitFor()
      assert.equal(await page.locator('img[src="x"]').count(), 0)
      await assertFits(page)
    },
  },

  {
    title: 'why a process is stuck is told once, over nodes, with the chain that leads there',
    path: process('till'),
    view: async (page) => {
      const why = page.getByRole('region', { name: 'Why is it stuck?' })
      await why.getByText('A handler has not settled').first().waitFor()
      await why.getByRole('link', { name: 'store@localhost' }).first().waitFor()
      assert.equal(await why.getByRole('listitem').count(), 2)
      assert.equal(await why.getByText('it waits for something outside').count(), 1)
      await assertWell(page)
      await shot(page, 'why')
      await why.getByRole('link', { name: 'stock', exact: true }).first().click()
      await heading(page, 'stock').waitFor()
      await page.getByRole('region', { name: 'Owes answers to' }).getByText('reserve').waitFor()
    },
  },

  {
    title: 'what is no process, and one of Troupe itself, are told as such',
    path: process('no one'),
    view: async (page) => {
      await page.getByText('There is no such process.').waitFor()
      await assertWell(page)
      await lead(page, process('system'))
      await page.getByText("One of Troupe's own processes").waitFor()
      assert.equal(await button(page, 'Kill').count(), 0)
    },
  },
]

/** Each order leaves a line in the audit, which is looked at afterwards. */
export const PROCESS_ORDERS: readonly View[] = [
  {
    title: 'a message is sent, and one that is none is refused before a node is asked',
    path: process('clerk'),
    view: async (page) => {
      await order(page, button(page, 'Send'), async (dialog) => {
        await dialog.getByLabel('Message').fill('order')
        await dialog.getByLabel(/^Payload/).fill('{"article":')
        await dialog.getByText(/no JSON/).waitFor()
        assert.equal(await dialog.getByRole('button', { name: 'Send' }).isDisabled(), true)
        await dialog.getByLabel(/^Payload/).fill('{"article":"a very rare one","count":1}')
      })
    },
  },

  {
    title: 'a request is answered, and the answer is shown',
    path: process('clerk'),
    view: async (page) => {
      const release = await heldBack(page, '**/manage')
      await button(page, 'Call').click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Request').fill('reserve')
      await dialog.getByLabel(/^Payload/).fill('"teapot"')
      const asked = page.waitForRequest('**/manage')
      await dialog.getByRole('button', { name: 'Call' }).click()
      await asked
      // What is typed meanwhile is another question.
      await dialog.getByLabel('Request').fill('sell')
      await release()
      const answer = page.getByRole('dialog', { name: 'Answer to reserve' })
      await answer.getByText('1', { exact: true }).waitFor()
      await answer.getByRole('button', { name: 'Close' }).click()
    },
  },

  {
    title: 'the log level and the traces of a process are its own',
    path: process('clerk'),
    view: async (page) => {
      await order(page, button(page, 'Log level'), (dialog) =>
        dialog.getByLabel('Level').selectOption('debug'),
      )
      await order(page, button(page, 'Trace'), (dialog) =>
        dialog.getByLabel('Traces').selectOption('per-second 5'),
      )
      await page.getByRole('region', { name: 'Facts' }).getByText('its traces').click()
      await page.getByText('per-second 5').waitFor()
      await page.getByRole('button', { name: /^Only <shop@localhost/ }).waitFor()
    },
  },

  {
    title: 'an exit and a kill are confirmed; what was known stays, and leads to who came after',
    path: process('printer'),
    view: async (page, { look }) => {
      const ended = page.getByText('This process has ended.')
      await order(page, button(page, 'Exit'), (dialog) =>
        dialog.getByLabel('Reason').fill('out of ink'),
      )
      const exits = page.getByRole('region', { name: 'Restarts and exits' })
      await exits.getByText('out of ink').first().waitFor()
      await look(`${SHOP}/processes?name=printer`, () => row(page, 'printer').first().waitFor())
      await row(page, 'printer').getByRole('link').first().click()
      await order(page, button(page, 'Kill'))
      await ended.waitFor()
      await page.getByRole('region', { name: 'Facts' }).getByText('printer').first().waitFor()
      await assertFits(page)
      assert.deepEqual(await axeFaults(page), [])
      await shot(page, 'process-ended')
      await page.getByRole('link', { name: 'Whoever is called printer now' }).click()
      await exits.getByText('killed').first().waitFor()
    },
  },
]

export const SEARCH_BOX: readonly View[] = [
  {
    title: 'the search leads to nodes, pages, processes by name and by pid, with the keys alone',
    path: `${SHOP}/processes`,
    view: async (page) => {
      const open = () => page.getByRole('button', { name: /^Search nodes/ }).click()
      const box = page.getByRole('combobox', { name: /^Search nodes/ })
      const found = page.getByRole('listbox', { name: 'Found' })
      const option = (name: string | RegExp) => found.getByRole('option', { name })
      await row(page, 'till').first().waitFor()
      const pid = await row(page, 'till').locator('a.mono').getAttribute('title')
      await open()
      await box.fill('store')
      await option(/^store@localhost/).waitFor()
      await box.press('Enter')
      await page.waitForURL(/nodes\/store%40localhost$/)
      await open()
      await box.fill('audi')
      await found.getByRole('option', { name: /^Audit/, selected: true }).waitFor()
      await box.press('Escape')
      await box.waitFor({ state: 'detached' })
      await open()
      await box.fill(pid ?? '')
      await option(pid ?? '').click()
      await heading(page, 'till').waitFor()
      await open()
      await box.fill('parc')
      await option('Processes with “parc”').waitFor()
      await box.press('Enter')
      await row(page, 'parcels').waitFor()
      await open()
      await box.fill(HOSTILE)
      await option(`Processes with “${HOSTILE}”`).waitFor()
      await box.press('Escape')
    },
  },
]
