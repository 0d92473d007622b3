/**
 * The page of processes of a node with a million of them, in a real browser.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startObserver } from '@troupe/observer'
import { partSkip } from '@troupe/tools/parts'
import { actor, message, protocol, startNode } from 'troupe'
import { browserForAll } from './browser-kit.js'

const MANY = 1_000_000
const AT_ONCE = 10_000
const Idle = protocol('idle', { wait: message<number>() })
const idle = actor(Idle, { name: 'idle', on: { wait: (_state, ms, context) => context.sleep(ms) } })

describe('a million processes', { skip: partSkip('chromium'), timeout: 120_000 }, () => {
  const { open } = browserForAll()

  it('are found by their longest mailbox, their name and their pid', async () => {
    const node = await startNode('million@localhost', {
      ...{ logSinks: [], handleSignals: false },
      network: { registrar: 'none', acceptors: [{ port: 0 }], unixSocket: false },
    })
    for (let made = 0; made < MANY; made += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => node.spawn(idle)))
    }
    const busy = await node.spawn(idle, { name: 'the-busy-one' })
    for (let at = 0; at < 500; at += 1) node.send(busy, 'wait', 3_600_000)
    const { addresses, stop } = await startObserver(node, { port: 0 })
    const url = `${addresses[0]}/nodes/million%40localhost/processes`
    const { page, faults, context } = await open(url)
    const rows = page.getByRole('table', { name: 'Processes' }).getByRole('row')
    await rows.nth(1).filter({ hasText: 'the-busy-one' }).filter({ hasText: '499' }).waitFor()
    await page.getByText(/^100 of 1,000,0\d\d shown, by mailbox/).waitFor()
    assert.ok((await rows.count()) < 60)
    await page.getByRole('searchbox').fill('busy')
    await page.getByText(/^1 of 1 shown, by mailbox; 1,000,0\d\d in all/).waitFor()
    assert.deepEqual(faults, [])
    await context.close()
    await stop()
    await node.stop({ timeoutMs: 100 })
  })
})
