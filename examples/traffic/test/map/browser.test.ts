/**
 * The live map in a real browser, against the real program: it moves, it answers, it comes back.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import { heldBack, launchBrowser, PATIENCE_MS } from '@troupe/tools/browser'
import { partSkip } from '@troupe/tools/parts'
import { encode } from 'msgpackr'
import type { Browser, Page } from 'playwright-core'
import { SystemProcess, udpClient } from '#test/system-process'

/** What a page did that it must not. */
interface Watched {
  readonly page: Page
  readonly faults: string[]
  readonly hosts: Set<string>
}

async function open(t: TestContext, browser: Browser, url: string): Promise<Watched> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: 1_000, height: 700 },
  })
  // A page that is left open goes on drawing, and takes the cores from the next one.
  t.after(() => context.close())
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const faults: string[] = []
  const hosts = new Set<string>()
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (line) => {
    // That the feed was cut off is told by the browser itself; the page says it in its own way.
    const isOfNetwork = /net::|status of 503/.test(line.text())
    if (line.type() === 'error' && !isOfNetwork) faults.push(line.text())
  })
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  await page.goto(`${url}/map`)
  return { page, faults, hosts }
}

/** The figure beside a word of the panel. */
async function figure(page: Page, id: string): Promise<number> {
  const text = await page.locator(`#${id}`).textContent()
  return Number(text?.replaceAll(',', '') ?? Number.NaN)
}

/** How often the page is looked at, in milliseconds: its policy forbids that it is told to wait. */
const LOOK_MS = 50

/** Waits until something can be seen; the limit of the suite ends a wait for what never comes. */
async function until(page: Page, isSeen: () => Promise<boolean>): Promise<void> {
  while (!(await isSeen())) await page.waitForTimeout(LOOK_MS)
}

const isListed = (page: Page) => async (): Promise<boolean> =>
  (await page.locator('#nearest-list li').count()) === 10

/** What nobody waits for any more is not listed when it comes. */
async function assertLateIsNotListed(page: Page): Promise<void> {
  const release = await heldBack(page, '**/*lat=*')
  const asked = page.waitForRequest(/\?lat=.*limit=10$/)
  await page.mouse.click(500, 350)
  const late = (await asked).response()
  await page.keyboard.press('Escape')
  await release()
  await (await late)?.finished()
  await page.evaluate('new Promise((seen) => requestAnimationFrame(seen))')
  assert.ok(await page.locator('#nearest').isHidden())
}

