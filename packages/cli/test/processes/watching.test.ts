/**
 * processes/watching: what goes on until somebody ends it: top and the follows.
 */
import { equal, match, ok } from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { runTroupe } from '#cli/run'
import { Demo } from './demo.js'
import { RecordedTerminal } from './recorded-terminal.js'

let demo: Demo
before(async () => {
  demo = await Demo.start('watching')
})
after(() => demo.stop())

/** A command that goes on, at a terminal somebody sits at. */
function watch(at: Demo, ...typed: string[]) {
  const terminal = new RecordedTerminal(at.env, true)
  return { terminal, ended: runTroupe(typed, terminal) }
}

/** What is left on the screen that was there before. */
const LEFT = '\u001b[?25h\u001b[?1049l'

describe('top', () => {
  it('for a pipe prints once and ends', async () => {
    const { code, out, terminal } = await demo.type('top')
    equal(code, 0)
    match(out, /^watching-\d+@localhost {2}up .*\n\d+ processes/)
    match(out, /\n *PID {2}NAME/)
    match(out, /stock {2,}shop/)
    ok(terminal.isHarmless)
  })

  it('as JSON gives the node and its processes', async () => {
    const { node, processes } = (await demo.json('top', '--sort', 'in', '-n', '2')) as {
      node: { name: string }
      processes: { inPerSecond: number }[]
    }
    equal(node.name, demo.name)
    equal(processes.length, 2)
  })

  it('is drawn anew, is ordered by a key, and ends with q and the old screen', async () => {
    const { terminal, ended } = watch(demo, 'top', '--every', '30s')
    await terminal.until(/by running/)
    terminal.press('m')
    await terminal.until(/by mailbox/)
    terminal.press('q')
    equal(await ended, 0)
    ok(terminal.out.startsWith('\u001b[?1049h'))
    ok(terminal.out.endsWith(LEFT))
    ok(terminal.isReleased)
  })

  it('ends with Ctrl-C, as a key or as a signal', async () => {
    for (const end of ['key', 'signal']) {
      const { terminal, ended } = watch(demo, 'top')
      await terminal.until(/by running/)
      if (end === 'key') terminal.press('\u0003')
      else terminal.interrupt()
      equal(await ended, 0)
      ok(terminal.out.endsWith(LEFT))
    }
  })

  it('of a node that dies gives the screen back, says so and ends with 3', async () => {
    const other = await Demo.start('dying')
    const { terminal, ended } = watch(other, 'top', '--every', '50ms', '--timeout', '2s')
    await terminal.until(/by running/)
    other.child.kill('SIGKILL')
    equal(await ended, 3)
    ok(terminal.out.endsWith(LEFT))
    match(terminal.notes, /^Error: (NO_CONNECTION|NO_ROUTE|PORT_FAILED): /)
    ok(terminal.isReleased)
    other.stop()
  })
})
