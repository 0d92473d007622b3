/** replay: a recording is read whole, in order of time, and played at its pace. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { BURST_MAX } from '#traffic/fleet/pace'
import { LINE_BYTES_MAX, linesOf } from '#traffic/replay/lines'
import { lastRows, type Recording, readRecording } from '#traffic/replay/recording'
import { openRecording } from '#traffic/replay/recording-file'
import { fieldsOf, readHeader, readRow } from '#traffic/replay/row'
import { dueAtMs, nextRows } from '#traffic/replay/schedule'

const HEADER = 'vehicle_id,timestamp,speed,route_id,trip_id,latitude,longitude,trip_headsign'
const FIRST = '8928,2017-04-18T22:31:40-05:00,4.91744,1,1723912,30.417902,-97.66719,1-Metric-SB'

async function* chunksOf(text: string, size = text.length): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += Math.max(1, size)) yield bytes.subarray(at, at + size)
}

async function recordingOf(text: string, rowsMax?: number): Promise<Recording> {
  const verdict = await readRecording(chunksOf(text), rowsMax)
  return verdict.kind === 'recording' ? verdict.recording : assert.fail(verdict.problem)
}

const columns = (() => {
  const header = readHeader(HEADER)
  return 'missing' in header ? assert.fail('no header') : header
})()
const causeOf = (line: string): string | undefined => {
  const verdict = readRow(line, columns)
  return verdict.kind === 'refused' ? verdict.cause : undefined
}

describe('a row', () => {
  it('says which vehicle was where and when', () => {
    assert.deepEqual(readRow(FIRST, columns), {
      kind: 'row',
      row: {
        id: '8928',
        atMs: Date.UTC(2017, 3, 19, 3, 31, 40),
        latitude: 30.417902,
        longitude: -97.66719,
      },
    })
  })

  it('is refused with its cause', () => {
    assert.equal(causeOf('8928,2017-04-18T22:31:40-05:00'), 'fields')
    assert.equal(causeOf(FIRST.replace('8928', '')), 'id')
    assert.equal(causeOf(FIRST.replace('8928', 'x'.repeat(65))), 'id')
    assert.equal(causeOf(FIRST.replace('2017-04-18T22:31:40-05:00', 'yesterday')), 'timestamp')
    assert.equal(causeOf(FIRST.replace('2017-04-18', '2017-14-18')), 'timestamp')
    assert.equal(causeOf(FIRST.replace('2017-04-18', '2017-02-29')), 'timestamp')
    assert.equal(causeOf(FIRST.replace('2017-04-18', '2017-04-31')), 'timestamp')
    assert.equal(causeOf(FIRST.replace('2017-04-18', '2016-02-29')), undefined)
    assert.equal(causeOf(FIRST.replace('2017-04-18', '2000-02-29')), undefined)
    assert.equal(causeOf(FIRST.replace('2017-04-18', '1900-02-29')), 'timestamp')
    assert.equal(causeOf(FIRST.replace('30.417902', '')), 'position')
    assert.equal(causeOf(FIRST.replace('30.417902', '91')), 'position')
    assert.equal(causeOf(FIRST.replace('-97.66719', 'NaN')), 'position')
    assert.equal(causeOf(`"${FIRST}`), 'fields')
  })

  it('reads a time without a zone as UTC', () => {
    const verdict = readRow(FIRST.replace('-05:00', ''), columns)
    assert.equal(verdict.kind === 'row' && verdict.row.atMs, Date.UTC(2017, 3, 18, 22, 31, 40))
  })

  it('may have quoted fields', () => {
    assert.deepEqual(fieldsOf('a,"b,""c""",d'), ['a', 'b,"c"', 'd'])
    assert.deepEqual(fieldsOf('"",,""'), ['', '', ''])
    assert.equal(fieldsOf('"a"b,c'), undefined)
    assert.equal(fieldsOf('"a'), undefined)
  })

  it('keeps every field that is written with quotes', () => {
    const field = fc.string().filter((text) => !/[\r\n]/.test(text))
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), (fields) => {
        const line = fields.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')
        assert.deepEqual(fieldsOf(line), fields)
      }),
    )
  })
})

describe('lines', () => {
  it('are the same however the bytes are cut', async () => {
    const text = 'one\r\ntwo\n\nthree – ü\nfour'
    for (let size = 1; size <= text.length; size += 1) {
      const lines: (string | undefined)[] = []
      for await (const line of linesOf(chunksOf(text, size))) lines.push(line)
      assert.deepEqual(lines, ['one', 'two', '', 'three – ü', 'four'])
    }
  })

  it('that are too long come out as undefined, once', async () => {
    const long = 'x'.repeat(LINE_BYTES_MAX + 1)
    for (const size of [100, 5_000, 50_000]) {
      const lines: (string | undefined)[] = []
      for await (const line of linesOf(chunksOf(`a\n${long}${long}\nb\n${long}`, size))) {
        lines.push(line)
      }
      assert.deepEqual(lines, ['a', undefined, 'b', undefined])
    }
  })

  it('may have the most bytes there are, and CRLF behind them', async () => {
    const most = 'x'.repeat(LINE_BYTES_MAX)
    for (const size of [1, LINE_BYTES_MAX + 1, 50_000]) {
      const lines: (string | undefined)[] = []
      for await (const line of linesOf(chunksOf(`${most}\r\n${most}\n${most}`, size))) {
        lines.push(line)
      }
      assert.deepEqual(lines, [most, most, most])
    }
  })
})

describe('a recording', () => {
  const small = 'latitude,longitude,vehicle_id,timestamp\n'
  const row = (id: string, second: string) => `1,2,${id},2017-04-18T00:00:${second}Z\n`

  it('comes in order of time, rows of one moment in the order of the file', async () => {
    const text = small + row('b', '09') + row('c', '05') + row('a', '05') + row('d', '01')
    const { rows } = await recordingOf(text)
    assert.deepEqual(
      rows.map((one) => one.id),
      ['d', 'c', 'a', 'b'],
    )
  })

  it('counts the lines it refuses by cause and keeps the others', async () => {
    const long = `${'x'.repeat(LINE_BYTES_MAX + 1)}\n`
    const text = `${small}${row('a', '01')}nonsense\n${long}${row('', '02')}\n${row('b', '99')}`
    const { rows, refused } = await recordingOf(text)
    assert.equal(rows.length, 1)
    assert.deepEqual(Object.fromEntries(refused), {
      fields: 1,
      'line-length': 1,
      id: 1,
      timestamp: 1,
    })
  })

  it('may begin with a byte order mark and hold no rows', async () => {
    assert.deepEqual((await recordingOf(`\ufeff${small}`)).rows, [])
  })

  it('knows the last row of every vehicle', async () => {
    const { rows } = await recordingOf(small + row('a', '09') + row('b', '05') + row('a', '03'))
    assert.equal(lastRows(rows).get('a')?.atMs, Date.UTC(2017, 3, 18, 0, 0, 9))
    assert.equal(lastRows(rows).size, 2)
  })

  it('is refused when it is empty, lacks a column or has too many rows', async () => {
    const problemOf = async (text: string, rowsMax?: number) => {
      const verdict = await readRecording(chunksOf(text), rowsMax)
      return verdict.kind === 'refused' ? verdict.problem : undefined
    }
    assert.equal(await problemOf(''), 'the file is empty')
    assert.match((await problemOf('vehicle_id,timestamp\n')) ?? '', /latitude, longitude/)
    assert.match((await problemOf(small + row('a', '01') + row('b', '02'), 1)) ?? '', /1 rows/)
  })
})

describe('a recording file', () => {
  it('is read plain and compressed alike, and refused when it is broken', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'traffic-'))
    try {
      const text = `${HEADER}\n${FIRST}\n`
      const packed = gzipSync(text)
      await writeFile(join(folder, 'plain.csv.gz'), text)
      await writeFile(join(folder, 'packed.csv'), packed)
      await writeFile(join(folder, 'broken.csv.gz'), packed.subarray(0, packed.length - 12))
      await writeFile(join(folder, 'empty.csv'), '')
      const plain = await openRecording(join(folder, 'plain.csv.gz'))
      assert.equal(plain.kind === 'recording' && plain.recording.rows.length, 1)
      assert.deepEqual(await openRecording(join(folder, 'packed.csv')), plain)
      for (const name of ['broken.csv.gz', 'empty.csv', 'absent.csv', '.']) {
        assert.equal((await openRecording(join(folder, name))).kind, 'refused', name)
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('the schedule', () => {
  const rows = [0, 3_000, 3_000, 60_000].map((atMs) => ({
    id: 'a',
    atMs: 5_000_000 + atMs,
    latitude: 0,
    longitude: 0,
  }))
  const timing = { speed: 60, startedAtMs: 100 }

  it('has a minute of the recording due in a second at speed 60', () => {
    assert.equal(dueAtMs(timing, 5_000_000, 5_060_000), 1_100)
  })

  it('sends what is due and says how long to wait', () => {
    assert.deepEqual(nextRows(rows, 0, timing, 100), {
      end: 1,
      waitMs: 50,
      isDone: false,
    })
    assert.deepEqual(nextRows(rows, 1, timing, 600), { end: 3, waitMs: 500, isDone: false })
    assert.deepEqual(nextRows(rows, 3, timing, 1_100), { end: 4, waitMs: 0, isDone: true })
  })

  it('is done at once when there is nothing to send', () => {
    assert.deepEqual(nextRows([], 0, timing, 100), { end: 0, waitMs: 0, isDone: true })
  })

  it('catches up in bursts that a receive buffer holds', () => {
    const many = Array.from({ length: 3 * BURST_MAX }, () => rows[0] ?? assert.fail('no row'))
    const first = nextRows(many, 0, timing, 100)
    assert.deepEqual(first, { end: BURST_MAX, waitMs: 0, isDone: false })
    assert.deepEqual(nextRows(many, 2 * BURST_MAX, timing, 100), {
      end: 3 * BURST_MAX,
      waitMs: 0,
      isDone: true,
    })
  })
})
