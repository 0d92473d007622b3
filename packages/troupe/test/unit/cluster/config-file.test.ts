/**
 * A configuration file that is watched: what it tells, and when, in virtual time.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FileConfig } from '#cluster/config/file-config'
import { linkPlaces } from '#cluster/config/link-places'
import { type Logger, TroupeError } from '#contract'
import { FakeFiles } from '#test/unit/cluster/fake-files'
import { virtualClock } from '#testing'

const PATH = '/etc/app/troupe.config.json'
const global = (items: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ global: items })

interface Line {
  readonly level: string
  readonly message: string
  readonly fields: unknown
}

function stage(path = PATH, pollMs?: number) {
  const files = new FakeFiles()
  const clock = virtualClock()
  const told: unknown[] = []
  const lines: Line[] = []
  const write =
    (level: string) =>
    (message: string, fields: unknown): void =>
      void lines.push({ level, message, fields })
  const log = { info: write('info'), warning: write('warning') } as unknown as Logger
  const config = new FileConfig({
    ...{ node: 'web1@host', path, pollMs, clock, log, files },
    tell: (event) => told.push(event),
  })
  /** Starts, and lets the looks pass that belong to it. */
  const start = async (): Promise<void> => {
    await config.start()
    await clock.advance(50)
  }
  return { files, clock, told, lines, config, start }
}

const updated = (item: string, value: unknown, before?: unknown) => ({
  kind: 'config-updated',
  ...{ item, value, before },
})

