/**
 * The pages of the cluster and of one node in a real browser, against the fake server: they show
 * their figures, do what is pressed, stand still, and are read by everybody.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { partSkip } from '@troupe/tools/parts'
import type { Locator, Page } from 'playwright-core'
import { signOf } from '#page/kit/states'
import { answers } from '#test/page/fake-answers'
import { FakeApi } from '#test/page/fake-api'
import { EPOCH_MS } from '#test/page/fixtures'
import {
  axeFaults,
  browserForAll,
  SHIFT_SEEN,
  shiftedIn,
  shiftsOf,
  shot,
  type Theme,
  type Watched,
} from './browser-kit.js'

const NODE = 'coordinator@jobs-3'
const BASE = `/nodes/${encodeURIComponent(NODE)}`

/** A page, and a text that is there when it is. */
const PAGES = [
  ['cluster', '/', 'all answer'],
  ['node', BASE, 'Event loop delay'],
  ['figures', `${BASE}?tab=figures`, 'How long turns took'],
  ['machine', `${BASE}?tab=machine`, '6.1.0-31-amd64'],
  ['loggers', `${BASE}?tab=loggers`, 'Records since the start'],
  ['cron', `${BASE}?tab=cron`, 'sweep'],
  ['env', `${BASE}?tab=env`, 'eu-central'],
  ['registrar', `${BASE}?tab=registrar`, 'Applications on other nodes'],
  ['config', `${BASE}?tab=config`, 'jobs.maxParallel'],
  ['network', `${BASE}/network`, 'COOKIE_WRONG'],
  ['connection', `${BASE}/network/store%40jobs-2`, 'trace-context'],
  ['services', `${BASE}/services`, 'half-open'],
  ['services-all', '/services', 'tried again'],
  ['leader', '/leader', 'not heard'],
  ['metrics', `${BASE}/metrics`, 'shop_queue_length'],
  ['metrics-all', '/metrics', 'of 4 nodes'],
  ['metric', `${BASE}/metrics/shop_order_seconds`, '99 of 100 are below'],
  ['profiler', `${BASE}/profiler`, 'No profile has been taken'],
] as const

const PICTURED_NARROW: ReadonlySet<string> = new Set(['cluster', 'node', 'services', 'metrics'])

/** How pages are looked at, and which. */
type Run = readonly [width: number, theme: Theme, isLookedAt: (name: string) => boolean]

/**
 * What is laid out on a narrow screen as another page that is looked at there; these are looked at
 * in the dark on a wide one.
 */
const AS_WIDE: ReadonlySet<string> = new Set([
  'machine',
  'loggers',
  'env',
  'registrar',
  'services-all',
  'metrics-all',
])

