/**
 * Why is it stuck? Six causes as a person reads them: what, who, for how long. That processes which
 * are really so get these answers is the subject of the tests of apps/system.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { STUCK, WHY_NODE } from '#test/page/why-fixtures'
import { assertWell, type Tour } from './shop-kit.js'

export function whyPages({ look }: Tour): void {
  for (const { name, title, culprit, pid, duration, why } of STUCK) {
    it(`${name}: "${title}", ${culprit}, ${duration}`, () =>
      look(`/nodes/${encodeURIComponent(WHY_NODE)}/processes/${name}`, async (page) => {
        const panel = page.getByRole('region', { name: 'Why is it stuck?' })
        const verdict = panel.locator('.why-title')
        await verdict.getByText(title, { exact: true }).waitFor()
        await verdict.getByText(`for ${duration}`, { exact: true }).waitFor()
        const link = verdict.getByRole('link', { name: culprit, exact: true })
        assert.equal(await link.getAttribute('title'), pid)
        assert.ok((await link.getAttribute('href'))?.includes(encodeURIComponent(pid)))
        assert.equal(await panel.getByText(why.verdict.text.split('`')[0] ?? '').count(), 1)
        const steps = why.steps.length > 1 ? why.steps.length : 0
        assert.equal(await panel.getByRole('listitem').count(), steps)
        await assertWell(page)
      }))
  }
}
