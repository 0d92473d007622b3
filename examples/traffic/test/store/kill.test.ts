/**
 * A real `kill -9` of a real program under load: what it had confirmed is there afterwards.
 *
 * The judge is what the parent sent and when a flush was confirmed to it; neither was written
 * by the code that is judged. A flush covers what was put before it was begun; one that finds
 * another under way covers no more than that one, so only every second one counts.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { chanceOf } from '#test/store/damage'
import { archiveIn, dataFolder, reportOf } from '#test/store/data-folder'
import type { Order, Told } from '#test/store/kill-child'

const CHILD = fileURLToPath(new URL('./kill-child.js', import.meta.url))
const seed = Number(process.env['TROUPE_SEED'] ?? 1)
const VEHICLES = 500

/** What the parent knows: the last sequence it sent of each vehicle, and which were confirmed. */
interface Journal {
  readonly sent: Map<string, number>
  readonly confirmed: Map<string, number>
}

/** Loads the child until it has confirmed some flushes, and kills it in the midst of the next. */
async function loadAndKill(folder: string, journal: Journal, below: (most: number) => number) {
  const child = fork(CHILD, [folder])
  await once(child, 'message')
  let sequence = Math.max(0, ...journal.sent.values())
  const flushes = 2 + below(6)
  for (let flush = 0; flush < flushes; flush += 1) {
    const orders: Order[] = []
    for (let i = below(2_000); i >= 0; i -= 1) {
      sequence += 1
      const id = `v${below(VEHICLES)}`
      orders.push({ kind: 'put', id, sequence })
      journal.sent.set(id, sequence)
    }
    child.send([...orders, { kind: 'flush', number: flush }] satisfies Order[])
    if (flush === flushes - 1) break
    await confirmation(child, flush)
    for (const [id, last] of journal.sent) journal.confirmed.set(id, last)
  }
  // Somewhere between the order to flush and its end: nobody waits for it.
  for (let turns = below(40); turns > 0; turns -= 1) await new Promise(setImmediate)
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function confirmation(child: ChildProcess, number: number): Promise<void> {
  for (;;) {
    const [told] = (await once(child, 'message')) as [Told]
    if (told.kind === 'flushed' && told.number === number) return
  }
}

describe('a system that was killed under load', () => {
  it('opens again with all it had confirmed, and nothing that was never sent', async (t) => {
    const folder = dataFolder(t)
    const below = chanceOf(seed)
    const journal: Journal = { sent: new Map(), confirmed: new Map() }
    for (let life = 0; life < 8; life += 1) {
      await loadAndKill(folder, journal, below)
      const archive = await archiveIn(folder)
      for (const [id, sequence] of journal.confirmed) {
        const kept = archive.table.get(id)?.sequence ?? -1
        assert.ok(kept >= sequence, `life ${life}, seed ${seed}: ${id} is at ${kept} < ${sequence}`)
      }
      for (const [id, sequence] of journal.sent) {
        const kept = archive.table.get(id)
        if (kept === undefined) continue
        assert.ok(kept.sequence <= sequence)
        assert.deepEqual(kept, reportOf(id, kept.sequence))
        // The next life goes on from what is there.
        journal.sent.set(id, kept.sequence)
        journal.confirmed.set(id, kept.sequence)
      }
      for (const id of journal.sent.keys()) {
        if (archive.table.get(id) === undefined) journal.sent.delete(id)
      }
      assert.equal(archive.table.size, journal.sent.size)
      await archive.close()
    }
  })
})
