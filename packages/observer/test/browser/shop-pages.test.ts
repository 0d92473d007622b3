/**
 * Processes, applications, logs, dead letters, topics, traces and audits in a real browser, against
 * real nodes: what they show, what is done from there, and how they look on a telephone.
 */
import { after, before, describe, it } from 'node:test'
import { partSkip } from '@troupe/tools/parts'
import { answers } from '#test/page/fake-answers'
import { FakeApi } from '#test/page/fake-api'
import { EPOCH_MS } from '#test/page/fixtures'
import { knownAnswers } from '#test/page/known-links'
import { stuckAnswer } from '#test/page/why-fixtures'
import { APPLICATION_PAGES } from './application-pages.js'
import { browserForAll, shot } from './browser-kit.js'
import { figurePages } from './figure-pages.js'
import { PROCESS_ORDERS, PROCESS_PAGES, SEARCH_BOX } from './process-pages.js'
import { AUDIT_PAGES, LOG_PAGES, RECORD_PAGES } from './record-pages.js'
import { assertWell, SHOP, shopForAll, tourForAll } from './shop-kit.js'
import { whyPages } from './why-pages.js'

/** Pages of a telephone, with what their pictures are called. */
const NARROW: readonly (readonly [string, string?])[] = [
  [`${SHOP}/processes`, 'processes-narrow'],
  [`${SHOP}/processes/till`, 'process-narrow'],
  [`${SHOP}/applications`],
  [`${SHOP}/applications/shop`, 'tree-narrow'],
  [`${SHOP}/logs`],
  [`${SHOP}/dead-letters`],
  [`${SHOP}/events/prices`, 'events-narrow'],
  [`${SHOP}/tracing`, 'tracing-narrow'],
  ['/audit'],
  ['/applications'],
  ['/logs'],
  ['/dead-letters'],
  ['/events'],
  ['/tracing'],
]

/** In this order: what was done stands in the audit at last. */
const VIEWS = [
  ...[...PROCESS_PAGES, ...APPLICATION_PAGES, ...LOG_PAGES, ...RECORD_PAGES],
  ...[...PROCESS_ORDERS, ...SEARCH_BOX, ...AUDIT_PAGES],
]

describe('the pages of a shop', { skip: partSkip('chromium'), timeout: 800_000 }, () => {
  const browser = browserForAll()
  const { nodes, url } = shopForAll()
  const wide = tourForAll(browser, url)
  for (const { title, path, view } of VIEWS) {
    it(title, () => wide.look(path, (page) => view(page, { ...wide, nodes })))
  }

  const narrow = tourForAll(browser, url, { width: 390, theme: 'dark' })
  for (const [path, picture] of NARROW) {
    it(`${path} fits a telephone, in the dark`, () =>
      narrow.look(path, async (page) => {
        await page.locator('.table-row, .tree-item, .application, .pane').first().waitFor()
        if (path.endsWith('prices'))
          await page
            .getByText(/^article=/)
            .nth(5)
            .waitFor()
        await assertWell(page)
        if (picture !== undefined) await shot(page, picture)
      }))
  }

  const others = answers({ nodes: 6 })
  const api = new FakeApi(
    knownAnswers((path, query, timeMs) => stuckAnswer(path, query) ?? others(path, query, timeMs)),
    EPOCH_MS,
  )
  let fake = ''
  before(async () => {
    fake = await api.start()
  })
  after(() => api.stop())
  const known = tourForAll(browser, (path) => `${fake}${path}`)
  whyPages(known)
  figurePages(known, api)
})
