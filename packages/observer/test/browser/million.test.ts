/**
 * The page of processes of a node with a million of them, in a real browser.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startObserver } from '@troupe/observer'
import { partSkip } from '@troupe/tools/parts'
import type { Page } from 'playwright-core'
import { actor, message, Pid, protocol, startNode } from 'troupe'
import { browserForAll } from './browser-kit.js'

const MANY = 1_000_000
const AT_ONCE = 10_000
/**
 * Processor time of one question that passes all of them, garbage of the whole program included:
 * about ten times what the dearest of them takes.
 */
const CPU_MAX_MS = 5_000
/** Here it is the node that has to bear it. */
const UNLIMITED = { viewerPerSecondMax: 10_000, nodePerSecondMax: 10_000 }
/** Looks at one thing, and how many of them may pass the table, however slow the machine. */
const LOOKS = 40
const PASSES_MAX = 10
const Idle = protocol('idle', { wait: message<number>() })
const idle = actor(Idle, { name: 'idle', on: { wait: (_state, ms, context) => context.sleep(ms) } })

interface Found {
  readonly rows: readonly { readonly name?: string }[]
  readonly scanned: number
  readonly total: number
  /** How long ago it was found; 0: for this question. */
  readonly ageMs: number
}

/** A machine that is busy with other things may let an answer come too late; not so many. */
const TRIES = 5

/** What a question over HTTP is answered, and the processor time that it took. */
async function asked(url: string, tries = TRIES): Promise<Found & { readonly cpuMs: number }> {
  const before = process.cpuUsage()
  const answer = await fetch(url)
  if (!answer.ok && tries > 1) return asked(url, tries - 1)
  assert.ok(answer.ok, `${url}: ${answer.status} ${answer.ok ? '' : await answer.text()}`)
  const found = (await answer.json()) as Found
  const { user, system } = process.cpuUsage(before)
  return { ...found, cpuMs: (user + system) / 1_000 }
}

/** The subjects of a wish of the page that have to do with processes. */
function processesOf(wish: string | null): string[] {
  const { subjects = [] } = JSON.parse(wish ?? '{}') as { readonly subjects?: readonly string[] }
  return subjects.filter((subject) => subject.includes('/processes'))
}

/** The busiest first; then what is searched for by name and by pid. */
async function requireShown(page: Page, pid: string): Promise<void> {
  const rows = page.getByRole('table', { name: 'Processes' }).getByRole('row')
  await rows.nth(1).filter({ hasText: 'the-busy-one' }).filter({ hasText: '499' }).waitFor()
  await page.getByText(/^100 of 1,000,0\d\d shown, by mailbox/).waitFor()
  assert.ok((await rows.count()) < 60)
  for (const [search, found] of [
    ['busy', 'the-busy-one'],
    [pid, 'the-quiet-one'],
  ] as const) {
    await page.getByRole('searchbox').fill(search)
    await rows.nth(1).filter({ hasText: found }).waitFor()
    await page.getByText(/^1 of 1 shown, by mailbox; 1,000,0\d\d in all/).waitFor()
  }
}

/** Asks in each way and holds what it took against what it may take. */
async function requireCheap(api: string, pid: string): Promise<void> {
  const ofPid = `search=${encodeURIComponent(pid)}`
  for (const [search, first] of [
    ['top=mailbox', 'the-busy-one'],
    ['top=mailbox&search=busy', 'the-busy-one'],
    [`top=mailbox&${ofPid}`, 'the-quiet-one'],
    [ofPid, 'the-quiet-one'],
  ] as const) {
    const { rows, scanned, total, cpuMs } = await asked(`${api}?limit=100&${search}`)
    assert.equal(rows[0]?.name, first, search)
    // Each is looked at once.
    assert.ok(scanned >= MANY && scanned <= total + 10, `${search}: ${scanned} of ${total}`)
    assert.ok(cpuMs < CPU_MAX_MS, `${search}: ${cpuMs} ms of a processor`)
  }
  // Without an order it ends with the page.
  assert.ok((await asked(`${api}?limit=100`)).scanned <= 100)
  let passes = 0
  for (let look = 0; look < LOOKS; look += 1) {
    if ((await asked(`${api}?limit=100&${ofPid}`)).ageMs === 0) passes += 1
  }
  assert.ok(passes <= PASSES_MAX, `${passes} passes for ${LOOKS} looks`)
}

describe('a million processes', { skip: partSkip('chromium'), timeout: 400_000 }, () => {
  const { open } = browserForAll()

  it('are found by their longest mailbox, their name and their pid', async (t) => {
    const node = await startNode('million@localhost', {
      ...{ logSinks: [], handleSignals: false },
      network: { registrar: 'none', acceptors: [{ port: 0 }], unixSocket: false },
    })
    t.after(() => node.stop({ timeoutMs: 100 }))
    for (let made = 0; made < MANY; made += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => node.spawn(idle)))
    }
    const busy = await node.spawn(idle, { name: 'the-busy-one' })
    const quiet = await node.spawn(idle, { name: 'the-quiet-one' })
    for (let at = 0; at < 500; at += 1) node.send(busy, 'wait', 3_600_000)
    const { addresses, stop } = await startObserver(node, { port: 0, ...UNLIMITED })
    t.after(stop)
    const url = `${addresses[0]}/nodes/million%40localhost/processes`
    const { page, faults, context } = await open(url)
    const pid = Pid.format(quiet)
    const wished: string[][] = []
    page.on('request', (sent) => wished.push(processesOf(sent.postData())))
    await requireShown(page, pid)
    assert.deepEqual(faults, [])
    // One question at a time, of one page of them.
    assert.ok(wished.some((subjects) => subjects.length === 1))
    assert.ok(wished.every((subjects) => subjects.length <= 1))
    assert.doesNotMatch(wished.join(' '), /limit=\d{4}/)
    await context.close()
    await requireCheap(`${addresses[0]}/api/nodes/million%40localhost/processes`, pid)
  })
})
