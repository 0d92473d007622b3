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
import { axeFaults, browserForAll, shiftsOf } from './browser-kit.js'

describe('the frame', { skip: partSkip('chromium'), timeout: 120_000 }, () => {
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
    equal(await shiftsOf(page), 0)
    deepEqual(await axeFaults(page), [])
    deepEqual([...hosts], [new URL(url).host])
    deepEqual(faults, [])
    await page.context().close()
  })

  it('says that it is cut off and since when, and comes back by itself', async () => {
    const { page, faults } = await open(url, { width: 390, theme: 'dark' })
    await page.locator('.table-row').last().waitFor()
    api.cut()
    await page.getByText('Cut off from the Observer').waitFor()
    await page.locator('.freshness-live').waitFor()
    equal(await page.locator('.lost').count(), 0)
    deepEqual(await axeFaults(page), [])
    deepEqual(faults, [])
    await page.context().close()
  })
})
