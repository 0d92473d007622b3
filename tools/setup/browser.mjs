/**
 * setup/browser: the browser that tests open pages in, and how they wait for what a page shows.
 */
import { chromium } from 'playwright-core'
import { CommandFault } from './fault.mjs'

/** It asks nobody outside, and draws text the same on each machine. */
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  '--font-render-hinting=none',
]
/** How often a page is looked at, in milliseconds, and how often at most. */
const LOOK_MS = 50
const LOOKS_MAX = 2_000

/** The browser of the system, as playwright starts one. */
export const BROWSER = Object.freeze({ executablePath: '/usr/bin/chromium', args: FLAGS })

/** How long a page is waited for, in milliseconds, however slow the machine is. */
export const PATIENCE_MS = 120_000

/** Starts it; who starts it closes it. */
export const launchBrowser = () => chromium.launch(BROWSER)

/**
 * Nobody is asked at these addresses until that is released.
 *
 * @param {import('playwright-core').Page} page
 * @param {string | RegExp} addresses
 * @returns {Promise<() => Promise<void>>} releases what waits, and holds nothing from then on
 */
export async function heldBack(page, addresses) {
  let open = () => {}
  /** @type {Promise<void>} */
  const opened = new Promise((resolve) => {
    open = resolve
  })
  await page.route(addresses, async (route) => {
    await opened
    // The page may have asked for something else meanwhile.
    await route.continue().catch(() => {})
  })
  return async () => {
    open()
    await page.unroute(addresses)
  }
}

/**
 * Waits until something can be seen. The policy of our pages forbids that a page is told to wait,
 * so it is looked at again and again, for 100 seconds at most.
 *
 * @param {string} what as the failure names it
 * @param {import('playwright-core').Page} page
 * @param {() => Promise<boolean>} isSeen
 * @returns {Promise<void>}
 */
export async function untilSeen(what, page, isSeen) {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if (await isSeen()) return
    await page.waitForTimeout(LOOK_MS)
  }
  throw new CommandFault(`It was never seen: ${what}.`, 'Look at the page, and what it was told.')
}
