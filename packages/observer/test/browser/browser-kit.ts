/**
 * What every test in a browser needs: one browser for a file, pages of a width and a theme, what
 * they did that they must not, and pictures for the guides.
 *
 * Pictures are written to docs/guides/images only with TROUPE_PICTURES=1, so that a test run leaves
 * the sources as they are.
 */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'
import { launchBrowser, PATIENCE_MS } from '@troupe/tools/browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'

const IMAGES = fileURLToPath(new URL('../../../../docs/guides/images/', import.meta.url))
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export type Theme = 'light' | 'dark'

/** A page that is watched. */
export interface Watched {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors of the page and its console. */
  readonly faults: string[]
  /** Hosts that were asked for something. */
  readonly hosts: Set<string>
}

/** Where a page is opened. */
export interface OpenOptions {
  /** Default 1,280. */
  readonly width?: number
  readonly height?: number
  /** Default light. */
  readonly theme?: Theme
}

/** Opens a page in a window of its own. */
export type Open = (url: string, options?: OpenOptions) => Promise<Watched>

/** A browser for all tests of a file. */
export function browserForAll(): { readonly open: Open } {
  let browser: Browser | undefined
  before(async () => {
    browser = await launchBrowser()
  })
  after(() => browser?.close())
  return {
    open: async (url, options = {}) => {
      assert.ok(browser !== undefined)
      return openIn(browser, url, options)
    },
  }
}

async function openIn(browser: Browser, url: string, options: OpenOptions): Promise<Watched> {
  const { width = 1_280, height = width < 600 ? 844 : 860, theme = 'light' } = options
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    deviceScaleFactor: 1,
    bypassCSP: false,
    timezoneId: 'UTC',
  })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const faults: string[] = []
  const hosts = new Set<string>()
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (line) => {
    // That something was refused or cut off is told by the browser itself; the page says it, too.
    if (line.type() === 'error' && !/net::|status of [45]/.test(line.text()))
      faults.push(line.text())
  })
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  await page.addInitScript(countShifts)
  await page.goto(url)
  return { page, context, faults, hosts }
}

/**
 * Runs in the page: adds up every shift that the viewer did not cause. A figure that is aligned to
 * the end begins further left when it gets a digit more: its cell stays where it is.
 *
 * The browser takes half a second for what follows from an input; where the machine stands still
 * it may take longer, and what is chosen or filled in by a test is no input to it at all.
 */
function countShifts(): void {
  const CAUSED_MS = 2_000
  const told = globalThis as unknown as Shifts
  Object.assign(told, { shifts: 0, shifted: [], shiftsFromMs: 0, actedMs: -CAUSED_MS })
  const acted = (): void => {
    told.actedMs = performance.now()
  }
  for (const act of ['pointerdown', 'pointerup', 'keydown', 'input', 'change']) {
    addEventListener(act, acted, { capture: true, passive: true })
  }
  const nameOf = (node: Node | null): string => {
    const kind = node instanceof Element ? `${node.nodeName} ${node.className}` : 'text'
    return `${kind} ${node?.textContent}`
  }
  const isFigure = (node: Node | null): boolean =>
    node instanceof Text && node.parentElement?.closest('.cell-end, .figure-end') !== null
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const shift = entry as unknown as {
        readonly value: number
        readonly hadRecentInput: boolean
        readonly sources: readonly { readonly node: Node | null }[]
      }
      if (shift.hadRecentInput || shift.sources.every(({ node }) => isFigure(node))) continue
      const sinceMs = entry.startTime - told.actedMs
      if (sinceMs >= 0 && sinceMs < CAUSED_MS) continue
      // They are told late: of a view that has been left nothing is counted.
      if (entry.startTime < told.shiftsFromMs) continue
      told.shifts += shift.value
      told.shifted.push(...shift.sources.map(({ node }) => nameOf(node)))
    }
  }).observe({ type: 'layout-shift' as never, buffered: true })
}

/** What the page counts of its shifts: how far, of what, from when on, and since what input. */
interface Shifts {
  shifts: number
  shifted: string[]
  shiftsFromMs: number
  actedMs: number
}

/** How far things have moved by themselves since the page began; 0 is none. */
export const shiftsOf = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as Shifts).shifts)

/** Below it no more has moved than a word by the width of a digit that came to it. */
export const SHIFT_SEEN = 0.001

/** The texts of what has moved. */
export const shiftedIn = (page: Page): Promise<string> =>
  page.evaluate(() => (globalThis as unknown as Shifts).shifted.join(' | ').slice(0, 400))

/** Runs in the page: counts the events of its stream, from the next one it opens on. */
export function countEvents(): void {
  const told = globalThis as unknown as { events: number; EventSource: typeof EventSource }
  told.events = 0
  told.EventSource = class extends EventSource {
    constructor(url: string | URL) {
      super(url)
      this.addEventListener('message', () => {
        told.events += 1
      })
    }
  }
}
/** How many its stream has told. */
export const eventsOf = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { events: number }).events)

interface Axe {
  run(options: object): Promise<AxeResult>
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
  }[]
}

/** What axe finds wrong: one text each. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  // By the inspector's way, which the policy of the page does not forbid; once for each document.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE)
  // What passes is not told of at all: with each of its elements that is most of the work.
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: Axe }
    const result = await axe.run({ resultTypes: ['violations'], preload: false })
    return result.violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
    }))
  })
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)}\n${failureSummary}`),
  )
}

const picturesWanted = process.env['TROUPE_PICTURES'] === '1'

/** A picture for the guides, `observer-<name>.png`, when pictures are wanted. */
export async function shot(page: Page, name: string): Promise<void> {
  if (!picturesWanted) return
  mkdirSync(IMAGES, { recursive: true })
  // Charts are drawn when all else is there.
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.chart-box')].every((box) => box.querySelector('canvas')),
  )
  // What was done before is no part of the picture.
  await page.evaluate(() => {
    const toasts = document.querySelector<HTMLElement>('.toasts')
    if (toasts !== null) toasts.style.display = 'none'
  })
  await page.screenshot({ path: join(IMAGES, `observer-${name}.png`) })
  await page.evaluate(() => {
    document.querySelector<HTMLElement>('.toasts')?.style.removeProperty('display')
  })
}
