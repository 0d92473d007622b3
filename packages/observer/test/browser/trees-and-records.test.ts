/**
 * Applications, events, logs, dead letters and audits in a real browser, against real
 * nodes.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { partSkip } from '@troupe/tools/parts'
import { axeFaults, browserForAll, shot } from './browser-kit.js'
import { HOSTILE } from './shop.js'
import { assertSteady, looking, SHOP, shopForAll } from './shop-kit.js'

describe('trees, logs, letters and topics', {
  skip: partSkip('chromium'),
  timeout: 120_000,
}, () => {
  const { open } = browserForAll()
  const { nodes, url } = shopForAll()

  it('applications are stopped when confirmed, and started again', () =>
    looking(open(url(`${SHOP}/applications`)), async (page) => {
      const notes = page.getByRole('article', { name: 'notes' })
      await page.getByRole('article', { name: 'shop' }).getByText('Sells teapots').waitFor()
      assert.deepEqual(await axeFaults(page), [])
      await assertSteady(page)
      await shot(page, 'applications')
      const shop = page.getByRole('article', { name: 'shop' })
      await shop.getByRole('button', { name: 'Weight' }).click()
      await page.getByRole('dialog').getByLabel('Weight').fill('-3')
      await page.getByText('A weight is a whole number; 0 gives it no work.').waitFor()
      await page.getByRole('dialog').getByLabel('Weight').fill('0')
      await page.getByRole('dialog').getByRole('button', { name: 'Weight' }).click()
      await shop.getByText('0: gets no work').waitFor()
      await notes.getByRole('button', { name: 'Stop', exact: true }).click()
      await page.getByLabel(/^Type/).fill('notes')
      await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click()
      await notes.getByText('loaded').waitFor()
      await notes.getByRole('button', { name: 'Start' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click()
      await notes.getByText('running').waitFor()
    }))

  it('the tree is drawn, searched, folded and walked through by keys', () =>
    looking(open(url(`${SHOP}/applications/shop`)), async (page) => {
      const tree = page.getByRole('tree', { name: 'Supervision tree' })
      await tree.getByRole('treeitem', { name: /^packers/ }).waitFor()
      await tree.getByText('18 more').waitFor()
      await assertSteady(page)
      assert.deepEqual(await axeFaults(page), [])
      await shot(page, 'tree')
      await tree.focus()
      for (const key of ['Home', 'ArrowRight', 'ArrowDown', ' ']) await page.keyboard.press(key)
      await tree.getByText('18 more').waitFor({ state: 'detached' })
      assert.match(page.url(), /fold=\d+/)
      await page.keyboard.press(' ')
      await tree.getByText('18 more').click()
      await page.waitForFunction(() => document.querySelectorAll('.tree-item').length === 40)
      await page.getByRole('searchbox').fill('clerk')
      await page.getByText('1 match').waitFor()
      await page.waitForFunction(() => document.querySelectorAll('.tree-item').length === 3)
      await page.getByLabel('Coloured by').selectOption('mailbox')
      await page.getByText('1,000 and more').waitFor()
      await tree.getByRole('treeitem', { name: /^clerk/ }).dblclick()
      await page.getByRole('heading', { name: 'clerk', level: 1 }).waitFor()
    }))

  it('logs go on as they are written, can be paused, and are text', () =>
    looking(open(url(`${SHOP}/logs`)), async (page) => {
      await page.getByText('a customer came in').first().waitFor()
      nodes().shop.log.warning(`hostile line ${HOSTILE}`, { [HOSTILE]: HOSTILE })
      await page.getByText(`hostile line ${HOSTILE}`).first().waitFor()
      nodes().shop.log.error('the till burns', { error: new TypeError('fire') })
      await page.getByText('the till burns').first().waitFor()
      await assertSteady(page)
      assert.deepEqual(await axeFaults(page), [])
      await shot(page, 'logs')
      await page.getByText('the till burns').first().click()
      const dialog = page.getByRole('dialog')
      await dialog.locator('.stack').waitFor()
      assert.deepEqual(await axeFaults(page), [])
      await page.keyboard.press('Escape')
      await page.getByLabel('From level').selectOption('error')
      await page.getByText('a customer came in').first().waitFor({ state: 'detached' })
      await page.getByRole('button', { name: 'Pause' }).click()
      nodes().shop.log.error('nobody reads this')
      await page.getByText('came while it stood still').waitFor()
      assert.equal(await page.getByText('nobody reads this').count(), 0)
    }))

  it('a storm of records shows counts and not lines', () =>
    looking(open(url(`${SHOP}/logs?search=hail`)), async (page) => {
      await page.getByText('No record is like that').waitFor()
      nodes().shop.log.warning('hail 0')
      await page.getByText('hail 0').waitFor()
      for (let at = 1; at < 400; at += 1) nodes().shop.log.warning(`hail ${at}`)
      await page.getByRole('status', { name: 'Storm of records' }).waitFor()
      assert.ok((await page.getByText(/^hail \d/).count()) < 50)
      await shot(page, 'log-storm')
    }))

  it('dead letters are told by cause, and by one', () =>
    looking(open(url(`${SHOP}/dead-letters`)), async (page) => {
      const cause = page.getByRole('button', { name: /^process-unknown/ })
      await cause.filter({ hasText: /[1-9][.\d]*\/s/ }).waitFor()
      await page.getByRole('button', { name: /^handler-failed/ }).waitFor()
      assert.deepEqual(await axeFaults(page), [])
      await shot(page, 'dead-letters')
      await page.getByRole('button', { name: /^handler-failed/ }).click()
      await page.getByRole('row').filter({ hasText: 'print' }).waitFor()
      await page
        .getByRole('row')
        .filter({ hasText: 'nobody' })
        .first()
        .waitFor({ state: 'detached' })
      assert.match(page.url(), /cause=handler-failed/)
    }))

  it('what is published on a topic is seen as it happens', () =>
    looking(open(url(`${SHOP}/events`)), async (page) => {
      const row = page.getByRole('row').filter({ hasText: 'prices' })
      await row.filter({ hasText: /[45]\.\d+\/s/ }).waitFor()
      assert.deepEqual(await axeFaults(page), [])
      await row.getByRole('link', { name: 'prices' }).click()
      const stream = page.getByRole('region', { name: 'prices' })
      await stream
        .getByText(/^article=\d price=\d+$/)
        .nth(2)
        .waitFor()
      assert.deepEqual(await axeFaults(page), [])
      await shot(page, 'events')
    }))

  it('a trace begins where a sampler says, and is put together over nodes', () =>
    looking(open(url(`${SHOP}/tracing`)), async (page) => {
      await page.getByRole('button', { name: 'Set a sampler' }).click()
      await page.getByRole('dialog').getByLabel('Traces').selectOption('always')
      await page.getByRole('dialog').getByRole('button', { name: 'Set a sampler' }).click()
      await page.getByText('Set a sampler: done').waitFor()
      const row = page
        .getByRole('row')
        .filter({ hasText: 'timer' })
        .filter({ hasText: 'failed' })
        .first()
      await row.waitFor()
      assert.deepEqual(await axeFaults(page), [])
      await shot(page, 'tracing')
      await row.getByRole('link').first().click()
      await page.getByRole('list', { name: 'Spans' }).getByRole('listitem').first().waitFor()
      assert.deepEqual(await axeFaults(page), [])
      await shot(page, 'trace')
      await page.getByRole('list', { name: 'Spans' }).getByRole('button').first().click()
      await page.getByRole('dialog').getByText('In the handler').waitFor()
    }))

  it('all of them fit a telephone, in the dark, for the whole cluster as for a node', () =>
    looking(open(url('/applications'), { width: 390, theme: 'dark' }), async (page) => {
      const pages = ['/applications', '/logs', '/dead-letters', '/events', '/tracing', '/audit']
      for (const path of [...pages, `${SHOP}/applications/shop`, `${SHOP}/logs`]) {
        await page.goto(url(path))
        await page.locator('.table-row, .tree-item, .empty, .application').first().waitFor()
        await assertSteady(page)
        assert.deepEqual(await axeFaults(page), [], path)
      }
    }))
})
