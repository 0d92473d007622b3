/**
 * examples/jobs/test/web/browser.test: the page in a real browser, against what means harm.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { heldBack, launchBrowser, PATIENCE_MS } from '@troupe/tools/browser'
import { partSkip } from '@troupe/tools/parts'
import type { Browser, Page } from 'playwright-core'
import { type Node, openWeb, startNode, type WebListener } from 'troupe'
import type { WorkerView } from '#jobs/coordinator/coordinator-protocol'
import type { ReplicaState } from '#jobs/store/book'
import { readPage } from '#jobs/web/page'
import { listenOptions, webActor } from '#jobs/web/web-actor'
import {
  type FakeCluster,
  fakeCluster,
  fakeCoordinator,
  jobOf,
  MemoryTexts,
  VIEW,
} from '#test/web/fakes'

const HARM = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
const WORKER: WorkerView = {
  ...{ node: 'worker1@localhost', state: 'running', weight: 100, version: HARM },
  ...{ capacity: 2, running: 1, done: 12_345, failed: 0 },
}
const COORDINATOR: ReplicaState = {
  ...{ node: 'jobs1@localhost', state: 'current', problem: undefined, term: 3, behind: 0 },
}

/** Runs in the page: keeps all that ever stands among the rows of jobs. */
const KEEP_ROWS = `
  globalThis.shown = ''
  const body = document.getElementById('jobs')
  const keep = () => { shown += body.textContent }
  new MutationObserver(keep).observe(body, { childList: true, subtree: true })
`

describe('the page of the jobs', { skip: partSkip('chromium'), timeout: 240_000 }, () => {
  let browser: Browser
  let node: Node
  let listener: WebListener
  const cluster: FakeCluster = fakeCluster()

  before(async () => {
    browser = await launchBrowser()
    node = await startNode('jobs1@localhost', { logSinks: [] })
    listener = await openWeb(listenOptions(0))
    cluster.view = { ...VIEW, workers: [WORKER], coordinators: [COORDINATOR] }
    const text = { blob: 'b', bytes: 5, sha256: 'x' }
    const parked = jobOf({ id: 'poison', kind: 'gzip', parameters: {}, ...text })
    cluster.jobs.set('poison', { ...parked, state: 'parked', tries: 5, problem: HARM })
    await node.spawn(fakeCoordinator, { name: 'coordinator', args: [cluster] })
    const parts = { listener, page: await readPage(), texts: () => new MemoryTexts() }
    await node.spawn(webActor, { args: [parts] })
  })
  after(async () => {
    await browser.close()
    await node.stop()
    await listener.close()
  })

  const open = async (width: number, colorScheme: 'light' | 'dark') => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
    context.setDefaultTimeout(PATIENCE_MS)
    const page = await context.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (line) => {
      if (line.type() === 'error') faults.push(line.text())
    })
    await page.goto(`http://127.0.0.1:${listener.port}/`)
    await page.locator('#workers tr').first().waitFor()
    await page.locator('#jobs tr').first().waitFor()
    return { page, faults, close: () => context.close() }
  }
  const overhang = (page: Page): Promise<number> =>
    page.evaluate('document.documentElement.scrollWidth - window.innerWidth')

  it('shows what means harm as text, and fits a wide and a narrow screen', async () => {
    for (const [width, scheme] of [
      [1_280, 'light'],
      [390, 'dark'],
    ] as const) {
      const { page, faults, close } = await open(width, scheme)
      assert.match(await page.locator('#state').innerText(), /jobs1@localhost leads in term 3/)
      assert.match(await page.locator('#workers').innerText(), /12,345/)
      assert.ok((await page.locator('#jobs').innerText()).includes('<img src=x'))
      assert.equal(await page.locator('#jobs img, #workers img').count(), 0)
      assert.equal(await page.title(), 'Jobs')
      assert.ok((await overhang(page)) <= 0, `nothing hangs over at ${width}`)
      const shots = process.env['JOBS_SHOTS']
      if (shots !== undefined) {
        await page.screenshot({ path: `${shots}/jobs-${width}.png`, fullPage: true })
      }
      assert.deepEqual(faults, [])
      await close()
    }
  })

  it('submits a job, changes a weight and drains, and says what came of it', async () => {
    const { page, faults, close } = await open(1_280, 'light')
    await page.getByRole('button', { name: 'Submit' }).click()
    await page.getByText(/[0-9a-f-]{36} is accepted/).waitFor()
    cluster.orders.length = 0
    const weight = page.getByLabel('weight of worker1@localhost')
    await weight.fill('10')
    await weight.press('Tab')
    await page.getByText('worker1@localhost has a new weight').waitFor()
    await page.getByRole('button', { name: 'Drain' }).click()
    await page.getByText('worker1@localhost finishes what it has').waitFor()
    const orders = cluster.orders.filter((order) => 'node' in (order as object))
    assert.deepEqual(orders, [
      { node: 'worker1@localhost', weight: 10 },
      { node: 'worker1@localhost', deadlineMs: 60_000 },
    ])
    await page.getByRole('button', { name: 'Delete' }).first().click()
    await page.getByText(/is deleted/).waitFor()
    assert.deepEqual(faults, [])
    await close()
  })

  it('shows no rows of a filter that was left before they came', async () => {
    const { page, faults, close } = await open(1_280, 'light')
    const all = /\/jobs\?limit=30$/
    const release = await heldBack(page, all)
    await page.route(/&state=running$/, (route) => route.fulfill({ json: { jobs: [] } }))
    const late = (await page.waitForRequest(all)).response()
    await page.locator('#filter').selectOption('running')
    const text = { blob: 'b', bytes: 5, sha256: 'x' }
    cluster.jobs.set('newest', jobOf({ id: 'newest', kind: 'gzip', parameters: {}, ...text }))
    await page.evaluate(KEEP_ROWS)
    await release()
    await (await late)?.finished()
    await page.getByText('there are none').waitFor()
    assert.doesNotMatch(String(await page.evaluate('shown')), /newest/)
    assert.deepEqual(faults, [])
    await close()
  })

  it('says that nobody leads, and goes on when somebody does', async () => {
    const { page, close } = await open(1_280, 'dark')
    cluster.unavailable = { kind: 'unavailable', code: 'NO_LEADER', problem: HARM }
    await page.getByText('NO_LEADER').waitFor()
    assert.equal(await page.locator('#state img').count(), 0)
    cluster.unavailable = undefined
    await page.getByText('leads in term 3').waitFor()
    await close()
  })
})
