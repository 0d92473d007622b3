/**
 * An answer that comes when the viewer has gone on: it is told, and takes nothing of what was done
 * meanwhile away.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { it } from 'node:test'
import { heldBack } from '@troupe/tools/browser'
import type { Page } from 'playwright-core'
import { answers } from '#test/page/fake-answers'
import { FakeApi } from '#test/page/fake-api'
import { EPOCH_MS } from '#test/page/fixtures'
import { countEvents, eventsOf, type Open } from './browser-kit.js'

const PEER = '/nodes/coordinator%40jobs-3/network/store%40jobs-2'
const REFUSED = { code: 'NODE_SILENT', message: 'nobody answered', remedy: 'ask again' }

type Answered = { readonly status: number; readonly json: unknown }
const DONE: Answered = { status: 200, json: {} }

/** The next question to these addresses waits; it then has this answer, or that of the server. */
async function held(page: Page, addresses: string) {
  let letGo: (answer: Answered | undefined) => void = () => {}
  const answer = new Promise<Answered | undefined>((resolve) => {
    letGo = resolve
  })
  let isNext = true
  await page.route(addresses, async (route) => {
    const given = isNext ? answer : undefined
    isNext = false
    const told = await given
    await (told === undefined ? route.continue() : route.fulfill(told))
  })
  return async (given?: Answered): Promise<void> => {
    const come = page.waitForResponse(addresses)
    letGo(given)
    await (await come).finished()
    await drawn(page)
    await page.unroute(addresses)
  }
}

/** What has come is on the page. */
const drawn = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))))

/** Gives the order to disconnect, which is not answered. */
async function disconnect(page: Page) {
  const letGo = await held(page, '**/manage')
  await page.getByRole('button', { name: 'Disconnect' }).click()
  await page.getByLabel(/Type .* to go on/).fill('store@jobs-2')
  const asked = page.waitForRequest('**/manage')
  await page.getByRole('dialog').last().getByRole('button', { name: 'Disconnect' }).click()
  await asked
  return letGo
}

