/**
 * Every figure of a page under its name: all that stands there is read at once and held against
 * the texts that belong to the known sheets, in which no two figures are alike.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Page } from 'playwright-core'
import type { FakeApi } from '#test/page/fake-api'
import { EPOCH_MS } from '#test/page/fixtures'
import { LINK_TEXTS } from './link-texts.js'
import { METRIC_TEXTS } from './metric-texts.js'
import { NODE_TEXTS } from './node-texts.js'
import type { Tour } from './shop-kit.js'

/** Longer than any page takes to be told what it shows. */
const TOLD_WITHIN_MS = 60_000

/** What a page needs before its figures stand there. */
interface Ready {
  /** Buttons, by their names. */
  readonly presses?: readonly string[]
  /** This stands there when the counters have been told once; the next look makes rates. */
  readonly ticksAfter?: string
  /** Its rates are worked out by the clock of the page. */
  readonly hasOwnRates?: boolean
}

/** One page, and all that stands there. */
export interface FigureTexts extends Ready {
  readonly title: string
  readonly path: string
  readonly texts: readonly string[]
}

/** What is wanted of a page. */
interface Wanted {
  /** As JSON: whether these stand there is told; without them all that stand there are. */
  readonly texts?: string
  /** How fast depends on when the page was told: then only whether it happens is compared. */
  readonly hasOwnRates: boolean
}

/**
 * Runs in the page: headings, names with their figures, and rows of tables with their cells, as
 * they stand there.
 */
function figuresIn({ texts, hasOwnRates }: Wanted): readonly string[] | boolean {
  const textOf = (part: Element): string => {
    const heard = part.cloneNode(true) as Element
    for (const unheard of heard.querySelectorAll('[aria-hidden]')) unheard.remove()
    return (heard.textContent ?? '').replace(/\s+/g, ' ').trim()
  }
  const cellOf = (cell: Element): string => {
    const text = textOf(cell)
    const title = cell.querySelector(':scope > span[title]:not(.state)')?.getAttribute('title')
    const shown = hasOwnRates ? text.replace(/^(?=.*[1-9]).*\/s$/, 'some') : text
    return title === undefined || title === text ? shown : `${shown} (${title})`
  }
  const lineOf = (part: Element): string => {
    if (part.matches('.tile, .metric, .key-value > div, .usage-words, .spread > li')) {
      const [name, ...values] = [...part.children].map(textOf)
      return `${name}: ${values.filter(Boolean).join(', ')}`
    }
    if (part.matches('h2, h3')) return `# ${textOf(part)}`
    if (!part.matches('[role="row"], .plain-table tr, .changes > li')) return textOf(part)
    const cells = [...part.children].filter(
      (cell) => cell.querySelector('.cell-actions, .unseen') === null,
    )
    return cells.map(cellOf).join(' | ')
  }
  const parts = [
    ...['h2', 'h3', '.card-note', '.tile', '.key-value > div', '.usage-words', '.spread > li'],
    ...['.metric', '[role="row"]', '.plain-table tr', '.queues > li', '.changes > li'],
    ...['.card-actions .badge', 'p.badges > *'],
  ]
  const root = document.querySelector('dialog') ?? document.querySelector('main')
  const told = [...(root?.querySelectorAll(parts.join(', ')) ?? [])].map(lineOf).filter(Boolean)
  return texts === undefined ? told : JSON.stringify(told) === texts
}

async function assertFigures(page: Page, texts: readonly string[], hasOwnRates: boolean) {
  const wanted = { texts: JSON.stringify(texts), hasOwnRates }
  const options = { timeout: TOLD_WITHIN_MS }
  // When they do not come the difference is told below.
  await page.waitForFunction(figuresIn, wanted, options).catch(() => undefined)
  assert.deepEqual(await page.evaluate(figuresIn, { hasOwnRates }), texts)
}

/** Presses what has to be asked for, and lets time go on where rates are shown. */
async function ready(page: Page, { presses = [], ticksAfter }: Ready, api: FakeApi) {
  for (const press of presses) await page.getByRole('button', { name: press }).click()
  if (ticksAfter === undefined) return
  await page.getByText(ticksAfter, { exact: true }).first().waitFor()
  api.tick(1_000)
}

export function figurePages({ look }: Tour, api: FakeApi): void {
  for (const { title, path, texts, ...needs } of [...NODE_TEXTS, ...LINK_TEXTS, ...METRIC_TEXTS]) {
    it(`${title}: each figure stands under its own name`, () => {
      // Counters that grow begin anew, whatever was looked at before.
      api.timeMs = EPOCH_MS
      return look(path, async (page) => {
        await ready(page, needs, api)
        await assertFigures(page, texts, needs.hasOwnRates === true)
      })
    })
  }
}
