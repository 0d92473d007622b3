/**
 * Scans that nobody waits for any more, or that fail, leave nothing behind.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Search, SharedScans } from '#apps/system/shared-scans'
import { Work } from '#apps/system/work'
import type { Replier } from '#contract'

/** A node whose turns are taken by hand. */
function bench() {
  const turns: (() => void)[] = []
  const nowMs = (): number => 0
  const work = new Work({ nowMs, after: (_delayMs, run) => void turns.push(run) })
  const limited = (): never => assert.fail('no limit is reached here')
  const scans = new SharedScans(work, { limited } as never, nowMs)
  const turn = (): void => turns.shift()?.()
  return { scans, work, turn }
}

const endless: Search<unknown> = { step: () => false, result: () => undefined }

describe('a scan', () => {
  it('is forgotten when nobody waits for it any more', () => {
    const { scans, work, turn } = bench()
    const caller = { alive: true }
    for (let at = 0; at < 3; at += 1) {
      scans.ask({ node: 'a@b' } as never, `search ${at}`, () => endless, caller as Replier)
    }
    turn()
    assert.equal(scans.running, 3)
    caller.alive = false
    turn()
    assert.equal(scans.running, 0)
    assert.equal(work.abandoned, 3)
  })

  it('is forgotten when it fails, and all who wait are told', () => {
    const { scans, turn } = bench()
    const told: unknown[] = []
    const replier = { alive: true, reject: (error: unknown) => told.push(error) }
    const broken = {
      ...endless,
      step: () => {
        throw new TypeError('planted')
      },
    }
    scans.ask({ node: 'a@b' } as never, 'broken', () => broken, replier as unknown as Replier)
    turn()
    assert.equal(scans.running, 0)
    assert.equal((told[0] as { code?: string }).code, 'HANDLER_FAILED')
  })
})
