/**
 * A viewer who is asleep for an hour: all of his browser stands still, as when the lid is closed,
 * the hour passes in virtual time, and he wakes to the figures of now.
 */
import { equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BROWSER, PATIENCE_MS } from '@troupe/tools/browser'
import { partSkip } from '@troupe/tools/parts'
import { chromium, type Page } from 'playwright-core'
import { SlowedTime } from '#test/server/time-kit'
import { countEvents, eventsOf } from './browser-kit.js'

const HOUR_MS = 3_600_000
/** What the system keeps for one socket; in an hour there are more than eight thousand. */
const EVENTS_MAX = 4_000

const tile = (page: Page, label: string) =>
  page.locator('.tile', { hasText: label }).locator('.tile-figure')

describe('a viewer asleep for an hour', { skip: partSkip('chromium'), timeout: 400_000 }, () => {
  it('wakes to the figures of now, with no heap of what it has missed', async (t) => {
    const time = await SlowedTime.start()
    t.after(() => time.stop())
    const server = await chromium.launchServer(BROWSER)
    t.after(() => server.kill())
    const { pid = 0 } = server.process()
    const page = await (await chromium.connect(server.wsEndpoint())).newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    time.begin()
    await page.addInitScript(countEvents)
    await page.goto(`${time.url}/nodes/clocked%40localhost`)
    await tile(page, 'Handled').filter({ hasText: '/s' }).waitFor()
    const before = await eventsOf(page)

    // The browser and all of its processes, which are one group.
    process.kill(-pid, 'SIGSTOP')
    await time.halt()
    await time.advance(HOUR_MS)
    equal(time.streams, 0)
    process.kill(-pid, 'SIGCONT')

    time.begin()
    await tile(page, 'Up for').filter({ hasText: /^1 h/ }).waitFor()
    await page.locator('.freshness-live').waitFor()
    const since = (await eventsOf(page)) - before
    ok(since < EVENTS_MAX, `${since} events`)
    await tile(page, 'Handled').filter({ hasText: '/s' }).waitFor()
    const rate = Number.parseFloat((await tile(page, 'Handled').textContent()) ?? '')
    ok(rate >= 5 && rate < 100, `${rate} a second`)
  })
})
