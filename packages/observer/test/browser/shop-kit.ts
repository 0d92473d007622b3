/**
 * The shop with an Observer that may do everything, looked at in a real browser.
 */
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { type StartedObserver, startObserver } from '@troupe/observer'
import type { Page } from 'playwright-core'
import { shiftsOf, type Watched } from './browser-kit.js'
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

/** Opens, looks, and closes; the page must have done nothing that it must not. */
export async function looking(
  opened: Promise<Watched>,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const { page, context, faults, hosts } = await opened
  await look(page)
  assert.deepEqual(faults, [])
  assert.equal(hosts.size, 1)
  assert.equal(await page.evaluate(() => 'broken' in globalThis), false)
  await context.close()
}

/** The page is no wider than its window. */
export async function assertFits(page: Page): Promise<void> {
  const beyond = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  assert.ok(beyond <= 0)
}

/** Nothing has moved by itself, and the page is no wider than its window. */
export async function assertSteady(page: Page): Promise<void> {
  assert.equal(await shiftsOf(page), 0, page.url())
  await assertFits(page)
}