describe('a configuration file', () => {
  it('is written at the place that is named, and keeps all else', async () => {
    const { files, clock, told, config, start } = stage()
    files.write(PATH, '{ "nodes": { "web1": { "port": 1 } }, "global": { "level": "info" } }')
    await start()
    const node = 'web1@host'
    assert.equal(await config.change({ item: 'port', level: 'node', node, value: 8080 }), false)
    assert.equal(await config.change({ item: 'big', level: 'global', value: 2n ** 70n }), false)
    assert.equal(await config.change({ item: 'name', level: 'cluster', value: 'int:5' }), false)
    await clock.advance(20)
    assert.deepEqual(config.config(), {
      ...{ port: 8080, level: 'info', big: 2n ** 70n, name: 'int:5' },
    })
    assert.equal(told.length, 3)
    assert.equal(await config.change({ item: 'port', level: 'node', node }), true)
    assert.equal(await config.change({ item: 'port', level: 'node', node }), false)
    await clock.advance(20)
    assert.equal(config.config()['port'], 1)
    const { text } = (await files.read(PATH)) as { readonly text: string }
    assert.deepEqual(JSON.parse(text), {
      nodes: { web1: { port: 1 } },
      global: { level: 'info', big: `int:${2n ** 70n}` },
      cluster: { '*': { name: 'string:int:5' } },
    })
  })

  it('is made when there is none, and is not written while it has a fault', async () => {
    const { files, clock, config, start } = stage()
    await start()
    const change = { item: 'port', level: 'global', value: 1 } as const
    assert.equal(await config.change(change), false)
    await clock.advance(20)
    assert.deepEqual(config.config(), { port: 1 })
    files.write(PATH, '{ "global": { "port": 2, } }')
    await assert.rejects(config.change({ ...change, value: 3 }), { code: 'CONFIG_FIXED' })
    assert.match(String(((await files.read(PATH)) as { text: string }).text), /2, }/)
    files.fail(PATH, 'it is above the limit')
    await assert.rejects(config.change({ ...change, value: 3 }), { code: 'CONFIG_FIXED' })
  })

  it('is read when the node starts, and nothing is told of it', async () => {
    const { files, told, config, start } = stage()
    files.write(PATH, global({ port: 8080 }))
    await start()
    assert.deepEqual(config.config(), { port: 8080 })
    assert.deepEqual(told, [])
  })

  it('is read again at once when it changes, and the difference is told', async () => {
    const { files, clock, told, start } = stage()
    files.write(PATH, global({ port: 8080, level: 'info' }))
    await start()
    files.write(PATH, global({ port: 9090, level: 'info' }))
    await clock.advance(10)
    assert.deepEqual(told, [updated('port', 9090, 8080)])
  })

  it('is read once for many changes at a time', async () => {
    const { files, clock, told, start } = stage()
    files.write(PATH, global({ port: 0 }))
    await start()
    const before = files.reads
    for (let port = 1; port <= 50; port += 1) files.write(PATH, global({ port }))
    await clock.advance(100)
    assert.equal(files.reads - before, 1)
    assert.deepEqual(told, [updated('port', 50, 0)])
  })

  it('is found by looking when nobody tells its changes', async () => {
    const { files, clock, told, start } = stage(PATH, 500)
    files.mute = true
    files.write(PATH, global({ port: 1 }))
    await start()
    files.write(PATH, global({ port: 2 }))
    await clock.advance(499)
    assert.deepEqual(told, [updated('port', 2, 1)])
  })

  it('may come later, with the directory it is in', async () => {
    const { files, clock, told, lines, config, start } = stage()
    files.write('/etc/other', '')
    await start()
    assert.match(lines[0]?.message ?? '', /is not there; it is read when it comes/)
    files.write(PATH, global({ port: 1 }))
    await clock.advance(10)
    assert.deepEqual(told, [updated('port', 1)])
    assert.deepEqual(config.refused(), {})
  })

  it('is not told as gone while an editor puts another one in its place', async () => {
    const { files, clock, told, start } = stage()
    files.write(PATH, global({ port: 1 }))
    await start()
    files.remove(PATH)
    await clock.advance(40)
    files.write(PATH, global({ port: 2 }))
    await clock.advance(200)
    assert.deepEqual(told, [updated('port', 2, 1)])
  })

  it('leaves its values in force when it is gone, and says so once', async () => {
    const { files, clock, told, config, start } = stage()
    files.write(PATH, global({ port: 1 }))
    await start()
    files.remove(PATH)
    await clock.advance(60_000)
    const problem = `${PATH}: the file is gone`
    assert.deepEqual(told, [{ kind: 'config-invalid', item: '', problem }])
    assert.deepEqual(config.config(), { port: 1 })
    files.write(PATH, global({}))
    await clock.advance(10)
    assert.deepEqual(told.slice(1), [updated('port', undefined, 1)])
  })

  it('leaves its values in force when it has a fault, told by line and column, once', async () => {
    const { files, clock, told, lines, config, start } = stage()
    files.write(PATH, global({ port: 1 }))
    await start()
    files.write(PATH, '{\n  "global": { "port": 2, }\n}')
    await clock.advance(60_000)
    const problem = `${PATH}: line 2 column 26: a key in double quotes is missing`
    assert.deepEqual(told, [{ kind: 'config-invalid', item: '', problem }])
    assert.deepEqual(config.config(), { port: 1 })
    assert.deepEqual(config.refused(), { CONFIG_INVALID: 1 })
    assert.deepEqual(lines, [
      {
        level: 'warning',
        message: 'the configuration cannot be read; the old values go on',
        fields: { code: 'CONFIG_INVALID', file: PATH, item: '', problem },
      },
    ])
    files.write(PATH, global({ port: 2 }))
    await clock.advance(10)
    assert.deepEqual(told.slice(1), [updated('port', 2, 1)])
    assert.match(lines.at(-1)?.message ?? '', /is well again/)
  })

  it('is not told as wrong while somebody is in the middle of writing', async () => {
    const { files, clock, told, start } = stage()
    const whole = global({ port: 2, level: 'debug' })
    files.write(PATH, global({ port: 1 }))
    await start()
    for (let length = 0; length <= whole.length; length += 1) {
      files.write(PATH, whole.slice(0, length))
      await clock.advance(30)
    }
    await clock.advance(10_000)
    assert.deepEqual(told, [updated('port', 2, 1), updated('level', 'debug')])
  })

  it('tells an entry with a bad value, keeps what it said, and takes all the others', async () => {
    const { files, clock, told, config, start } = stage()
    files.write(PATH, global({ port: 'int:1', workers: 4 }))
    await start()
    files.write(PATH, global({ port: 'int:x', workers: 8 }))
    await clock.advance(10)
    const problem = '"x" is not a whole number'
    const invalid = { kind: 'config-invalid', item: 'port', problem }
    assert.deepEqual(told, [invalid, updated('workers', 8, 4)])
    assert.deepEqual(config.config(['port', 'workers']), { port: 1, workers: 8 })
    assert.deepEqual(config.refused(), { CONFIG_INVALID: 1 })
  })

  it('tells what the reader refuses', async () => {
    const { files, clock, told, start } = stage()
    files.fail(PATH, 'it is above the limit of 1048576 bytes')
    await start()
    await clock.advance(50)
    assert.match(JSON.stringify(told), /above the limit/)
  })

  it('is left alone when the node has stopped', async () => {
    const { files, clock, told, config, start } = stage()
    files.write(PATH, global({ port: 1 }))
    await start()
    files.write(PATH, global({ port: 2 }))
    config.stop()
    await clock.advance(10_000)
    assert.deepEqual(told, [])
    assert.deepEqual(files.watched, [])
    assert.equal(clock.pending(), 0)
  })

  it('has a path, and a poll that is not too often', () => {
    for (const [path, pollMs] of [
      ['', 1000],
      ['a\u0000b', 1000],
      [PATH, 0],
      [PATH, Number.NaN],
    ] as const)
      assert.throws(
        () => stage(path, pollMs),
        (error) => error instanceof TroupeError && error.code === 'OPTION_INVALID',
      )
  })
})

