/**
 * Pages and orders that take several nodes, on three real programs: each page shows their figures,
 * and what each order has done is read from the node it was for, not from the page. Then fifty look
 * at one of them, one is killed while it is looked at, and one is drained.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { partSkip } from '@troupe/tools/parts'
import type { Locator, Page } from 'playwright-core'
import { axeFaults, browserForAll, shot, type Watched } from './browser-kit.js'
import { fiftyViewers } from './many-viewers.js'
import { millForAll } from './mill-kit.js'
import { MILL } from './mill-names.js'
import { nodeDies } from './node-dies.js'

const [FIRST, SECOND, THIRD] = MILL
const pathOf = (node: string, page = ''): string => `/nodes/${encodeURIComponent(node)}${page}`

const row = (page: Page, table: string, text: string): Locator =>
  page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text })
const card = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true })

/** Each page, and a figure of a real node that is there when it is. */
const PAGES: readonly (readonly [string, (page: Page) => Locator])[] = [
  ['/', (page) => page.locator('.map-node').nth(3)],
  [pathOf(FIRST), (page) => page.locator('.tile', { hasText: 'Handled' }).getByText('/s')],
  [pathOf(FIRST, '/network'), (page) => row(page, 'Connections', SECOND).getByText('up')],
  [
    pathOf(FIRST, `/network/${encodeURIComponent(SECOND)}`),
    (page) => page.getByText('Mailboxes held for want of credit'),
  ],
  [pathOf(FIRST, '/services'), (page) => row(page, 'Routes of sieve', THIRD).getByText(/open$/)],
  [pathOf(FIRST, '/leader'), (page) => card(page, 'mill').getByText('2 of 3 decide')],
  [
    pathOf(FIRST, '/profiler'),
    (page) => page.locator('.tile', { hasText: 'Resident' }).getByText('MiB'),
  ],
]

/** Gives an order of a button: what is in the way is filled in and typed. */
async function order(
  page: Page,
  button: Locator,
  label: string,
  fill: (dialog: Locator) => Promise<void> = async () => {},
): Promise<void> {
  await button.click()
  const dialog = page.getByRole('dialog').last()
  await dialog.getByRole('button', { name: label, exact: true }).waitFor()
  await fill(dialog)
  const asked = dialog.locator('.field code')
  if ((await asked.count()) > 0) {
    await dialog.getByLabel(/^Type .* to go on/).fill((await asked.textContent()) ?? '')
  }
  await dialog.getByRole('button', { name: label, exact: true }).click()
  await page.getByText(`${label}: done`).last().waitFor()
}

/** Sets the sampler of a name wherever it is; two of them have none of that name. */
async function byName(page: Page): Promise<void> {
  await button(page, 'Set a sampler by name').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('stone')
  await dialog.getByLabel('Traces').selectOption('always')
  await button(dialog, 'Set at all nodes').click()
  await dialog.getByText('Set at 3 of 5 nodes').waitFor()
  equal(await dialog.getByRole('listitem').filter({ hasText: 'no such name' }).count(), 2)
  deepEqual(await axeFaults(page), [])
  await shot(page, 'sampler-by-name')
}

const button = (within: Locator | Page, name: string): Locator =>
  within.getByRole('button', { name, exact: true }).first()

