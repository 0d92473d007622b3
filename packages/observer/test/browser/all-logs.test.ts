/** Records of all nodes as one stream, in a real browser, against real nodes. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { partSkip } from '@troupe/tools/parts'
import { axeFaults, browserForAll } from './browser-kit.js'
import { assertSteady, looking, shopForAll } from './shop-kit.js'

describe('the log of all nodes', { skip: partSkip('chromium'), timeout: 120_000 }, () => {
  const { open } = browserForAll()
  const { nodes, url } = shopForAll()

  it('goes on as any of them writes, each record once and with its node', () =>
    looking(open(url('/logs')), async (page) => {
      await page.getByText('a customer came in').first().waitFor()
      const all = Object.values(nodes()).filter((one) => typeof one === 'object' && 'log' in one)
      for (const node of all) node.log.warning(`a bell of ${node.name}`)
      for (const node of all) {
        const row = page.getByRole('row').filter({ hasText: `a bell of ${node.name}` })
        await row.waitFor()
        assert.equal(await row.count(), 1)
        assert.equal(await row.getByRole('link', { name: node.name }).count(), 1)
      }
      assert.ok(all.length > 1)
      await assertSteady(page)
      assert.deepEqual(await axeFaults(page), [])
      await page.getByRole('button', { name: 'Pause' }).click()
      nodes().shop.log.error('nobody reads this')
      await page.getByText('came while it stood still').waitFor()
      assert.equal(await page.getByText('nobody reads this').count(), 0)
    }))
})
