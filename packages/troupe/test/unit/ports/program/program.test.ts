/** ports/program: an external program as a process, with real programs. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type ExitReason, supervisor, TroupeError } from 'troupe'
import { programPort } from '#ports'
import type { ProgramOptions } from '#ports/program/options'
import {
  emptyTold,
  isAlive,
  lineKeeper,
  run,
  script,
  shell,
  startedNode,
} from '#test/unit/ports/program/program-kit'
import { until } from '#test/unit/ports/web/web-kit'

const codeOf = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return TroupeError.is(cause) ? cause.code : String(error)
}

const wordOf = (reason: ExitReason): string =>
  typeof reason === 'object' && reason.kind === 'custom' ? reason.name : JSON.stringify(reason)

describe('a program', { timeout: 180_000 }, () => {
  it('is told of as it starts, line by line, and as it ends', async (t) => {
    const { node, told, program } = await run(t, {
      ...shell('echo one; echo; printf three'),
      tag: 'counting',
    })
    assert.equal(await node.ended(program), 'normal')
    await until(() => told.ended.length === 1)
    assert.deepEqual(told.all, ['line one', 'line ', 'line three'])
    const [started] = told.started
    assert.deepEqual([started?.program, started?.tag, started?.again], [program, 'counting', false])
    assert.deepEqual(told.ended, [
      {
        program,
        tag: 'counting',
        end: 'program-done',
        exitCode: 0,
        signal: undefined,
        undeliveredBytes: 0,
      },
    ])
  })

  it('has its standard error told apart', async (t) => {
    const { node, told, program } = await run(t, shell('echo out; echo err >&2'))
    await node.ended(program)
    assert.deepEqual([...told.all].sort(), ['error err', 'line out'])
  })

  it('is written to, and ends when its input does', async (t) => {
    const { node, told, program } = await run(t, { command: 'cat' })
    node.send(program, 'send', 'one\ntw')
    assert.equal(await node.call(program, 'write', Buffer.from('o\n')), 2)
    await until(() => told.all.length === 2)
    const { inputBytes, queuedBytes, outputs, outputBytes } = await node.call(program, 'counters')
    assert.deepEqual([inputBytes, queuedBytes, outputs, outputBytes], [8, 0, 2, 8])
    node.send(program, 'endInput')
    assert.equal(await node.ended(program), 'normal')
    assert.deepEqual(told.all, ['line one', 'line two'])
  })

  it('is handed its arguments as they are: no shell reads them', async (t) => {
    const args = ['%s|', '$HOME', '; echo no', '*', "it's", '']
    const { node, told, program } = await run(t, { command: 'printf', args })
    await node.ended(program)
    assert.deepEqual(told.all, [`line ${args.slice(1).join('|')}|`])
  })

  it('has only the environment it is given: inherited, of the process, explicit', async (t) => {
    const node = await startedNode(t)
    const told = emptyTold()
    await node.spawn(lineKeeper(told), { name: 'reader' })
    process.env['TROUPE_TEST_VARIABLE'] = 'inherited'
    t.after(() => delete process.env['TROUPE_TEST_VARIABLE'])
    const show = shell('echo "$TROUPE_TEST_VARIABLE,$other,$third"')
    const runs: readonly Partial<ProgramOptions>[] = [
      {},
      { inheritEnv: true },
      { inheritEnv: true, processEnv: ['TROUPE_TEST_VARIABLE', 'other', 'absent'] },
      { processEnv: ['other'], env: { other: 'explicit', third: '3' } },
    ]
    for (const options of runs) {
      const program = await node.spawn(programPort, {
        env: { TROUPE_TEST_VARIABLE: 'of the process', other: 7 },
        args: [{ ...show, reader: 'reader', ...options }],
      })
      await node.ended(program)
    }
    assert.deepEqual(told.all, [
      'line ,,',
      'line inherited,,',
      'line of the process,7,',
      'line ,explicit,3',
    ])
  })

  it('runs in the folder it is given', async (t) => {
    const cwd = await mkdtemp(join(tmpdir(), 'troupe-program-'))
    t.after(() => rm(cwd, { recursive: true }))
    await writeFile(join(cwd, 'here'), '')
    const { node, told, program } = await run(t, { command: 'ls', cwd })
    await node.ended(program)
    assert.deepEqual(told.all, ['line here'])
  })

  it('that is not there is a coded error of the spawn', async (t) => {
    const node = await startedNode(t)
    const folder = await mkdtemp(join(tmpdir(), 'troupe-program-'))
    t.after(() => rm(folder, { recursive: true }))
    const text = join(folder, 'text')
    await writeFile(text, 'no program', { mode: 0o644 })
    const codes: string[] = []
    const wrong: readonly ProgramOptions[] = [
      { command: 'no-such-program-anywhere' },
      { command: './no-such-program' },
      { command: text },
      { command: 'cat', cwd: join(folder, 'absent') },
      { command: '' },
      { command: 'cat', args: ['\0'] },
      { command: 'cat', env: { 'A=B': 'c' } },
      { command: 'cat', output: { kind: 'rows' } as never },
      { command: 'cat', writeQueueBytesMax: 0 },
    ]
    for (const options of wrong) {
      const spawned = node.spawn(programPort, { args: [{ reader: 'reader', ...options }] })
      await spawned.catch((error: unknown) => codes.push(codeOf(error)))
    }
    assert.deepEqual(codes, [
      'PROGRAM_NOT_FOUND',
      'PROGRAM_NOT_FOUND',
      'PROGRAM_FAILED',
      ...new Array<string>(6).fill('OPTION_INVALID'),
    ])
  })

  it('ends its process with a reason that tells how it ended', async (t) => {
    const failing = await run(t, shell('exit 3'))
    const reason = await failing.node.ended(failing.program)
    assert.equal(wordOf(reason), 'program-failed')
    assert.deepEqual(typeof reason === 'object' && reason.kind === 'custom' && reason.detail, {
      command: 'sh',
      tag: undefined,
      exitCode: 3,
      signal: undefined,
    })
    await until(() => failing.told.ended.length === 1)
    assert.equal(failing.told.ended[0]?.exitCode, 3)
  })

  it('that is killed from outside is started again by its supervisor', async (t) => {
    const node = await startedNode(t)
    const told = emptyTold()
    await node.spawn(lineKeeper(told), { name: 'reader' })
    const args = [{ command: 'cat', reader: 'reader' }] as const
    await node.spawnAny(
      supervisor({ children: [{ name: 'cat', start: programPort, restart: 'transient', args }] }),
    )
    await until(() => told.started.length === 1)
    process.kill(told.started[0]?.osPid as number, 'SIGKILL')
    await until(() => told.started.length === 2)
    const [ended] = told.ended
    assert.deepEqual([ended?.end, ended?.signal], ['program-signalled', 'SIGKILL'])
    assert.notEqual(told.started[0]?.osPid, told.started[1]?.osPid)
  })

  it('is asked to end: its input closes and it gets SIGTERM', async (t) => {
    const { node, told, program } = await run(
      t,
      script(`
        const told = new Set()
        const tell = (word) => { console.log(word); if (told.add(word).size === 2) process.exit(0) }
        process.stdin.resume().on('end', () => tell('input closed'))
        process.on('SIGTERM', () => tell('asked'))
        setInterval(() => {}, 60_000)
        console.log('ready')
      `),
    )
    await until(() => told.all.length === 1)
    node.exit(program, 'shutdown')
    assert.equal(await node.ended(program), 'shutdown')
    await until(() => told.ended.length === 1)
    assert.deepEqual([...told.all].sort(), ['line asked', 'line input closed', 'line ready'])
    assert.deepEqual([told.ended[0]?.end, told.ended[0]?.exitCode], ['stopped', 0])
  })

  it('that ignores SIGTERM is killed after its time', async (t) => {
    const ignoring = shell("trap '' TERM; echo ready; while :; do sleep 1; done")
    const { node, told, program } = await run(t, { ...ignoring, stopTimeoutMs: 100 })
    await until(() => told.all.length === 1)
    node.exit(program, 'shutdown')
    await node.ended(program)
    await until(() => told.ended.length === 1)
    assert.deepEqual([told.ended[0]?.end, told.ended[0]?.signal], ['stopped', 'SIGKILL'])
    assert.equal(isAlive(told.started[0]?.osPid as number), false)
  })

  it('ends at once, with all it has started, when its process is killed', {
    timeout: 30_000,
  }, async (t) => {
    const { node, told, program } = await run(t, shell('sleep 600 & echo $!; wait'))
    await until(() => told.all.length === 1)
    const child = Number(told.all[0]?.slice('line '.length))
    assert.ok(isAlive(child))
    node.kill(program)
    await until(() => !isAlive(child) && !isAlive(told.started[0]?.osPid as number))
  })

  it('takes what it has left behind with it when it exits', async (t) => {
    const { node, told, program } = await run(t, shell('sleep 600 & echo $!'))
    assert.equal(await node.ended(program), 'normal')
    const child = Number(told.all[0]?.slice('line '.length))
    await until(() => !isAlive(child))
  })

  it('waits with its output while its reader has no room, and loses nothing', async (t) => {
    const count = 60_000
    let open: (() => void) | undefined
    const isOpen = new Promise<void>((resolve) => {
      open = resolve
    })
    t.after(() => open?.())
    const { node, told, program } = await run(
      t,
      { command: 'seq', args: ['1', String(count)] },
      { hold: () => isOpen, mailbox: { lengthMax: 10 } },
    )
    // As much as fits pipes and buffers was read; after that nothing moves.
    let before = -1
    for (;;) {
      const { outputBytes } = await node.call(program, 'counters')
      if (outputBytes === before && outputBytes > 0) break
      before = outputBytes
      for (let turn = 0; turn < 50; turn += 1) await new Promise((next) => setImmediate(next))
    }
    assert.ok(before <= 4 * 65_536, `${before} bytes were read`)
    open?.()
    assert.equal(await node.ended(program), 'normal')
    await until(() => told.ended.length === 1)
    assert.equal(told.all.length, count)
    assert.deepEqual([told.all[0], told.all.at(-1)], ['line 1', `line ${count}`])
  })

  it('that never reads its input is stuck once too much waits', async (t) => {
    const { node, told, program } = await run(t, {
      ...shell('sleep 600'),
      writeQueueBytesMax: 100_000,
    })
    const bytes = Buffer.alloc(50_000)
    let refused: unknown
    while (refused === undefined) {
      const written = node.call(program, 'write', bytes)
      written.catch((error: unknown) => {
        refused ??= error
      })
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.equal(codeOf(refused), 'WRITE_REFUSED')
    const { queuedBytes, refusedBytes } = await node.call(program, 'counters')
    assert.ok(queuedBytes > 0 && queuedBytes <= 100_000)
    assert.ok(refusedBytes >= bytes.length)
    node.send(program, 'send', bytes)
    assert.equal(wordOf(await node.ended(program)), 'input-stuck')
    await until(() => told.ended.length === 1)
    assert.equal(told.ended[0]?.end, 'input-stuck')
  })

  it('that has closed its input refuses a write, and goes on', async (t) => {
    const { node, told, program } = await run(t, shell('exec <&-; echo closed; sleep 600'))
    await until(() => told.all.length === 1)
    let refused: unknown
    while (refused === undefined) {
      await node.call(program, 'write', 'x').catch((error: unknown) => {
        refused = error
      })
    }
    assert.equal(codeOf(refused), 'WRITE_REFUSED')
    node.send(program, 'send', 'y')
    assert.ok((await node.call(program, 'counters')).refusedBytes >= 2)
    assert.equal(told.ended.length, 0)
  })

  it('has its characters whole, wherever a read ends', async (t) => {
    const { node, told, program } = await run(
      t,
      script(`
        const bytes = Buffer.from('h\\u00e4 \\u20ac \\u{1f600}\\n')
        const next = (at) => {
          if (at === bytes.length) return process.stdout.write(Buffer.from([0x61, 0xc3, 0x0a]))
          process.stdout.write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1))
        }
        next(0)
      `),
    )
    await node.ended(program)
    assert.deepEqual(told.all, ['line h\u00e4 \u20ac \u{1f600}', 'line a\ufffd'])
  })

  it('ends with a line above the limit, which is counted', async (t) => {
    const { node, told, program } = await run(t, {
      ...shell('echo ok; head -c 2000 /dev/zero; sleep 600'),
      output: { kind: 'lines', lineBytesMax: 1_000 },
    })
    assert.equal(wordOf(await node.ended(program)), 'output-too-large')
    await until(() => told.ended.length === 1)
    assert.deepEqual(told.all, ['line ok'])
  })

  it('has lines that end as it says', async (t) => {
    const { node, told, program } = await run(t, {
      ...shell("printf 'a\\0b\\nc\\0d'"),
      output: { kind: 'lines', delimiter: '\0' },
    })
    await node.ended(program)
    assert.deepEqual(told.all, ['line a', 'line b\nc', 'line d'])
  })

  it('is read and written in bytes, framed both ways', async (t) => {
    const { node, told, program } = await run(t, {
      command: 'cat',
      output: { kind: 'binary', chunking: { kind: 'length', lengthBytes: 2 } },
      framing: 'both',
    })
    node.send(program, 'send', Buffer.from([1, 2, 3]))
    node.send(program, 'send', '')
    const large = Buffer.alloc(70_000)
    await assert.rejects(node.call(program, 'write', large), (e) => codeOf(e) === 'CHUNK_REFUSED')
    await until(() => told.all.length === 2)
    assert.deepEqual(told.all, ['010203', ''])
    node.send(program, 'endInput')
    assert.equal(await node.ended(program), 'normal')
  })

  it('has what is left of a chunk counted as undelivered', async (t) => {
    const { node, told, program } = await run(t, {
      ...shell('printf abcde'),
      output: { kind: 'binary', chunking: { kind: 'fixed', chunkBytes: 3 } },
    })
    await node.ended(program)
    await until(() => told.ended.length === 1)
    assert.deepEqual([told.all, told.ended[0]?.undeliveredBytes], [['616263'], 2])
  })

  it('is given signals', async (t) => {
    const { node, told, program } = await run(
      t,
      shell("trap 'echo hup' HUP; echo ready; while :; do sleep 0.05; done"),
    )
    await until(() => told.all.length === 1)
    node.send(program, 'signal', 'SIGHUP')
    node.send(program, 'signal', 'SIGNONSENSE' as never)
    await until(() => told.all.length === 2)
    assert.deepEqual(told.all, ['line ready', 'line hup'])
    assert.equal(node.info().account.dropped['message-refused'], 1)
  })

  it('goes on while its reader is started again, which is told of it', async (t) => {
    const { node, told, program } = await run(t, { command: 'cat' })
    await until(() => told.started.length === 1)
    const reader = node.whereis('reader')
    assert.ok(reader)
    node.kill(reader)
    await node.ended(reader)
    node.send(program, 'send', 'meanwhile\n')
    const next = emptyTold()
    await node.spawn(lineKeeper(next), { name: 'reader' })
    await until(() => next.all.length === 1)
    assert.deepEqual([next.started[0]?.again, next.all], [true, ['line meanwhile']])
  })

  it('ends when nobody comes to read it in time', async (t) => {
    const node = await startedNode(t)
    const program = await node.spawn(programPort, {
      args: [{ command: 'cat', reader: 'nobody', readerTimeoutMs: 30 }],
    })
    assert.equal(wordOf(await node.ended(program)), 'reader-gone')
  })
})