describe('three real nodes', { skip: partSkip('chromium'), timeout: 800_000 }, () => {
  const { open } = browserForAll()
  const mill = millForAll()
  let watched: Watched | undefined
  /** One page for all, as somebody has it who goes from one to the next. */
  const at = async (path: string): Promise<Page> => {
    watched ??= await open('about:blank')
    await watched.page.goto(mill.url(path))
    return watched.page
  }

  it('are shown on every page that is about several of them', async () => {
    for (const [path, figure] of PAGES) {
      const page = await at(path)
      await figure(page).waitFor()
      deepEqual(await axeFaults(page), [], path)
    }
    deepEqual(watched?.faults, [])
  })

  it('take a weight, are drained of a service, and get it back', async () => {
    const page = await at(pathOf(FIRST, '/services'))
    const weights = (weight: string) =>
      mill.lookWhen<Record<string, string>>(
        SECOND,
        'applications',
        ({ mill: told }) => told === weight,
      )
    const route = row(page, 'Routes of mill', SECOND)
    const weigh = (weight: string) => (dialog: Locator) => dialog.getByLabel(/^Weight/).fill(weight)
    await order(page, button(route, 'Weight'), 'Weight', weigh('25'))
    await weights('running 25')
    await order(page, button(route, 'Drain'), 'Drain')
    await weights('running 0')
    await order(page, button(route, 'Weight'), 'Weight', weigh('100'))
    await weights('running 100')
  })

  it('connect and disconnect', async () => {
    const page = await at(pathOf(FIRST, '/network'))
    const peers = (fits: (peers: readonly string[]) => boolean) =>
      mill.lookWhen(FIRST, 'peers', fits)
    ok(!(await mill.look<readonly string[]>(FIRST, 'peers')).includes(mill.yard))
    await order(page, button(page, 'Connect'), 'Connect', (dialog) =>
      dialog.getByLabel('Node', { exact: true }).fill(mill.yard),
    )
    await peers((told) => told.includes(mill.yard))
    await row(page, 'Connections', mill.yard).getByText('up').click()
    await page.getByText('Mailboxes held for want of credit').waitFor()
    await order(page, button(page, 'Disconnect'), 'Disconnect')
    await peers((told) => !told.includes(mill.yard))
  })

  it('elect anew when the leader steps down', async () => {
    const leader = await mill.leading()
    const { term } = await mill.look<{ readonly term: number }>(leader, 'reign')
    const page = await at(pathOf(leader, '/leader'))
    await order(page, button(page, 'Step down'), 'Step down')
    await mill.lookWhen<{ readonly term: number }>(leader, 'reign', (told) => told.term > term)
  })

  it('enable and disable a job of the calendar', async () => {
    const page = await at(pathOf(FIRST, '?tab=cron'))
    const sweep = (told: string) =>
      mill.lookWhen<readonly string[]>(FIRST, 'cron', (jobs) => jobs.includes(`sweep ${told}`))
    await button(page, 'Enable').click()
    await sweep('true')
    await order(page, button(page, 'Disable'), 'Disable')
    await sweep('false')
  })

  it('take levels of the node and of a sink', async () => {
    const page = await at(pathOf(FIRST, '?tab=loggers'))
    await page.getByLabel('Level of The node').selectOption('debug')
    await page.getByLabel('Level of console').selectOption('silent')
    await mill.lookWhen<readonly string[]>(FIRST, 'levels', (told) => {
      return told[0] === 'debug' && told.includes('silent')
    })
  })

  it('take values of the environment', async () => {
    const page = await at(pathOf(FIRST, '?tab=env'))
    const env = (fits: (told: readonly unknown[]) => boolean) => mill.lookWhen(FIRST, 'env', fits)
    await order(page, button(card(page, 'Environment'), 'Add'), 'Add', async (dialog) => {
      await dialog.getByLabel('Key').fill('colour')
      await dialog.getByLabel(/^Value/).fill('ochre')
    })
    await env((told) => told[1] === 'ochre')
    const known = row(page, 'Environment of the node', 'Menocchio')
    await order(page, button(known, 'Change'), 'Change', (dialog) =>
      dialog.getByLabel(/^Value/).fill('Bruegel'),
    )
    await env((told) => told[0] === 'Bruegel')
  })

  it('have the configuration written, changed and deleted where it stands', async () => {
    const page = await at(pathOf(FIRST, '?tab=config'))
    /** Told by another node than the one that was asked: it is written for all. */
    const sacks = (value: unknown) =>
      mill.lookWhen<Record<string, unknown>>(THIRD, 'config', (told) => told['sacks'] === value)
    const whole = (text: string) => async (dialog: Locator) => {
      const type = dialog.getByLabel('Type', { exact: true })
      if ((await type.count()) > 0) await type.selectOption('number')
      await dialog.getByLabel(/^Value/).fill(text)
    }
    await order(page, button(card(page, 'Configuration'), 'Add'), 'Add', async (dialog) => {
      await dialog.getByLabel('Item').fill('sacks')
      await whole('7')(dialog)
    })
    await sacks(7)
    const item = row(page, 'Configuration of the node', 'sacks')
    await order(page, button(item, 'Change'), 'Change', whole('8'))
    await sacks(8)
    await order(page, button(item, 'Delete'), 'Delete')
    await sacks(undefined)
  })

  it('take a sampler, and a profile is taken of one', async () => {
    const page = await at(pathOf(FIRST, '/tracing'))
    await order(page, button(page, 'Set a sampler'), 'Set a sampler')
    const told = await mill.lookWhen<readonly unknown[]>(FIRST, 'samplers', (all) => all.length > 0)
    deepEqual(told, [{ scope: 'node', of: '', sampler: 'per-second 5' }])
    await byName(await at('/tracing'))
    const own = await mill.lookWhen<readonly { sampler: string }[]>(THIRD, 'samplers', (all) => {
      return all.length > 1
    })
    equal(own.at(-1)?.sampler, 'always')
    await at(pathOf(FIRST, '/profiler'))
    await page.getByLabel('How long').selectOption('1000')
    await button(page, 'Take a CPU profile').click()
    await page.locator('.flame-box').nth(1).waitFor()
  })

  it('stop, start and forget an application', async () => {
    const page = await at(pathOf(SECOND, '/applications'))
    const cart = page.getByRole('article', { name: 'cart' })
    const state = (wanted: string | undefined) =>
      mill.lookWhen<Record<string, string>>(SECOND, 'applications', (told) => {
        return told['cart']?.split(' ')[0] === wanted
      })
    await order(page, button(cart, 'Stop'), 'Stop')
    await state('loaded')
    await order(page, button(cart, 'Start'), 'Start')
    await state('running')
    await order(page, button(cart, 'Force stop'), 'Force stop')
    await state('loaded')
    await order(page, button(cart, 'Unload'), 'Unload')
    await state(undefined)
  })

  fiftyViewers({ open, mill })

  nodeDies({ open, mill })

  it('drain, stop, and are then told gone', async () => {
    const page = await at(pathOf(THIRD))
    // A sieve of it has work that never ends.
    await order(page, button(page, 'Drain and stop'), 'Drain and stop', (dialog) =>
      dialog.getByLabel('At most, in seconds').fill('0.5'),
    )
    equal(await mill.ended(THIRD), 0)
    await page.locator('.strip').getByText('is down since').waitFor()
    deepEqual(watched?.faults, [])
  })
})
