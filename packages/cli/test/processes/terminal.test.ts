/**
 * processes/terminal: every command at a real node in another process.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Demo } from './demo.js'

let demo: Demo
before(async () => {
  demo = await Demo.start('terminal')
})
after(() => demo.stop())

describe('nodes', () => {
  it('lists the node it enters by, with how it is', async () => {
    const rows = (await demo.json('nodes')) as { node: string; state: string; processes: number }[]
    const row = rows.find(({ node }) => node === demo.name)
    equal(row?.state, 'responding')
    ok((row?.processes ?? 0) >= 3)
  })

  it('is not one of them: it joins hidden', async () => {
    await demo.type('nodes')
    const rows = (await demo.json('nodes')) as { node: string }[]
    ok(!rows.some(({ node }) => node.startsWith('troupe-')))
  })
})

describe('a node that only others know', () => {
  const LIMIT = { timeout: 60_000 }
  it('is listed, asked by the way they tell, and told what is for all nodes', LIMIT, async () => {
    const far = await demo.beside('far')
    try {
      const elsewhere = ['--registrar-port', '4498']
      // The others hear of it a moment after it has begun.
      for (let isListed = false; !isListed; ) {
        const rows = (await demo.json('nodes', ...elsewhere)) as { node: string }[]
        isListed = rows.some(({ node }) => node === far.name)
      }
      const { code, out, notes } = await demo.type('ping', far.name, ...elsewhere)
      equal(code, 0, notes)
      ok(out.startsWith(far.name))
      equal((await demo.type('top', '--node', far.name)).code, 0)
      const everywhere = ['--all-nodes', '--manage', '--as', 'ops@localhost', ...elsewhere]
      const set = await demo.type('sampler', 'always', '--process', 'stock', ...everywhere)
      equal(set.code, 0, set.notes)
      deepEqual(set.out.trim().split('\n').sort(), [`${far.name}: set`, `${demo.name}: set`].sort())
      const own = (await demo.json('sampler')) as { scope: string; sampler: string }[]
      ok(own.some(({ scope, sampler }) => scope === 'process' && sampler === 'always'))
      const ended = await demo.type('sampler', 'none', '--process', 'stock', ...everywhere)
      equal(ended.code, 0, ended.notes)
      equal(((await demo.json('sampler')) as unknown[]).length, 1)
      const nobody = await demo.type('sampler', 'off', '--process', 'nobody', ...everywhere)
      equal(nobody.code, 1)
      match(nobody.out, /: no process of this name\n/)
    } finally {
      far.stop()
    }
  })
})

describe('sampler', () => {
  it('of all nodes needs a name, and a node that lets us', async () => {
    const unnamed = await demo.type('sampler', 'off', '--all-nodes', '--manage')
    equal(unnamed.code, 2)
    const named = ['sampler', 'off', '--process', 'stock', '--all-nodes']
    equal((await demo.type(...named)).code, 4)
    const refused = await demo.type(...named, '--manage')
    equal(refused.code, 4)
    match(refused.out, /: not set: NOT_ALLOWED: /)
  })
})

describe('ping', () => {
  it('tells how soon the loop of the node answers', async () => {
    const { code, out } = await demo.type('ping', demo.name)
    equal(code, 0)
    match(out, /answered in .* ms; its loop is late by .*; its clock differs by [+-]/)
  })

  it('reaches a node by its address alone', async () => {
    const address = `tcp://127.0.0.1:${demo.port}`
    const { out } = await demo.type('ping', '--connect', address)
    ok(out.startsWith(demo.name))
  })

  it('of nobody names what was tried, and ends with 3', async () => {
    const { code, notes } = await demo.type('ping', 'nobody@localhost')
    equal(code, 3)
    match(notes, /^Error: NO_ROUTE: .*nobody@localhost/)
    ok(!notes.includes(' at '))
  })

  it('with a cookie of somebody else says which file to mend', async () => {
    const { code, notes } = await demo.type('ping', '--cookie-file', '/nonexistent/cookie')
    equal(code, 3)
    match(notes, /There is no cookie file \/nonexistent\/cookie/)
  })
})

describe('call', () => {
  it('is refused without --manage, with a sentence, and ends with 4', async () => {
    const { code, notes } = await demo.type('call', 'stock', 'left')
    equal(code, 4)
    match(notes, /only looks unless it is told otherwise\.\nAdd --manage/)
  })

  it('prints what is answered, for a person and for a program', async () => {
    equal((await demo.type('call', 'stock', 'left', '--manage')).out, '3\n')
    equal(await demo.json('call', 'stock', 'left', '--manage'), 3)
  })

  it('sends a message one way, with its JSON', async () => {
    equal((await demo.type('call', 'stock', 'add', '2', '--one-way', '--manage')).code, 0)
    equal(await demo.json('call', 'stock', 'left', '--manage'), 5)
    equal((await demo.type('call', 'stock', 'add', '--one-way', '--manage', '--', '-2')).code, 0)
    equal(await demo.json('call', 'stock', 'left', '--manage'), 3)
  })

  it('of what fails there tells its code', async () => {
    const failed = await demo.type('call', 'stock', 'fail', '--manage')
    equal(failed.code, 1)
    match(failed.notes, /^Error: HANDLER_FAILED: /)
    ok(failed.terminal.isHarmless)
    const refused = await demo.type('call', 'stock', 'refuse', '--manage')
    equal(refused.code, 1)
    match(refused.out, /sold-out/)
    match((await demo.type('call', 'nobody', 'x', '--manage')).notes, /^Error: NAME_UNKNOWN/)
    match((await demo.type('call', 'stock', 'x', '--manage')).notes, /^Error: MESSAGE_UNKNOWN/)
  })

  it('refuses what is not JSON before anything is sent', async () => {
    const { code, notes } = await demo.type('call', 'stock', 'add', '{by:1}', '--manage')
    equal(code, 2)
    match(notes, /is not JSON/)
  })

  it('lets nothing hostile reach the terminal', async () => {
    const { code, out, terminal } = await demo.type('call', 'stock', 'hostile', '--manage')
    equal(code, 0)
    match(out, /red\\x1b\[31m\\x9b2J\\u\{202e\}forged\\nline/)
    ok(terminal.isHarmless)
    const json = await demo.type('call', 'stock', 'hostile', '--manage', '--json')
    ok(json.terminal.isHarmless)
    deepEqual(Object.keys(JSON.parse(json.out)).length, 2)
  })

  it('cuts a huge answer for a person, and gives all of it as JSON', async () => {
    const { out } = await demo.type('call', 'stock', 'huge', '3000000', '--manage')
    ok(out.length < 3_000)
    const all = (await demo.json('call', 'stock', 'huge', '3000000', '--manage')) as string
    equal(all.length, 3_000_000)
  })
})

describe('what is used, led and configured', () => {
  it('is a table for a person and a list for a program', async () => {
    for (const words of [['services'], ['leaders'], ['config', 'get']]) {
      const { code, out } = await demo.type(...words)
      equal(code, 0)
      match(out, /^[A-Z ]+\n/)
      ok(Array.isArray(await demo.json(...words)), words.join(' '))
    }
    equal((await demo.type('config', 'get', 'workers')).code, 1)
  })

  it('is changed on request, where the node lets and can', async () => {
    const put = ['config', 'put', 'workers', '8'] as const
    const plain = await demo.type(...put)
    equal(plain.code, 4)
    match(plain.notes, /Add --manage/)
    match((await demo.type(...put, '--manage')).notes, /^Error: NOT_ALLOWED/)
    const asked = await demo.type(...put, '--manage', '--as', 'ops@localhost')
    match(asked.notes, /^Error: CONFIG_FIXED: .*configFile/)
    equal((await demo.type('config', 'put', 'workers', '--manage')).code, 2)
    equal((await demo.type('config', 'put', 'workers', '{a}', '--manage')).code, 2)
    equal((await demo.type('config', 'delete', 'a', '1', '--manage')).code, 2)
  })
})

describe('tree', () => {
  it('draws the processes of an application below each other, restarts with them', async () => {
    const { code, out } = await demo.type('tree', 'shop')
    equal(code, 0)
    const drawn = out.replace(/ {2}\d+ {2}/g, '  #  ').split('\n')
    deepEqual(drawn.slice(1, 4), [
      '└─ shop',
      '   └─ shop-top  #  supervisor',
      '      └─ stock  #  stock  restarted 1x',
    ])
  })

  it('of an application that does not run says so', async () => {
    const { code, notes } = await demo.type('tree', 'nonsense')
    equal(code, 1)
    match(notes, /No process of an application nonsense runs/)
  })
})

describe('why', () => {
  it('explains a process by its name and by its pid, and says so when there is none', async () => {
    const { out, code } = await demo.type('why', demo.name, 'stock')
    equal(code, 0)
    match(out, /^stock: (no-messages|not-stuck|loop-blocked), /)
    match(out, /\n1\. /)
    const { verdict } = JSON.parse((await demo.type('why', demo.name, 'stock', '--json')).out)
    equal(verdict.node, demo.name)
    match((await demo.type('why', demo.name, 'nobody')).notes, /NAME_UNKNOWN/)
    equal((await demo.type('why', demo.name)).code, 2)
  })
})

describe('inspect', () => {
  it('tells what a process tells of itself, by its name, its number and its pid', async () => {
    const { out, terminal } = await demo.type('inspect', 'stock')
    match(out, /^stock {2}<terminal-\d+@localhost\.(\d+)>\nruns/)
    match(out, /left: 3, hostile: 'red\\x1b/)
    ok(terminal.isHarmless)
    const [, id = ''] = /\.(\d+)>/.exec(out) ?? []
    match((await demo.type('inspect', id)).out, /^stock/)
    match((await demo.type('inspect', `<${demo.name}.${id}>`)).out, /^stock/)
  })

  it('tells of the node itself', async () => {
    const { out } = await demo.type('inspect')
    match(out, /^terminal-\d+@localhost\nup .*\ntroupe/)
    match(out, /\nprogram +process \d+, Node /)
  })

  it('of nobody says what there is instead', async () => {
    const { code, notes } = await demo.type('inspect', 'nobody')
    equal(code, 1)
    match(notes, /^Error: NAME_UNKNOWN: .*\nSee which names there are: troupe tree/)
  })
})

describe('figures, connection and profile', () => {
  it('tell what a node counts, keeps of the last hour and knows of who asks', async () => {
    match((await demo.type('figures')).out, /\nmessages +\d+ sent, \d+ handled/)
    match((await demo.type('figures', '--hour')).out, /\nprocesses +/)
    const { out } = await demo.type('connection', demo.name, '--as', 'looker')
    match(out, /^PEER +STATE/)
    match(out, /\nlooker@\S+ +up/)
    equal((await demo.type('connection', demo.name, 'nobody@localhost')).code, 3)
  })

  it('profile only those nodes that let this terminal change them', async () => {
    const { code, notes } = await demo.type('profile')
    equal(code, 4)
    match(notes, /Add --manage/)
  })
})

describe('app', () => {
  it('lists what is loaded', async () => {
    const { out } = await demo.type('app', 'list')
    match(out, /\nshop +running/)
    match(out, /\nspare +loaded/)
  })

  it('changes nothing without --manage', async () => {
    const { code, notes } = await demo.type('app', 'start', 'spare')
    equal(code, 4)
    match(notes, /starts an application/)
    match((await demo.type('app', 'list')).out, /\nspare +loaded/)
  })

  it('starts and stops what the node allows, and nothing else', async () => {
    const started = await demo.type('app', 'start', 'spare', '--mode', 'transient', '--manage')
    equal(started.code, 0, started.notes)
    match((await demo.type('app', 'list')).out, /\nspare +running +transient/)
    const stopped = await demo.type('app', 'stop', 'spare', '--manage')
    equal(stopped.out, `spare is stopped on ${demo.name}\n`)
    const { code, notes } = await demo.type('app', 'stop', 'shop', '--manage')
    equal(code, 4)
    match(notes, /^Error: NOT_ALLOWED: .*\n.*allowApplication/)
  })
})

describe('spawn', () => {
  it('starts what the node lets others spawn, and prints its pid', async () => {
    const { code, out, notes } = await demo.type('spawn', demo.name, 'worker', '--manage')
    equal(code, 0, notes)
    match(out, /^<terminal-\d+@localhost\.\d+>\n$/)
    match((await demo.type('inspect', out.trim())).out, /state +idle/)
  })

  it('of anything else is refused by the node, and without --manage by itself', async () => {
    const { code, notes } = await demo.type('spawn', demo.name, 'nonsense', '--manage')
    equal(code, 4)
    match(notes, /^Error: SPAWN_UNKNOWN: /)
    equal((await demo.type('spawn', demo.name, 'worker')).code, 4)
    equal((await demo.type('spawn', demo.name, 'worker', '--args', '{}', '--manage')).code, 2)
  })
})

describe('exit and kill', () => {
  it('are refused without --manage', async () => {
    for (const verb of ['exit', 'kill']) equal((await demo.type(verb, 'stock')).code, 4)
  })

  it('are refused by a node that does not let us, with its last word', async () => {
    for (const verb of ['exit', 'kill']) {
      const { code, notes } = await demo.type(verb, 'stock', '--manage')
      equal(code, 4, notes)
      match(notes, /^Error: NOT_ALLOWED: .*\nThe node itself decides/)
    }
  })

  it('end a process, by its name or its number, where the node lets us', async () => {
    const mine = ['--manage', '--as', 'ops']
    const { out } = await demo.type('spawn', demo.name, 'worker', '--name', 'w1', '--manage')
    const [, id = ''] = /\.(\d+)>/.exec(out) ?? []
    const told = await demo.type('exit', 'w1', 'shutdown', ...mine)
    equal(told.code, 0, told.notes)
    equal((await demo.type('inspect', id)).code, 1)
    await demo.type('spawn', demo.name, 'worker', '--name', 'w2', '--manage')
    const killed = await demo.type('kill', 'w2', ...mine)
    equal(killed.code, 0, killed.notes)
    match((await demo.type('inspect', 'w2')).notes, /NAME_UNKNOWN/)
    match((await demo.type('exit', '99999', ...mine)).notes, /PROCESS_UNKNOWN/)
    equal((await demo.type('exit', '99999', ...mine)).code, 1)
  })
})

describe('logs and dead letters', () => {
  it('are the last ones, the newest below', async () => {
    for (const text of ['first', 'second\u001b[2J\nforged']) {
      const payload = JSON.stringify({ level: 'warning', text })
      await demo.type('call', 'stock', 'say', payload, '--one-way', '--manage')
    }
    const { out, terminal } = await demo.type('logs', '-n', '2', '--level', 'warning')
    const lines = out.split('\n')
    match(lines[0] ?? '', /^\d\d:\d\d:\d\d\.\d{3} warning stock \d+ first field=red\\x1b/)
    match(lines[1] ?? '', /warning stock \d+ second\\x1b\[2J field=/)
    match(lines[2] ?? '', /^ +│ forged$/)
    ok(terminal.isHarmless)
    const none = await demo.type('logs', '--search', 'nobody said this')
    equal(none.out, 'no record that fits is kept\n')
  })

  it('of a cause alone, with the totals of all', async () => {
    await demo.type('call', 'stock', 'unheard-of', '--one-way', '--manage')
    const { out } = await demo.type('dead-letters', '--cause', 'message-unknown')
    match(out, /\nmessage-unknown +\d+\n/)
    match(out, /message-unknown unheard-of - -> <terminal-/)
    const page = (await demo.json('dead-letters')) as { dropped: Record<string, number> }
    ok((page.dropped['message-unknown'] ?? 0) > 0)
  })
})

describe('completion', () => {
  /** Nobody who types waits long: what a busy machine takes longer for is asked again. */
  const complete = async (...words: string[]): Promise<readonly string[]> => {
    for (;;) {
      const { out } = await demo.type('__complete', '--', ...words)
      if (out !== '') return out.split('\n').filter((word) => word !== '')
    }
  }
  const LIMIT = { timeout: 30_000 }

  it('asks the node for its applications, processes and its own name', LIMIT, async () => {
    deepEqual(await complete('tree', ''), ['shop', 'spare', 'system'])
    deepEqual(await complete('inspect', 'sto'), ['stock'])
    ok((await complete('ping', 'term')).includes(demo.name))
  })
})

describe('a command', () => {
  it('under --json tells its failure as JSON, too', async () => {
    const { code, notes } = await demo.type('ping', 'nobody@localhost', '--json')
    const { error } = JSON.parse(notes)
    deepEqual([error.code, error.exitCode, code], ['NO_ROUTE', 3, 3])
  })

  it('in which a number cannot be is refused before a node is asked', async () => {
    for (const typed of [
      ['ping', '--count', '0'],
      ['tree', '--limit', '1e9'],
      ['logs', '--lines', 'x'],
      ['top', '--every', '5'],
      ['nodes', '--registrar-port', '70000'],
    ]) {
      equal((await demo.type(...typed)).code, 2, typed.join(' '))
    }
  })
})