describe('the live map', { skip: partSkip('chromium'), timeout: 400_000 }, () => {
  let browser: Browser
  before(async () => {
    browser = await launchBrowser()
  })
  after(() => browser.close())

  it('shows the fleet and its account as they move, and asks nobody else', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-data', '--vehicles', '50', '--seed', '3')
    const { page, faults, hosts } = await open(t, browser, system.url)
    await until(page, async () => (await figure(page, 'vehicles')) === 50)
    const sent = await figure(page, 'sent')
    await until(page, async () => (await figure(page, 'sent')) > sent)
    assert.equal(await figure(page, 'difference'), 0)
    const before = await page.locator('#map').screenshot()
    await until(page, async () => (await figure(page, 'sent')) > sent + 100)
    assert.notDeepEqual(await page.locator('#map').screenshot(), before)
    assert.deepEqual([...hosts], [new URL(system.url).host])
    assert.deepEqual(faults, [])
  })

  it('lists the ten nearest to a click, ids as text and never as markup', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-data', '--no-fleet')
    const send = await udpClient(t, system.udpPort)
    const hostile = '<img src=x onerror=document.title="owned">'
    for (let i = 0; i < 12; i += 1) {
      const [Lon, Lat] = [10 + i / 1_000, 50.5]
      await send(encode({ ID: i === 0 ? hostile : `v${i}`, Lon, Lat, Emergency: i === 1 }))
    }
    const { page, faults } = await open(t, browser, system.url)
    await until(page, async () => (await figure(page, 'vehicles')) === 12)
    // Until the view has come to rest where the vehicles are.
    const scale = page.locator('#scale-text')
    await until(page, async () => (await scale.textContent())?.endsWith(' m') === true)
    await page.mouse.click(500, 350)
    await until(page, isListed(page))
    await page.keyboard.press('Escape')
    assert.ok(await page.locator('#nearest').isHidden())
    await assertLateIsNotListed(page)
    await page.mouse.click(130, 350)
    const list = page.locator('#nearest-list')
    await until(page, async () => (await list.textContent())?.includes(hostile) === true)
    assert.equal(await page.locator('#nearest-list img').count(), 0)
    assert.equal(await page.title(), 'Traffic: live map')
    assert.deepEqual(faults, [])
  })

  it('shows all vehicles when asked to, those out of view too', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-data', '--no-fleet')
    const send = await udpClient(t, system.udpPort)
    for (const [ID, Lon, Lat] of [
      ['a', 10, 50],
      ['b', 10.01, 50],
      ['far', -60, -20],
    ] as const) {
      await send(encode({ ID, Lon, Lat, Emergency: false }))
    }
    const { page, faults } = await open(t, browser, system.url)
    const scale = async () => (await page.locator('#scale-text').textContent()) ?? ''
    const areAllShown = async () => /^\d,\d{3} km$/.test(await scale())
    await until(page, async () => (await figure(page, 'in-view')) === 3)
    assert.ok(await areAllShown(), 'the first view is of all')
    await page.clock.install()
    for (const fit of [() => page.keyboard.press('f'), () => page.locator('#fit').click()]) {
      // Nothing was clicked before: the keys are heard wherever the focus is.
      while (!(await scale()).endsWith(' m')) await page.keyboard.press('+')
      await until(page, async () => (await figure(page, 'in-view')) < 3)
      const release = await heldBack(page, '**/map/feed*')
      await fit()
      // The feed is slower than it takes a view to come to rest.
      await page.clock.runFor(1_000)
      await release()
      await until(page, async () => (await areAllShown()) && (await figure(page, 'in-view')) === 3)
    }
    assert.deepEqual(faults, [])
  })

  it('lets go of a vehicle that was silent for too long, and says so', async (t) => {
    const flags = ['--no-data', '--no-fleet', '--expire-after', '3']
    const system = await SystemProcess.startAs(t, ...flags)
    const send = await udpClient(t, system.udpPort)
    const report = (ID: string, Lon: number) => send(encode({ ID, Lon, Lat: 50, Emergency: false }))
    const { page, faults } = await open(t, browser, system.url)
    const told = async () => (await page.locator('#map').getAttribute('aria-label')) ?? ''
    // All go on reporting until the page knows them, however long that takes.
    await until(page, async () => {
      await Promise.all([report('alive', 10), report('silent', 10.001), report('far', -60)])
      return (await told()).includes('Known in all: 3.')
    })
    // From now on all but one are silent.
    await until(page, async () => {
      await report('alive', 10)
      return /in view: 1, .* in all: 1\./.test(await told())
    })
    assert.deepEqual(faults, [])
  })

  it('comes back by itself when its parts or the whole web port are killed', async (t) => {
    const flags = ['--no-data', '--vehicles', '20', '--allow-kill']
    const system = await SystemProcess.startAs(t, ...flags)
    const { page, faults } = await open(t, browser, system.url)
    for (const part of ['map', 'map-feed', 'map-page', 'web']) {
      await page.locator('#status.live').waitFor()
      await until(page, async () => (await figure(page, 'sent')) > 0)
      const sent = await figure(page, 'sent')
      const killed = await page.request.post(`${system.url}/kill?part=${part}`)
      // Whoever kills the web port is answered by nobody.
      assert.equal(killed.status(), part === 'web' ? 503 : 200, part)
      await until(page, async () => (await figure(page, 'sent')) > sent + 30)
    }
    assert.deepEqual(faults, [])
  })
})