describe('a page of the Observer', { skip: partSkip('chromium'), timeout: 800_000 }, () => {
  const { open } = browserForAll()
  const api = new FakeApi(answers({ nodes: 6 }), EPOCH_MS)
  let url = ''
  before(async () => {
    url = await api.start()
  })
  after(() => api.stop())

  /** The page has done nothing that it must not. */
  const expectWell = async ({ page, faults, hosts }: Watched): Promise<void> => {
    deepEqual(await axeFaults(page), [])
    deepEqual(faults, [])
    deepEqual([...hosts], [new URL(url).host])
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    )
    equal(wider, false, 'nothing is wider than the screen')
  }

  for (const [width, theme, isLookedAt] of [
    [1_280, 'light', () => true],
    [390, 'dark', (name) => !AS_WIDE.has(name)],
    [1_280, 'dark', (name) => AS_WIDE.has(name)],
  ] satisfies readonly Run[]) {
    describe(`at ${width} in the ${theme}`, () => {
      let watched: Watched | undefined
      before(async () => {
        watched = await open(url, { width, theme })
      })
      after(() => watched?.context.close())

      for (const [name, path, text] of PAGES.filter(([name]) => isLookedAt(name))) {
        it(`${name} is well, and stands still while its figures change`, async () => {
          if (watched === undefined) throw new TypeError('no page was opened')
          const { page } = watched
          await visit(page, path)
          await shown(page, text)
          const before = await shiftsOf(page)
          await expectToMove(page, api)
          const moved = (await shiftsOf(page)) - before
          ok(moved < SHIFT_SEEN, `${moved}: ${await shiftedIn(page)}`)
          const isPictured = theme === 'light' ? name !== 'profiler' : PICTURED_NARROW.has(name)
          if (isPictured) await shot(page, width < 600 ? `${name}-narrow` : name)
          await expectWell(watched)
        })
      }
    })
  }

  const lastOrder = () => api.managed.at(-1)

  it('gives orders, and lets what destroys be typed first', async () => {
    const { page, context } = await open(`${url}${BASE}/services`)
    await page.getByRole('button', { name: 'Weight' }).first().click()
    await page.getByLabel('Weight, a whole number from 0').fill('25')
    await page.getByRole('dialog').getByRole('button', { name: 'Weight' }).click()
    await page.getByText('Weight: done').waitFor()
    deepEqual(lastOrder(), {
      node: 'web@jobs-1',
      order: { do: 'application-change', name: 'store', weight: 25 },
    })
    await page.goto(`${url}${BASE}/leader`)
    await page.getByRole('button', { name: 'Step down' }).click()
    const dialog = page.getByRole('dialog')
    const go = dialog.getByRole('button', { name: 'Step down' })
    equal(await go.isDisabled(), true)
    await dialog.getByLabel(/Type .* to go on/).fill('jobs.coordinator')
    await go.click()
    await page.getByText('Step down: done').waitFor()
    deepEqual(lastOrder(), {
      node: NODE,
      order: { do: 'leader-step-down', clusterId: 'jobs.coordinator' },
      confirm: 'jobs.coordinator',
    })
    await context.close()
  })

  it('enables jobs, sets levels and writes the configuration', async () => {
    const { page, context } = await open(`${url}${BASE}?tab=cron`)
    await page.getByRole('button', { name: 'Enable' }).click()
    await page.getByText('Enable: done').waitFor()
    deepEqual(lastOrder()?.order, { do: 'cron-enable', name: 'sweep' })
    await page
      .getByRole('row', { name: /report/ })
      .getByText('Disable')
      .click()
    await page.getByLabel(/Type .* to go on/).fill('report')
    await shot(page, 'confirm')
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
    await page.getByText('Disable: done').waitFor()
    equal(lastOrder()?.confirm, 'report')
    await page.getByRole('button', { name: 'Loggers' }).click()
    await page.getByLabel('Level of file').selectOption('warning')
    await page.getByText('Level of file: warning').waitFor()
    deepEqual(lastOrder()?.order, { do: 'log-sink-level', level: 'warning', sink: 'file' })
    await page.getByRole('button', { name: 'Configuration' }).click()
    const change = async (item: RegExp, fill: (dialog: Locator) => Promise<unknown>) => {
      await page.getByRole('row', { name: item }).getByRole('button', { name: 'Change' }).click()
      const dialog = page.getByRole('dialog')
      await fill(dialog)
      await dialog.getByRole('button', { name: 'Change' }).click()
      await dialog.waitFor({ state: 'detached' })
      return lastOrder()?.order
    }
    const put = { do: 'config-put', level: 'cluster' }
    deepEqual(await change(/maxParallel/, (dialog) => dialog.getByLabel('Value').fill('96')), {
      ...{ ...put, item: 'jobs.maxParallel', value: 96, type: 'number' },
    })
    // Digits that were a text stay one.
    deepEqual(await change(/jobs.build/, (dialog) => dialog.getByLabel('Value').fill('97')), {
      ...{ ...put, item: 'jobs.build', level: 'cluster-node', node: NODE },
      ...{ value: '97', type: 'string' },
    })
    await context.close()
  })

  it('never writes back what is hidden', async () => {
    const { page, context } = await open(`${url}${BASE}?tab=env`)
    await page
      .getByRole('row', { name: /database/ })
      .getByRole('button', { name: 'Change' })
      .click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('it is replaced as a whole').waitFor()
    equal(await dialog.getByLabel('Value').inputValue(), '')
    equal(await dialog.getByRole('button', { name: 'Change' }).isDisabled(), true)
    await dialog.getByLabel('Value').fill('{ "password": "[redacted]" }')
    await dialog.getByText('It holds the mark of a hidden value.').waitFor()
    await dialog.getByLabel('Value').fill('{ "host": "10.0.3.9" }')
    await shot(page, 'env-change')
    await dialog.getByRole('button', { name: 'Change' }).click()
    await page.getByText('Change: done').waitFor()
    deepEqual(lastOrder()?.order, { do: 'env', key: 'database', value: { host: '10.0.3.9' } })
    await context.close()
  })

  it('connects a node and disconnects another one, which has to be typed', async () => {
    const { page, context } = await open(`${url}${BASE}/network`)
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByLabel('Node', { exact: true }).last().fill('far@jobs-9')
    await page.getByRole('dialog').getByRole('button', { name: 'Connect' }).click()
    await page.getByText('Connect: done').waitFor()
    deepEqual(lastOrder()?.order, { do: 'connect', node: 'far@jobs-9' })
    const peers = page.getByRole('table', { name: 'Connections of the node' })
    await peers
      .getByRole('row', { name: /store@jobs-2/ })
      .getByText('tcp')
      .click()
    await page.getByText('Mailboxes held for want of credit').waitFor()
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await page.getByLabel(/Type .* to go on/).fill('store@jobs-2')
    await page.getByRole('dialog').last().getByRole('button', { name: 'Disconnect' }).click()
    await page.getByText('Disconnect: done').waitFor()
    equal(lastOrder()?.confirm, 'store@jobs-2')
    await context.close()
  })

  it('takes a CPU profile and shows where the time went', async () => {
    const watched = await open(`${url}${BASE}/profiler`)
    const { page } = watched
    await page.getByRole('button', { name: 'Take a CPU profile' }).click()
    await page.locator('.flame-box').first().waitFor()
    const boxes = await page.locator('.flame-box').count()
    await page.locator('.flame-box').nth(5).click()
    equal((await page.locator('.flame-box').count()) < boxes, true, 'a part is shown alone')
    // A place in it is none in the next one.
    await page.getByRole('button', { name: 'Take a CPU profile' }).click()
    await page.waitForFunction(
      (all) => document.querySelectorAll('.flame-box').length === all,
      boxes,
    )
    await page.locator('.flame-box').nth(5).click()
    await page.getByRole('button', { name: 'Show all' }).click()
    equal(await page.locator('.flame-box').count(), boxes)
    await page.getByRole('button', { name: 'Look at the heap' }).click()
    await page.getByText('old space').waitFor()
    await page.evaluate(() => scrollTo(0, 0))
    await shot(page, 'profile')
    await expectWell(watched)
  })

  it('has what is typed right behind a key that opens a box', async () => {
    const { page, context } = await open(url)
    await shown(page, 'all answer')
    const focused = await page.evaluate(async () => {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }))
      // Before the next frame is drawn.
      await new Promise((resolve) => setTimeout(resolve))
      return document.activeElement?.getAttribute('role')
    })
    equal(focused, 'combobox')
    await context.close()
  })

  it('is used by keyboard alone', async () => {
    const { page, context } = await open(url)
    await shown(page, 'all answer')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'store@jobs-2' }).waitFor()
    await page.keyboard.type('gw')
    await page.getByRole('heading', { name: 'Network' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('worker-2')
    await page.keyboard.press('Enter')
    await waitForPath(page, '/nodes/worker-2%40jobs-1')
    await page.keyboard.type('gm')
    await page.getByText('shop_queue_length').waitFor()
    for (const key of ['j', 'j', 'k', 'j', 'Enter']) await page.keyboard.press(key)
    await waitForPath(page, '/nodes/worker-2%40jobs-1/metrics/shop_orders_total')
    await page.getByText('Orders that were taken.').waitFor()
    await page.keyboard.press('?')
    await page.getByText('Next row').waitFor()
    await shot(page, 'keyboard')
    deepEqual(await axeFaults(page), [])
    await page.keyboard.press('Escape')
    await page.keyboard.type('gc')
    await waitForPath(page, '/')
    await page.goBack()
    await waitForPath(page, '/nodes/worker-2%40jobs-1/metrics/shop_orders_total')
    await context.close()
  })
})

