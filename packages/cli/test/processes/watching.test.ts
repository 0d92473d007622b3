/**
 * processes/watching: what goes on until somebody ends it: top and the follows.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict'
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
  const ended = runTroupe(typed, terminal)
  /** Settles when something like this was printed; fails when the command has ended before. */
  const until = (pattern: RegExp): Promise<void> =>
    Promise.race([
      terminal.until(pattern),
      ended.then((code) => {
        throw new Error(`it ended with ${code} before ${pattern}: ${terminal.notes}`)
      }),
    ])
  return { terminal, ended, until }
}

/** What is left on the screen that was there before. */
const LEFT = '\u001b[?25h\u001b[?1049l'

const say = (at: Demo, level: string, text: string) =>
  at.type('call', 'stock', 'say', JSON.stringify({ level, text }), '--one-way', '--manage')

describe('logs -f', () => {
  it('tells what was logged before and what comes, each once, until Ctrl-C', async () => {
    await say(demo, 'info', 'one')
    const { terminal, ended, until } = watch(demo, 'logs', '-f')
    await until(/ one /)
    await say(demo, 'warning', 'two')
    await until(/ two /)
    terminal.interrupt()
    equal(await ended, 0)
    deepEqual(
      ['one', 'two'].map((word) => terminal.out.split(` ${word} `).length - 1),
      [1, 1],
    )
    ok(terminal.isHarmless && terminal.isReleased)
  })

  it('as JSON is one value on each line', async () => {
    const { terminal, ended, until } = watch(demo, 'logs', '-f', '--json', '--search', 'json')
    await say(demo, 'info', 'json 1')
    await until(/json 1/)
    terminal.interrupt()
    equal(await ended, 0)
    const [line = ''] = terminal.out.split('\n')
    equal(JSON.parse(line).message, 'json 1')
  })
})

describe('dead-letters -f', () => {
  it('tells what nobody handles as it happens', async () => {
    const { terminal, ended, until } = watch(demo, 'dead-letters', '-f')
    await until(/dropped|DROPPED/)
    await demo.type('call', 'stock', 'unheard-of', '--one-way', '--manage')
    await until(/message-unknown unheard-of/)
    terminal.interrupt()
    equal(await ended, 0)
  })

  it('of a node that dies says so and ends with 3', async () => {
    const other = await Demo.start('falling')
    const { terminal, ended, until } = watch(other, 'dead-letters', '-f')
    await until(/dropped|DROPPED/)
    await other.type('call', 'stock', 'unheard-of', '--one-way', '--manage')
    await until(/message-unknown unheard-of/)
    other.child.kill('SIGKILL')
    equal(await ended, 3)
    match(terminal.notes, /is gone/)
    other.stop()
  })
})

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
    const { terminal, ended, until } = watch(demo, 'top', '--every', '30s')
    await until(/by running/)
    terminal.press('m')
    await until(/by mailbox/)
    terminal.press('q')
    equal(await ended, 0)
    ok(terminal.out.startsWith('\u001b[?1049h'))
    ok(terminal.out.endsWith(LEFT))
    ok(terminal.isReleased)
  })

  it('ends with Ctrl-C, as a key or as a signal', async () => {
    for (const end of ['key', 'signal']) {
      const { terminal, ended, until } = watch(demo, 'top')
      await until(/by running/)
      if (end === 'key') terminal.press('\u0003')
      else terminal.interrupt()
      equal(await ended, 0)
      ok(terminal.out.endsWith(LEFT))
    }
  })

  it('of a node that dies gives the screen back, says so and ends with 3', async () => {
    const other = await Demo.start('dying')
    const { terminal, ended, until } = watch(other, 'top', '--every', '50ms', '--timeout', '20s')
    await until(/by running/)
    other.child.kill('SIGKILL')
    equal(await ended, 3)
    ok(terminal.out.endsWith(LEFT))
    match(terminal.notes, /^Error: (NO_CONNECTION|NO_ROUTE|PORT_FAILED): /)
    ok(terminal.isReleased)
    other.stop()
  })
})

// The last one: what is logged within a second of it may be left out, too.
describe('logs -f of a node that logs very much', () => {
  it('in a storm tells how much was left out', async () => {
    const { terminal, ended, until } = watch(
      demo,
      'logs',
      '-f',
      '--per-second',
      '5',
      '--search',
      'flood',
    )
    // It follows once the records from before are asked for: those of a first, small flood.
    await demo.type('call', 'stock', 'flood', '1', '--one-way', '--manage')
    await until(/flood 0/)
    await demo.type('call', 'stock', 'flood', '3000', '--one-way', '--manage')
    await until(/2,99\d left out/)
    terminal.interrupt()
    equal(await ended, 0)
    ok(terminal.out.split('\n').length < 20)
  })
})
