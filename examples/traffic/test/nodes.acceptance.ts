/**
 * test/nodes.acceptance: the list T1 to T28 once more with storage, ingest and web as programs of
 * their own, and kills of each of them. About four minutes.
 *
 * Times and memory are judged with one program; here it is what is kept and counted.
 */
import { describe, it } from 'node:test'
import { faultFacts } from '#test/list/faults'
import { hostileFacts } from '#test/list/hostile'
import { loadFacts } from '#test/list/load'
import { packetFacts } from '#test/list/packets'
import { dataFolder, FULL, type Setting } from '#test/list/setting'
import { webFacts } from '#test/list/web'
import { killPrograms } from '#test/nodes/kills'
import { inThreePrograms } from '#test/system-process'

inThreePrograms()

const SETTING: Setting = {
  ...FULL,
  ...{ loadSeconds: 10, calmRate: 3_000, highRate: 10_000, killedAt: [0.5] },
  ...{ idleConnections: 2_000, generatorSeconds: 6, judgesSpeed: false },
}

/** Each after each other, and twice in a row. */
const KILLED = [
  ...(['storage', 'ingest', 'web', 'ingest', 'storage', 'web', 'storage'] as const),
  ...(['web', 'ingest', 'ingest', 'storage', 'storage', 'web', 'web', 'ingest'] as const),
]

describe('the traffic system, as three programs, keeps', { timeout: 290_000 }, () => {
  packetFacts()
  webFacts()
  faultFacts(SETTING)
  hostileFacts(SETTING)
  loadFacts(SETTING)
})

describe('the traffic system, as three programs, goes on', { timeout: 120_000 }, () => {
  it('after kill -9 of any of them, fifteen times, and the account closes', async (t) => {
    await killPrograms(t, { roles: KILLED, rate: 2_000, flags: ['--data', dataFolder(t)] })
  })
})