describe('links on the way to a file', () => {
  it('are watched where they stand, as those of a Kubernetes config map', async () => {
    const { files, clock, told, config, start } = stage('/config/troupe.config.json')
    files.write('/config/..1/troupe.config.json', global({ port: 1 }))
    files.write('/config/..2/troupe.config.json', global({ port: 2 }))
    files.link('/config/..data', '..1')
    files.link('/config/troupe.config.json', '..data/troupe.config.json')
    await start()
    assert.deepEqual(config.config(), { port: 1 })
    files.link('/config/..data', '..2')
    await clock.advance(10)
    assert.deepEqual(told, [updated('port', 2, 1)])
    await clock.advance(100)
    assert.deepEqual(files.watched, ['/config', '/config/..2'])
  })

  it('of a directory may turn, as a deployment does it', async () => {
    const { files, clock, told, start } = stage('/srv/current/etc/troupe.config.json')
    files.write('/srv/releases/1/etc/troupe.config.json', global({ port: 1 }))
    files.write('/srv/releases/2/etc/troupe.config.json', global({ port: 2 }))
    files.link('/srv/current', '/srv/releases/1')
    await start()
    files.link('/srv/current', '/srv/releases/2')
    await clock.advance(10)
    assert.deepEqual(told, [updated('port', 2, 1)])
  })

  it('make no circle that is followed for ever', async () => {
    const places = await linkPlaces('/a/b', async (path) =>
      path === '/a' ? { kind: 'other' } : { kind: 'link', target: 'b' },
    )
    assert.deepEqual([...places.keys()], ['/a'])
  })

  it('are not needed to see that other names of the directory do not matter', async () => {
    const { files, clock, start } = stage()
    files.write(PATH, global({ port: 1 }))
    await start()
    const before = files.reads
    files.write('/etc/app/data.log', 'x')
    await clock.advance(100)
    assert.equal(files.reads, before)
    files.tell(PATH, undefined)
    await clock.advance(100)
    assert.equal(files.reads, before + 1)
  })
})