/** Goes to another page without loading it anew, as a link does. */
const visit = (page: Page, path: string) =>
  page.evaluate((wanted) => {
    history.pushState(null, '', wanted)
    dispatchEvent(new PopStateEvent('popstate'))
  }, path)

/** Lets time go on, and waits until the page has drawn what that changed. */
async function expectToMove(page: Page, api: FakeApi): Promise<void> {
  for (let tick = 0; tick < 2; tick += 1) {
    const before = await page.locator('main').innerText()
    api.tick()
    await page.waitForFunction((text) => document.querySelector('main')?.innerText !== text, before)
  }
}

/** Waits for a text outside of the choice of nodes, whose entries nobody sees. */
const shown = (page: Page, text: string) =>
  page.getByText(text).and(page.locator(':not(option)')).first().waitFor()

const waitForPath = (page: Page, path: string) =>
  page.waitForFunction((wanted) => location.pathname === wanted, path)

describe('rare states', { skip: partSkip('chromium'), timeout: 400_000 }, () => {
  const { open } = browserForAll()

  it('shows fifty nodes, each state with its sign', async (t) => {
    const states = { 7: 'down', 12: 'suspect', 20: 'busy', 33: 'refused', 41: 'draining' } as const
    const api = new FakeApi(answers({ nodes: 50, states }), EPOCH_MS)
    t.after(() => api.stop())
    const { page, context } = await open(await api.start())
    await page.locator('.map-node').nth(49).waitFor()
    for (const [place, state] of Object.entries(states)) {
      const letter = await page.locator('.map-node .state-letter').nth(Number(place)).textContent()
      equal(letter, signOf(state))
    }
    deepEqual(await axeFaults(page), [])
    await page.locator('.map-node').nth(16).hover()
    await page.locator('.map-link').first().waitFor()
    equal(await page.locator('.map-far').count(), 2, 'a node that is not there has no line')
    await shot(page, 'cluster-50')
    await context.close()
  })

  it('shows two hundred nodes in the dark', async (t) => {
    const states = { 9: 'down', 30: 'busy', 77: 'suspect' } as const
    const api = new FakeApi(answers({ nodes: 200, states }), EPOCH_MS)
    t.after(() => api.stop())
    const { page, context } = await open(await api.start(), { theme: 'dark' })
    await page.locator('.map-node').nth(199).waitFor()
    deepEqual(await axeFaults(page), [])
    await shot(page, 'cluster-dark')
    await context.close()
  })

  it('says what is empty, what is not allowed, and which node is gone', async (t) => {
    const choice = { nodes: 6, states: { 2: 'down' }, readOnly: true, bare: true } as const
    const api = new FakeApi(answers(choice), EPOCH_MS)
    t.after(() => api.stop())
    const url = await api.start()
    const { page, context } = await open(`${url}${BASE}/services`)
    await page.getByText('This node has used no service').waitFor()
    await page.getByText(/is down since .*: its connection ended/).waitFor()
    await page.getByText('read-only').waitFor()
    await page.goto(`${url}${BASE}/metrics`)
    await page.getByText('Nobody measures on coordinator@jobs-3').waitFor()
    await page.getByText("import { metrics } from '@troupe/metrics'").waitFor()
    deepEqual(await axeFaults(page), [])
    await page.goto(`${url}${BASE}`)
    const drain = page.getByRole('button', { name: 'Drain and stop' })
    // Before it is known who looks it is disabled for that.
    await drain.and(page.getByTitle('This Observer is read-only', { exact: true })).waitFor()
    equal(await drain.isDisabled(), true)
    await page.goto(`${url}/nodes/nobody%40nowhere/network`)
    await page.getByText('There is no such node').waitFor()
    deepEqual(await axeFaults(page), [])
    await context.close()
  })
})
