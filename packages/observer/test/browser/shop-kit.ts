/**
 * The shop with an Observer that may do everything, looked at in a real browser.
 *
 * One page is opened for all tests of a file and led from view to view by links, as a person does:
 * what was loaded once is not loaded again, and streams are taken and let go of.
 */
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { type StartedObserver, startObserver } from '@troupe/observer'
import type { Locator, Page } from 'playwright-core'
import {
  axeFaults,
  type browserForAll,
  type OpenOptions,
  SHIFT_SEEN,
  shiftedIn,
  shiftsOf,
} from './browser-kit.js'
import { type ShopNodes, startShop } from './shop.js'

export const SHOP = '/nodes/shop%40localhost'

/** The shop and its Observer, for all tests of a file. */
export function shopForAll(): {
  readonly nodes: () => ShopNodes
  readonly url: (path: string) => string
} {
  let nodes: ShopNodes | undefined
  let observer: StartedObserver | undefined
  before(async () => {
    nodes = await startShop()
    observer = await startObserver(nodes.shop, {
      port: 0,
      capabilities: ['inspect', 'payloads', 'profile', 'trace', 'config', 'manage'],
    })
  })
  after(async () => {
    await observer?.stop()
    await nodes?.stop()
  })
  return {
    nodes: () => {
      assert.ok(nodes !== undefined)
      return nodes
    },
    url: (path) => `${observer?.addresses[0] ?? ''}${path}`,
  }
}

/** One thing that a view shows or does. */
export interface View {
  readonly title: string
  readonly path: string
  readonly view: (page: Page, parts: ViewParts) => Promise<void>
}

/** What a view may need besides its page. */
export interface ViewParts extends Tour {
  readonly nodes: () => ShopNodes
}

/** One page that is led around. */
export interface Tour {
  /** Goes there by a link, looks, and the page must have done nothing that it must not. */
  readonly look: (path: string, look: (page: Page) => Promise<void>) => Promise<void>
}

/** A page for all tests of a file; what it did wrong fails the test that saw it. */
export function tourForAll(
  { open }: ReturnType<typeof browserForAll>,
  url: (path: string) => string,
  options: OpenOptions = {},
): Tour {
  let watched: ReturnType<typeof open> | undefined
  return {
    look: async (path, look) => {
      watched ??= open(url('/audit'), options)
      const { page, faults, hosts } = await watched
      await lead(page, path)
      await look(page)
      assert.deepEqual(faults.splice(0), [])
      assert.equal(hosts.size, 1)
      assert.equal(await page.evaluate(() => 'broken' in globalThis), false)
    },
  }
}

/** Takes a link to another view; whatever window was open is closed with the view it belongs to. */
export async function lead(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    // In one go with the link: what the view that is left still moves is not counted.
    const shiftsFromMs = performance.now()
    Object.assign(globalThis, { shifts: 0, shifted: [], shiftsFromMs, actedMs: -Infinity })
    const link = document.createElement('a')
    link.href = to
    document.body.append(link)
    link.click()
    link.remove()
  }, path)
}

/** The page is no wider than its window. */
export async function assertFits(page: Page): Promise<void> {
  const beyond = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  assert.ok(beyond <= 0, page.url())
}

/** Nothing that is seen has moved by itself, and the page is no wider than its window. */
export async function assertSteady(page: Page): Promise<void> {
  const shift = await shiftsOf(page)
  assert.ok(shift < SHIFT_SEEN, `${page.url()} moved by ${shift}: ${await shiftedIn(page)}`)
  await assertFits(page)
}

/** Steady, and read by everybody. */
export async function assertWell(page: Page): Promise<void> {
  await assertSteady(page)
  assert.deepEqual(await axeFaults(page), [], page.url())
}

/** Presses a button, fills in the window that asks, and sees that it was done. */
export async function order(
  page: Page,
  button: Locator,
  fill: (dialog: Locator) => Promise<unknown> = async () => {},
): Promise<void> {
  const label = (await button.textContent()) ?? ''
  await button.click()
  const dialog = page.getByRole('dialog')
  await fill(dialog)
  const press = dialog.getByRole('button', { name: label, exact: true })
  await press.waitFor()
  const subject = dialog.locator('.field code')
  if ((await subject.count()) > 0) {
    assert.equal(await press.isDisabled(), true, `${label} asks to be confirmed`)
    await dialog.getByLabel(/^Type/).fill((await subject.textContent()) ?? '')
  }
  await press.click()
  await page.getByText(`${label}: done`).last().waitFor()
  await press.waitFor({ state: 'detached' })
}
