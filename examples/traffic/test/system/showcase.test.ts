/**
 * examples/traffic/test/system/showcase.test: what somebody sees who types
 * `npm start -- traffic --nodes 3` and opens the address of the Observer: three programs, their
 * load, and the pools that share the work.
 *
 * With TROUPE_PICTURES=1 it takes the picture of the guide.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { launchBrowser, PATIENCE_MS, untilSeen } from '@troupe/tools/browser'
import { partSkip } from '@troupe/tools/parts'
import type { Browser, Page } from 'playwright-core'
import { SystemProcess } from '#test/system-process'

const wantsPicture = process.env['TROUPE_PICTURES'] === '1'
const PICTURE = fileURLToPath(
  new URL('../../../../docs/guides/images/observer-traffic.png', import.meta.url),
)
/** Packets a second; each becomes messages of several processes. */
const RATE = 1_000

/** Messages that all programs handle in a second, as the page says. */
async function handledOn(page: Page): Promise<number> {
  const tile = page.locator('.tile', { hasText: 'Handled' }).locator('.tile-figure')
  const [, amount = '', thousand = ''] =
    /^([\d.,]+)(k?)/.exec((await tile.textContent()) ?? '') ?? []
  return Number(amount.replaceAll(',', '')) * (thousand === '' ? 1 : 1_000)
}

describe('the Observer of the traffic system', {
  skip: partSkip('chromium'),
  timeout: 240_000,
}, () => {
  let browser: Browser
  before(async () => {
    browser = await launchBrowser()
  })
  after(() => browser.close())

  it('shows three programs, their load, and the pools that share it', async (t) => {
    const name = wantsPicture ? 'traffic' : `seen-${process.pid}`
    const system = await SystemProcess.startTyped(t, [
      ...['--nodes', '3', '--name', `${name}@localhost`],
      ...['--registrar-port', `${20_000 + (process.pid % 40_000)}`],
      ...['--http', '--no-data', '--observer', '0', '--vehicles', '200', '--rate', `${RATE}`],
    ])
    const [, url = ''] = /(http:\S+)\/$/.exec(await system.line(/^Observer {2}http/)) ?? []
    const page = await browser.newPage({ viewport: { width: 1_280, height: 860 } })
    page.setDefaultTimeout(PATIENCE_MS)
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(url)
    const nodes = page.getByRole('table', { name: 'Nodes of the cluster' }).getByRole('row')
    for (const part of ['ingest', 'storage', 'web', 'observer']) {
      await nodes
        .filter({ hasText: `${name}-${part}` })
        .filter({ hasText: /up/ })
        .waitFor()
    }
    await untilSeen('load', page, async () => (await handledOn(page)) > RATE)
    if (wantsPicture) await page.screenshot({ path: PICTURE })

    const ingest = encodeURIComponent(`${name}-ingest@localhost`)
    await page.goto(`${url}/nodes/${ingest}/applications/traffic`)
    await page.getByTitle(/^ingest <\S+>: pool,/).waitFor()
    const web = encodeURIComponent(`${name}-web@localhost`)
    await page.goto(`${url}/nodes/${web}/applications/traffic`)
    await page.getByTitle(/^desk <\S+>: pool,/).waitFor()
    await page.goto(`${url}/applications`)
    const cards = page.getByText('traffic', { exact: true })
    await untilSeen('all parts', page, async () => (await cards.count()) >= 3)
    assert.deepEqual(faults, [])
    assert.equal(await system.stop(), 0)
  })
})
