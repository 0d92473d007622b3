/** What a node shows by `system.remote`: as seldom as its options say, and in slices. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, processName, protocol } from 'troupe'
import { ApplicationCounts } from '#apps/system/application-counts'
import { SLICE_UNITS } from '#apps/system/limits'
import type { ApplicationInfo, NodeInspection, ProcessGlance } from '#contract'
import { codeOf, type SystemStage, systemStage } from './system-kit.js'

const Idle = protocol('idle', { wait: message() })
const idle = actor(Idle, { on: { wait: () => {} } })
const to = processName('system.remote', undefined, 'b@stage')

/** How many of so many questions at once are answered; the others are told INSPECTION_LIMITED. */
async function answered({ a, settle }: SystemStage, name: string, times = 100): Promise<number> {
  const asked = Array.from({ length: times }, () => codeOf(a.call(to, name)))
  const codes = await settle(Promise.all(asked))
  const refused = codes.filter((code) => code === 'INSPECTION_LIMITED').length
  assert.equal(codes.filter((code) => code === 'it did not reject').length, times - refused)
  return times - refused
}

describe('what a node shows to a peer', () => {
  for (const [name, count] of [
    ['info', 20],
    ['applications', 4],
    ['applicationInfo', 4],
  ] as const) {
    it(`by ${name} is limited, as all questions of that node together, pings never`, () =>
      systemStage(
        async (stage) => {
          assert.equal(await answered(stage, name), count)
          assert.equal(await codeOf(stage.ask('account')), 'INSPECTION_LIMITED')
          assert.equal(await answered(stage, 'ping'), 100)
          await stage.pass(2_000)
          assert.equal(await answered(stage, name, 2), 2)
        },
        { perSecondMax: 10 },
      ))
  }

  it('is what it had: all applications, or one, with their processes', () =>
    systemStage(async ({ a, b, settle }) => {
      for (const name of ['shop', 'bank']) {
        const members = ['x', 'y', 'z'].map((one) => ({ name: `${name}-${one}`, start: idle }))
        b.loadApplication({ name, members })
      }
      await settle(b.startApplication('shop'))
      const peer = a.peer('b@stage')
      const [all, shop, ghost] = await settle(
        Promise.all([
          peer.applications(),
          peer.applicationInfo('shop'),
          peer.applicationInfo('ghost'),
        ]),
      )
      assert.deepEqual(
        all.map(({ name, state, processes }) => [name, state, processes]),
        [
          ['system', 'running', 3],
          ['shop', 'running', 3],
          ['bank', 'loaded', 0],
        ],
      )
      assert.deepEqual([shop?.processes, ghost], [3, undefined])
    }))

  it('is no failure of the process that shows it, whatever is asked for', () =>
    systemStage(async (stage) => {
      const { b } = stage
      const before = b.whereis('system.remote')?.id
      for (const odd of [7, {}, [], null, { toString: 1, valueOf: 1 }]) {
        assert.equal(await stage.settle(stage.a.call(to, 'applicationInfo', odd)), undefined)
      }
      assert.equal(b.whereis('system.remote')?.id, before)
    }))
})

describe('the processes of all applications', () => {
  it('are counted in one walk, a slice at a time', () => {
    const slots = 3 * SLICE_UNITS
    let looked = 0
    const counts = new ApplicationCounts({
      slots,
      clock: { nowMs: () => 0 },
      scan: (from: number, to: number, visit: (glance: ProcessGlance) => boolean) => {
        for (let slot = from; slot < to; slot += 1) {
          visit({ application: `app-${slot % 4}` } as ProcessGlance)
        }
        looked += to - from
        return to
      },
      applications: () => [0, 1, 2, 3].map((at) => ({ name: `app-${at}` }) as ApplicationInfo),
    } as unknown as NodeInspection)
    assert.deepEqual([counts.step(), looked], [false, SLICE_UNITS])
    assert.deepEqual([counts.step(), counts.step(), looked], [false, true, slots])
    assert.deepEqual(
      counts.result().map(({ processes }) => processes),
      [0, 1, 2, 3].map(() => slots / 4),
    )
  })
})