/** The answer of all nodes comes when nobody waits for it any more. */
async function sampleLate(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Tracing' }).click()
  const tellAll = await held(page, '**/cluster/manage')
  await page.getByRole('button', { name: 'Set a sampler by name' }).click()
  await page.getByLabel('Name', { exact: true }).fill('till')
  await page.getByRole('button', { name: 'Set at all nodes' }).click()
  await page.getByRole('button', { name: 'Asking all nodes…' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  const nodes = [{ node: 'web@jobs-1', outcome: 'set' }]
  await tellAll({ status: 200, json: { nodes } })
  await page.getByText('till: Set at 1 of 1 node').waitFor()
}

interface Parts {
  readonly open: Open
  readonly urlOf: () => string
  readonly api: FakeApi
}

function orders({ open, urlOf }: Parts): void {
  it('tells of an order whose window was closed, and leads nobody back', async () => {
    const { page, context } = await open(`${urlOf()}${PEER}`)
    const refuse = await disconnect(page)
    await page.keyboard.press('Escape')
    await page.getByLabel(/Type .* to go on/).waitFor({ state: 'detached' })
    await refuse({ status: 503, json: REFUSED })
    await page.getByText('Disconnect: nobody answered').waitFor()
    const letGo = await disconnect(page)
    await page.evaluate(() => {
      history.pushState(null, '', '/leader')
      dispatchEvent(new PopStateEvent('popstate'))
    })
    await page.getByRole('heading', { name: 'Leader', level: 1 }).waitFor()
    await letGo(DONE)
    await page.getByText('Disconnect: done').waitFor()
    equal(new URL(page.url()).pathname, '/leader')
    await sampleLate(page)
    await context.close()
  })
}

/** Jobs of the calendar that are disabled, and a leader that changes, by others. */
function changing() {
  const others = answers({ nodes: 6 })
  const state = { enabled: true, leaderNode: 'store@jobs-2' }
  const api = new FakeApi((path, query, timeMs) => {
    const sheet = others(path, query, timeMs)
    const { rows = [], elections = [] } = sheet as Record<string, readonly object[] | undefined>
    if (path.endsWith('/cron')) {
      return { ...(sheet as object), rows: rows.map((job) => ({ ...job, enabled: state.enabled })) }
    }
    if (path !== '/cluster/leaders') return sheet
    const { leaderNode } = state
    return { ...(sheet as object), elections: elections.map((one) => ({ ...one, leaderNode })) }
  }, EPOCH_MS)
  return { api, state }
}

function others({ open }: Parts): void {
  it('never makes a window that asks for an order ask for another one', async (t) => {
    const { api, state } = changing()
    t.after(() => api.stop())
    const { page, context } = await open(`${await api.start()}/nodes/store%40jobs-2?tab=cron`)
    const row = page.getByRole('row', { name: /report/ })
    await row.getByRole('button', { name: 'Disable' }).click()
    await page.getByRole('dialog').waitFor()
    // Another one was faster.
    state.enabled = false
    api.tick()
    await row.getByText('Enable', { exact: true }).first().waitFor()
    equal(await page.getByRole('dialog').count(), 0)
    await page.goto(`${new URL(page.url()).origin}/leader`)
    await page.getByRole('button', { name: 'Step down' }).click()
    await page.getByRole('dialog').waitFor()
    state.leaderNode = 'web@jobs-1'
    api.tick()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await context.close()
  })
}

function figures({ open, urlOf, api }: Parts): void {
  it('moves no figure that was on its way when they were let stand still', async () => {
    const { page, context } = await open('about:blank')
    await page.addInitScript(countEvents)
    await page.goto(urlOf())
    const cells = () => page.locator('.table-rows').textContent()
    const first = await cells()
    // From then on its stream tells what is looked at.
    while ((await cells()) === first) {
      api.tick()
      await drawn(page)
    }
    const figures = page.locator('.tile-figure').or(page.getByRole('cell'))
    const release = await heldBack(page, '**/api/stream/*')
    await page.getByLabel('Refresh').selectOption('pause')
    const [stood, before] = [await figures.allTextContents(), await eventsOf(page)]
    api.tick()
    while ((await eventsOf(page)) === before) await drawn(page)
    await drawn(page)
    deepEqual(await figures.allTextContents(), stood)
    const old = await cells()
    await page.getByLabel('Refresh').selectOption('1')
    while ((await cells()) === old) await drawn(page)
    await release()
    await context.close()
  })
}

function levels({ open, urlOf, api }: Parts): void {
  it('shows the level that was chosen until the node tells it, or refuses', async () => {
    const { page, context } = await open(`${urlOf()}/nodes/coordinator%40jobs-3?tab=loggers`)
    const level = page.getByLabel('Level of file')
    const before = await level.inputValue()
    const letGo = await held(page, '**/manage')
    await level.selectOption('silent')
    const uptime = page.locator('.tile', { hasText: 'Up for' }).locator('.tile-figure')
    const old = (await uptime.textContent()) ?? ''
    api.tick(60_000)
    await uptime.filter({ hasNotText: old }).waitFor()
    equal(await level.inputValue(), 'silent')
    await letGo({ status: 503, json: REFUSED })
    await page.getByText('nobody answered').waitFor()
    equal(await level.inputValue(), before)
    await context.close()
  })
}

function typing({ open, urlOf }: Parts): void {
  it('waits anew for a second key, and keeps what is chosen while a filter is typed', async () => {
    const { page, context } = await open(urlOf())
    await page.locator('.table-row').last().waitFor()
    await page.clock.install({ time: 0 })
    await page.clock.pauseAt(1_000)
    await page.keyboard.type('gl')
    await page.getByRole('heading', { name: 'Leader', level: 1 }).waitFor()
    await page.clock.runFor(1_100)
    await page.keyboard.press('g')
    await page.clock.runFor(200)
    await page.keyboard.press('a')
    await page.getByRole('heading', { name: 'Applications', level: 1 }).waitFor()
    await page.keyboard.type('gp')
    await page.getByRole('searchbox').fill('till')
    await page.getByLabel('State', { exact: true }).selectOption('waiting')
    await page.clock.runFor(1_000)
    await page.waitForURL(/search=till/)
    equal(new URL(page.url()).searchParams.get('state'), 'waiting')
    await context.close()
  })

  it('leaves the field in which a filter is typed to who types', async () => {
    const { page, context } = await open(`${urlOf()}/logs`)
    await page.getByLabel('Application').pressSequentially('shop')
    equal(await page.getByLabel('Application').inputValue(), 'shop')
    await page.getByRole('searchbox').focus()
    await page.keyboard.type('till')
    await page.waitForURL(/search=till/)
    await drawn(page)
    await page.keyboard.type('s')
    equal(await page.getByRole('searchbox').inputValue(), 'tills')
    await context.close()
  })
}

function logins({ open, urlOf, api }: Parts): void {
  it('asks for no token again for what was refused before it was given', async () => {
    const { page, context } = await open(urlOf())
    await page.locator('.freshness-live').waitFor()
    const refused = { status: 401, json: REFUSED }
    const letGo = await held(page, '**/api/cluster/logs*')
    await page.getByRole('navigation').getByRole('link', { name: 'Logs' }).click()
    await page.getByRole('heading', { name: 'Logs', level: 1 }).waitFor()
    await page.route('**/api/session', (route) => route.fulfill(refused))
    api.cut()
    await page.getByLabel('Token').fill('the right one')
    await page.unroute('**/api/session')
    await page.route('**/api/login', (route) => route.fulfill(DONE))
    await page.getByRole('button', { name: 'Look inside' }).click()
    await page.locator('.freshness-live').waitFor()
    await letGo(refused)
    equal(await page.getByLabel('Token').count(), 0)
    await context.close()
  })
}

export function lateAnswers(parts: Parts): void {
  for (const tests of [orders, others, figures, levels, typing, logins]) tests(parts)
}
