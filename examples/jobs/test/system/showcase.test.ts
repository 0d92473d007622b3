/**
 * examples/jobs/test/system/showcase.test: what somebody sees who types `npm start` and opens the
 * address that is printed first: six programs, their load, and a fail-over as it happens.
 *
 * With TROUPE_PICTURES=1 it takes the picture of the README.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { launchBrowser, PATIENCE_MS, untilSeen } from '@troupe/tools/browser'
import { partSkip } from '@troupe/tools/parts'
import type { Browser, Page } from 'playwright-core'
import { Cluster } from '#test/cluster'

const wantsPicture = process.env['TROUPE_PICTURES'] === '1'
const PICTURE = fileURLToPath(
  new URL('../../../../docs/guides/images/observer-jobs.png', import.meta.url),
)
const TEXT = 'to be or not to be that is the question\n'.repeat(500)
const JOBS = 12
/** Of a core, in hundredths: more than six programs use that do nothing, less than any load. */
const BUSY = 40

const rows = (page: Page) =>
  page.getByRole('table', { name: 'Nodes of the cluster' }).getByRole('row')

/** How much of a core all programs use together, in hundredths, as the page says. */
async function cpuOn(page: Page): Promise<number> {
  const tile = page.locator('.tile', { hasText: 'CPU' }).locator('.tile-figure')
  return Number.parseFloat((await tile.textContent()) ?? '')
}

/** Waits until six are up, beside the node of the Observer. */
async function untilSixAreUp(page: Page): Promise<void> {
  const up = rows(page).filter({ hasText: /up/ })
  await untilSeen('six programs', page, async () => (await up.count()) === 7)
}

/** The node of the Observer has figures as well; what programs would refuse cannot be pressed. */
async function knowsItsOwnNode(page: Page, url: string): Promise<void> {
  const ask = async (path: string) => (await page.request.get(`${url}/api/${path}`)).json()
  const { node, capabilities } = await ask('session')
  assert.deepEqual(capabilities, ['inspect'])
  const { state } = await ask(`nodes/${encodeURIComponent(node)}/metrics`)
  assert.equal(state, 'kept')
}

const termIn = (text: string | null): number => Number(/term\D*(\d+)/i.exec(text ?? '')?.[1])

/** Both pages tell of a later term; who leads in it may be the one that was killed and is back. */
async function untilLedAnew(
  page: Page,
  election: Page,
  { name, term }: { readonly name: string; readonly term: number },
): Promise<void> {
  const held = election.getByRole('region', { name })
  const isHeldAnew = async () => termIn(await held.textContent()) > term
  await untilSeen('another term', election, isHeldAnew)
  const told = page.getByText(new RegExp(` leads ${name}, term \\d+$`))
  const areTold = async () => (await told.allTextContents()).some((text) => termIn(text) > term)
  await untilSeen('another leader', page, areTold)
}

describe('the Observer of npm start', { skip: partSkip('chromium'), timeout: 240_000 }, () => {
  let browser: Browser
  before(async () => {
    browser = await launchBrowser()
  })
  after(() => browser.close())

  const faults: string[] = []
  const open = async (url: string): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 1_280, height: 860 } })
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(url)
    return page
  }

  it('shows six programs, their load, and who leads when the leader is killed', async (t) => {
    const named = wantsPicture ? ['--name', 'jobs'] : []
    const cluster = await Cluster.launched(t, '--observer', '0', '--metrics', '0', ...named)
    const told = cluster.lines.find((line) => !/^[…✓]/.test(line)) ?? ''
    const [, url = ''] = /^Observer {2}(http:\/\/127\.0\.0\.1:\d+)\/$/.exec(told) ?? []
    assert.notEqual(url, '', `the Observer is told first, not ${told}`)
    const page = await open(url)
    await untilSixAreUp(page)

    await knowsItsOwnNode(page, url)
    await untilSeen('figures', page, async () => (await cpuOn(page)) >= 0)
    const idle = await cpuOn(page)
    const submitted = Array.from({ length: JOBS }, (_, at) =>
      cluster.submit(`load-${at}`, 'kind=hash-chain&rounds=100000', `${at} ${TEXT}`, at),
    )
    await Promise.all(submitted)
    const wanted = Math.min(idle + 20, BUSY)
    await untilSeen('load', page, async () => (await cpuOn(page)) > wanted)

    const { leader, term } = await cluster.view()
    const other = `${cluster.name}${leader.startsWith(`${cluster.name}1@`) ? 2 : 1}@localhost`
    const election = await open(`${url}/nodes/${encodeURIComponent(other)}/leader`)
    const holder = election.getByRole('region', { name: cluster.name }).getByRole('link').first()
    await holder.filter({ hasText: leader }).waitFor()
    const back = cluster.kill(leader.split('@')[0] ?? '')
    await page
      .getByText(new RegExp(`^${leader} is down`))
      .first()
      .waitFor()
    await untilLedAnew(page, election, { name: cluster.name, term })
    if (wantsPicture) await page.screenshot({ path: PICTURE })
    await back
    await untilSixAreUp(page)
    const jobs = Array.from({ length: JOBS }, (_, at) => cluster.jobWhen(`load-${at}`, 'done'))
    await Promise.all(jobs)
    assert.deepEqual(faults, [])
    assert.equal(await cluster.stop(), 0)
  })
})
