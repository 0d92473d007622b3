/**
 * processes/observer: the page of the Observer, served by `troupe observer` until Ctrl-C.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { runTroupe } from '#cli/run'
import { Demo } from './demo.js'
import { RecordedTerminal } from './recorded-terminal.js'

const terminals: RecordedTerminal[] = []
let demo: Demo
let beside: Demo
before(async () => {
  demo = await Demo.start('observed')
  beside = await demo.beside('observed-too')
})
after(() => {
  // Whatever became of its test, none goes on serving.
  for (const terminal of terminals) terminal.interrupt()
  demo.stop()
  beside.stop()
})

/** Runs it; answers where its page is. */
async function observer(...typed: string[]) {
  const terminal = new RecordedTerminal(demo.env)
  terminals.push(terminal)
  const ended = runTroupe(['observer', '--port', '0', '--json', ...typed], terminal)
  await Promise.race([terminal.until(/addresses/), ended])
  const { addresses, node } = JSON.parse(terminal.out) as { addresses: string[]; node: string }
  return { url: addresses[0] as string, node, terminal, ended }
}

interface Sheet {
  readonly nodes: readonly { readonly node: string; readonly state: string }[]
}

/** As soon as both nodes are known, and each has answered or is known not to. */
async function clusterSheet(url: string): Promise<Sheet> {
  for (;;) {
    const sheet = (await (await fetch(`${url}/api/cluster`)).json()) as Sheet
    const isKnown = [demo, beside].every(({ name }) =>
      sheet.nodes.some(({ node }) => node === name),
    )
    if (isKnown && sheet.nodes.every(({ state }) => state !== 'looking')) return sheet
  }
}

describe('observer', { timeout: 120_000 }, () => {
  it('shows the nodes that are there, and ends with Ctrl-C', async () => {
    const { url, node, terminal, ended } = await observer('--as', 'operator')
    match(node, /^operator@/)
    const sheet = await clusterSheet(url)
    const states = new Map(sheet.nodes.map((one) => [one.node, one.state]))
    equal(states.get(demo.name), 'up')
    equal(states.get(beside.name), 'up')
    const path = `/api/nodes/${encodeURIComponent(demo.name)}/process?name=stock`
    const { name } = (await (await fetch(url + path)).json()) as { name: string }
    equal(name, 'stock')
    const session = (await (await fetch(`${url}/api/session`)).json()) as { capabilities: string[] }
    deepEqual(session.capabilities, ['inspect'])
    terminal.interrupt()
    equal(await ended, 0)
    ok(terminal.isReleased)
    await fetch(url).then(
      () => ok(false, 'it still listens'),
      () => undefined,
    )
  })

  it('refuses an address that others can reach without a token', async () => {
    const { code, notes } = await demo.type('observer', '--host', '0.0.0.0', '--port', '0')
    equal(code, 1)
    match(notes, /OPTION_INVALID[\s\S]*token/)
  })

  it('refuses a port that is none', async () => {
    const { code, notes } = await demo.type('observer', '--port', 'http')
    equal(code, 2)
    match(notes, /--port cannot be "http"/)
  })
})
