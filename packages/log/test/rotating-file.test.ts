/**
 * Rotating files on a real disk: nothing is lost, old files leave, the end is clean.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { type RotatingFileOptions, rotatingFileSink } from '@troupe/log'
import { type LogRecord, TroupeError } from 'troupe'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-log-'))
})

afterEach(() => rm(folder, { recursive: true }))

const record = (number: number, fields: LogRecord['fields'] = {}): LogRecord => ({
  timeMs: number,
  level: 'info',
  source: { kind: 'node', node: 'shop@localhost' },
  message: `record ${number}`,
  fields,
  pinned: undefined,
})

const open = (options: Partial<RotatingFileOptions> = {}) =>
  rotatingFileSink({ path: join(folder, 'shop.log'), ...options })

const names = async (): Promise<readonly string[]> => (await readdir(folder)).sort(byNumber)

const numberOf = (name: string): number => Number(/\.(\d+)\.log/.exec(name)?.[1])
const byNumber = (left: string, right: string): number => numberOf(left) - numberOf(right)

/** All lines of all files, oldest file first. */
async function lines(): Promise<readonly string[]> {
  const texts: string[] = []
  for (const name of await names()) {
    const bytes = await readFile(join(folder, name))
    texts.push((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString())
  }
  return texts.join('').split('\n').slice(0, -1)
}

/** Lets the event loop turn, so that files are opened and written in between. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Writes until so many files have been opened, or for ever if they never are. */
async function fill(
  sink: Awaited<ReturnType<typeof open>>,
  files: number,
  from = 0,
): Promise<number> {
  const seen = new Set<string>()
  let number = from
  while (seen.size < files) {
    sink.write(record(number, { padding: 'x'.repeat(50) }))
    number += 1
    await turn()
    seen.add(sink.file())
  }
  return number
}

describe('a file', () => {
  it('holds one record a line, without secrets, when it is closed', async () => {
    const sink = await open()
    sink.write(record(1, { user: 'ada', password: 'p' }))
    sink.write(record(2))
    await sink.close()
    await sink.close()
    assert.deepEqual(await names(), ['shop.1.log'])
    const [first, second] = (await lines()).map((line) => JSON.parse(line))
    assert.deepEqual(first, {
      time: '1970-01-01T00:00:00.001Z',
      level: 'info',
      node: 'shop@localhost',
      message: 'record 1',
      fields: { user: 'ada', password: '[redacted]' },
    })
    assert.equal(second.message, 'record 2')
  })

  it('is continued by the next run', async () => {
    for (const number of [1, 2]) {
      const sink = await open()
      sink.write(record(number))
      await sink.close()
    }
    assert.deepEqual(await names(), ['shop.1.log'])
    assert.equal((await lines()).length, 2)
  })

  it('and its folder are made, with the rights that are asked for', async () => {
    const sink = await open({ path: join(folder, 'a', 'b.c', 'shop'), mode: 0o600 })
    await sink.close()
    assert.equal(sink.file(), join(folder, 'a', 'b.c', 'shop.1.log'))
  })

  it('that cannot be opened is told by OPTION_INVALID', async () => {
    await writeFile(join(folder, 'plain'), '')
    const opening = open({ path: join(folder, 'plain', 'shop.log') })
    await assert.rejects(opening, (thrown) => {
      return TroupeError.is(thrown, 'OPTION_INVALID') && thrown.detail.option === 'path'
    })
  })

  it('refuses wrong options by name', async () => {
    const wrong: readonly [string, object][] = [
      ['path', { path: '' }],
      ['path', { path: 'a|b' }],
      ['period', { period: 'week' }],
      ['periodMs', { periodMs: 10 }],
      ['periodMs', { period: 'day', periodMs: 5_000 }],
      ['sizeBytes', { sizeBytes: 0 }],
      ['keep', { keep: -1 }],
      ['level', { level: 'loud' }],
      ['bufferedBytesMax', { bufferedBytesMax: 0 }],
    ]
    for (const [option, change] of wrong) {
      await assert.rejects(
        open(change),
        (thrown) => TroupeError.is(thrown, 'OPTION_INVALID') && thrown.detail.option === option,
        option,
      )
    }
  })
})

describe('rotation by size', () => {
  it('loses no record and keeps their order', async () => {
    const sink = await open({ sizeBytes: 2_000, keep: Number.POSITIVE_INFINITY })
    const written = await fill(sink, 10)
    await sink.close()
    const numbers = (await lines()).map((line) => Date.parse(JSON.parse(line).time))
    assert.deepEqual(numbers, [...Array(written).keys()])
    assert.ok((await names()).length >= 10)
  })

  it('loses no record when it is closed while a file is changed', async () => {
    for (let round = 0; round < 20; round += 1) {
      const path = join(folder, `r${round}`, 'shop.log')
      const sink = await rotatingFileSink({ path, sizeBytes: 300, keep: 1_000 })
      for (let number = 0; number < 20; number += 1) {
        sink.write(record(number))
        if (number % 7 === round % 7) await turn()
      }
      await sink.close()
      const texts: string[] = []
      for (const name of await readdir(join(folder, `r${round}`))) {
        texts.push(await readFile(join(folder, `r${round}`, name), 'utf8'))
      }
      assert.equal(texts.join('').split('\n').length - 1, 20, `round ${round}`)
    }
  })

  it('compresses what is closed and keeps as many files as it is told', async () => {
    const sink = await open({ sizeBytes: 2_000, keep: 3, compress: true })
    await fill(sink, 8)
    await sink.close()
    const left = await names()
    assert.equal(left.length, 4)
    assert.deepEqual(
      left.map((name) => name.endsWith('.gz')),
      [true, true, true, false],
    )
    assert.equal(join(folder, left[3] ?? ''), sink.file())
    const numbers = (await lines()).map((line) => Date.parse(JSON.parse(line).time))
    const first = numbers[0] ?? Number.NaN
    assert.deepEqual(
      numbers,
      numbers.map((_number, at) => first + at),
    )
    assert.equal(sink.errors(), 0)
  })

  it('also counts the files of earlier runs, and touches no others', async () => {
    await writeFile(join(folder, 'shop.notes.log'), 'mine')
    await writeFile(join(folder, 'shopping.3.log'), 'mine')
    const first = await open({ sizeBytes: 1_000, keep: 5 })
    await fill(first, 5)
    await first.close()
    const second = await open({ sizeBytes: 1_000, keep: 1 })
    await second.close()
    const left = await readdir(folder)
    assert.equal(left.filter((name) => /^shop\.\d+\.log$/.test(name)).length, 2)
    assert.ok(left.includes('shop.notes.log'))
    assert.ok(left.includes('shopping.3.log'))
  })
})

describe('rotation by time', () => {
  it('opens a file for each period, named by its begin', { timeout: 20_000 }, async (test) => {
    const now = new Date(2025, 2, 1, 23, 59, 30).getTime()
    mock.timers.enable({ apis: ['Date', 'setTimeout'], now })
    test.after(() => mock.timers.reset())
    const sink = await open({ period: 'day' })
    sink.write(record(1))
    await turn()
    mock.timers.tick(60_000)
    while (!sink.file().includes('03-02')) await turn()
    sink.write(record(2))
    await sink.close()
    assert.deepEqual((await readdir(folder)).sort(), [
      'shop.2025-03-01.1.log',
      'shop.2025-03-02.1.log',
    ])
    assert.equal((await lines()).length, 2)
  })
})

describe('a disk', () => {
  it('that does not keep up costs records, which the log of the node counts', async () => {
    const sink = await open({ bufferedBytesMax: 1_000 })
    const write = (): void => {
      for (let number = 0; number < 20; number += 1) sink.write(record(number))
    }
    assert.throws(write, /does not keep up/)
    await sink.close()
    assert.ok((await lines()).length < 20)
  })

  it('that fails is told and ends nothing', async () => {
    const told: Error[] = []
    const sink = await open({
      sizeBytes: 300,
      compress: true,
      onError: (error) => told.push(error),
    })
    await mkdir(`${sink.file()}.gz.unfinished`)
    await fill(sink, 2)
    await sink.close()
    assert.equal(told.length, 1)
    assert.equal(sink.errors(), 1)
    assert.match(String(told[0]), /EISDIR/)
  })
})

describe('a program', () => {
  it('that exits without closing its file loses no record', async () => {
    const module = import.meta.resolve('@troupe/log')
    const path = JSON.stringify(join(folder, 'shop.log'))
    const script = `
      import { rotatingFileSink } from ${JSON.stringify(module)}
      const sink = await rotatingFileSink({ path: ${path} })
      const source = { kind: 'node', node: 'a@b' }
      for (let i = 0; i < 1000; i += 1) {
        sink.write({ timeMs: i, level: 'info', source, message: 'x', fields: {} })
      }
      process.exit(3)`
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', script])
    assert.equal(run.status, 3, String(run.stderr))
    assert.equal((await lines()).length, 1_000)
  })
})
