/**
 * Fifty nodes of a simulated cluster and hundreds of connections between them, in a real browser:
 * the map has them all, one that crashes is told, and one that is looked at tells its figures.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { partSkip } from '@troupe/tools/parts'
import { simulatedCluster } from 'troupe/testing'
import { SlowedTime } from '#test/server/time-kit'
import { axeFaults, browserForAll } from './browser-kit.js'
import { assertFits } from './shop-kit.js'

const HOSTS = Array.from({ length: 50 }, (_, at) => `n${at}`)
/** Each node dials so many of those behind it. */
const DIALS = 3
const CRASHING = 'n7'

const known = Object.fromEntries(
  HOSTS.map((host, at) => [host, at === 0 ? HOSTS.slice(1) : HOSTS.slice(at + 1, at + 1 + DIALS)]),
)

async function fifty(t: TestContext) {
  const cluster = simulatedCluster({
    ...{ seed: 5, hosts: HOSTS, known },
    network: { membership: { connect: 'mesh' } },
  })
  await cluster.start()
  await cluster.clock.advance(2_000)
  const first = cluster.member('n0')
  ok(first !== undefined)
  const stop = (): Promise<void> => cluster.stop()
  const time = await SlowedTime.of({ node: first.node, clock: cluster.clock, stop })
  t.after(() => time.stop())
  return { cluster, time }
}

describe('fifty nodes', { skip: partSkip('chromium'), timeout: 400_000 }, () => {
  const { open } = browserForAll()

  it('are all on the map with their connections, also when one of them crashes', async (t) => {
    const { cluster, time } = await fifty(t)
    time.begin()
    const { page, faults, context } = await open(time.url)
    await page.getByText('all answer').waitFor()
    equal(await page.locator('.map-node').count(), 50)
    const note = (await page.getByRole('region', { name: 'Map' }).textContent()) ?? ''
    ok(Number(/([\d,]+) connections/.exec(note)?.[1]?.replace(',', '')) > 150)
    await assertFits(page)
    deepEqual(await axeFaults(page), [])
    cluster.crash(CRASHING)
    await page
      .getByText(/^n7@sim is down/)
      .first()
      .waitFor()
    await page.getByText('1 silent').waitFor()
    await page.goto(`${time.url}/nodes/n31%40sim`)
    await page.locator('.tile', { hasText: 'Handled' }).getByText('/s').waitFor()
    deepEqual(faults, [])
    await context.close()
  })
})
