/**
 * The frame of the page in a real browser, against the fake server: navigation, keys, themes, and
 * what it does when it is cut off.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { partSkip } from '@troupe/tools/parts'
import { answers } from '#test/page/fake-answers'
import { FakeApi } from '#test/page/fake-api'
import { EPOCH_MS } from '#test/page/fixtures'
import { axeFaults, browserForAll, shot } from './browser-kit.js'
import { lateAnswers } from './late-answers.js'
import { assertSteady } from './shop-kit.js'

describe('the frame', { skip: partSkip('chromium'), timeout: 400_000 }, () => {
  const { open } = browserForAll()
  const api = new FakeApi(answers({ nodes: 6 }), EPOCH_MS)
  let url = ''
  before(async () => {
    url = await api.start()
  })
  after(() => api.stop())

  it('shows figures that move, and nothing else moves', async () => {
    const { page, faults, hosts } = await open(url)
    await page.locator('.table-row').last().waitFor()
    const handled = page.locator('.tile', { hasText: 'Handled' }).locator('.tile-figure')
    const first = await handled.textContent()
    for (let tick = 0; tick < 5; tick += 1) api.tick()
    await page.waitForFunction((text) => {
      const tiles = [...document.querySelectorAll('.tile')]
      const tile = tiles.find(({ textContent }) => textContent?.includes('Handled'))
      return tile?.querySelector('.tile-figure')?.textContent !== text
    }, first)
    await assertSteady(page)
    deepEqual(await axeFaults(page), [])
    deepEqual([...hosts], [new URL(url).host])
    deepEqual(faults, [])
    await page.context().close()
  })

  it('says that it is cut off and since when, and comes back by itself', async () => {
    const { page, faults } = await open(url, { width: 390, theme: 'dark' })
    // Before, there is no stream that could be cut: the first sheet is asked for without one.
    await page.locator('.freshness-live').waitFor()
    await page.route('**/api/stream', (route) => route.abort())
    api.cut()
    await page.getByText('Cut off from the Observer').waitFor()
    deepEqual(await axeFaults(page), [])
    await shot(page, 'cut-off')
    await page.getByRole('button', { name: 'Try now' }).press('Enter')
    await page.unroute('**/api/stream')
    await page.locator('.freshness-live').waitFor()
    equal(await page.locator('.lost').count(), 0)
    deepEqual(await axeFaults(page), [])
    deepEqual(faults, [])
    await page.context().close()
  })

  it('tells the addresses of what it shows, and leads a keyboard to them', async () => {
    const { page, context } = await open(`${url}/nodes/store%40jobs-2/network`)
    await page.getByRole('button', { name: 'This page as JSON' }).press('Enter')
    const dialog = page.getByRole('dialog')
    const figures = dialog.getByRole('link', { name: '/api/nodes/store@jobs-2/figures' })
    equal(await figures.getAttribute('href'), '/api/nodes/store%40jobs-2/figures')
    const files = await dialog
      .getByRole('link', { name: 'Save' })
      .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))
    equal(
      files.every((file) => /[?&]download=1$/.test(file)),
      true,
    )
    deepEqual(await axeFaults(page), [])
    await shot(page, 'json')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await context.close()
  })

  it('has each page once, and keeps it when another node is chosen', async () => {
    const { page, context } = await open(`${url}/nodes/store%40jobs-2/network`)
    const links = page.getByRole('navigation').getByRole('link')
    await links.first().waitFor()
    const titles = await links.allTextContents()
    equal(new Set(titles).size, titles.length)
    await page.getByLabel('Looking at').selectOption('worker-1@jobs-4')
    await page.waitForURL('**/nodes/worker-1%40jobs-4/network')
    // No page of all nodes is called so: their first one is shown.
    await page.getByLabel('Looking at').selectOption('')
    await page.getByRole('heading', { name: 'Cluster', level: 1 }).waitFor()
    await page.getByRole('navigation').getByRole('link', { name: 'Network' }).click()
    await page.waitForURL('**/nodes/web%40jobs-1/network')
    // Typed by hand it is the same.
    await page.goto(`${url}/profiler?form=1`)
    await page.waitForURL('**/nodes/web%40jobs-1/profiler?form=1')
    await page.getByRole('heading', { name: 'Profiler', level: 1 }).waitFor()
    await page.goto(`${url}/nodes/nobody%40nowhere`)
    await page.getByText('There is no such node').waitFor()
    equal(await page.locator('.chart').count(), 0)
    await context.close()
  })

  it('says that the script of a page is not there, and loads it when it is', async () => {
    const { page, context } = await open(url)
    await page.route('**/rest-*.js', (route) => route.abort())
    await page.goto(`${url}/leader`)
    await page.getByText('PAGE_NOT_LOADED').waitFor()
    deepEqual(await axeFaults(page), [])
    await page.unroute('**/rest-*.js')
    await page.getByRole('button', { name: 'Load the page again' }).press('Enter')
    await page.getByRole('heading', { name: 'Leader', level: 1 }).waitFor()
    await context.close()
  })

  it('says that it has asked too often, and asks again when it was told to', async () => {
    const { page, context } = await open(url)
    const limited = { code: 'VIEWER_LIMITED', message: 'too much', remedy: 'wait a second' }
    const headers = { 'retry-after': '1' }
    await page.route('**/api/cluster/logs*', (route) =>
      route.fulfill({ status: 429, headers, json: limited }),
    )
    await page.getByRole('navigation').getByRole('link', { name: 'Logs' }).click()
    await page.getByText('VIEWER_LIMITED').waitFor()
    deepEqual(await axeFaults(page), [])
    await page.unroute('**/api/cluster/logs*')
    await page.getByText('VIEWER_LIMITED').waitFor({ state: 'detached' })
    await context.close()
  })

  it('asks for the token when the server wants it', async () => {
    const { page, context } = await open(url)
    await page.locator('.freshness-live').waitFor()
    const refused = { code: 'LOGIN_NEEDED', message: 'nobody is logged in', remedy: 'log in' }
    await page.route('**/api/session', (route) => route.fulfill({ status: 401, json: refused }))
    api.cut()
    await page.getByLabel('Token').fill('not this one')
    deepEqual(await axeFaults(page), [])
    await shot(page, 'login')
    await context.close()
  })

  lateAnswers({ open, urlOf: () => url, api })
})
