/**
 * replay/recording under a fuzzer: any file is read as the plain way reads it, however it is cut.
 */
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { damagedBytes, type SlowFuzzer } from '@troupe/tools/fuzz'
import fc from 'fast-check'
import { keptLines } from '#test/corpus'
import { type PlainRecording, plainRecording } from '#test/replay/plain-recording'
import { readRecording } from '#traffic/replay/recording'

/** A file in its reads, and how many rows it may have. */
interface File {
  readonly rowsMax: number
  readonly reads: readonly Buffer[]
}

/** The most rows, then the reads with each byte as one character. */
function fileOf(line: string): File {
  const [rowsMax, ...reads] = JSON.parse(line) as [number, ...string[]]
  return { rowsMax, reads: reads.map((read) => Buffer.from(read, 'latin1')) }
}

const lineOf = ({ rowsMax, reads }: File): string =>
  JSON.stringify([rowsMax, ...reads.map((read) => read.toString('latin1'))])

const kept = keptLines('recordings').map(fileOf)

const id = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('2301', 'bus 1', 'é', '', ' ') },
  fc.tuple(fc.constantFrom('x', '€'), fc.nat(66)).map(([unit, times]) => unit.repeat(times)),
)
const two = (most: number) => fc.nat(most).map((number) => String(number).padStart(2, '0'))
const zone = fc.oneof(
  fc.constantFrom('', 'Z', '-05:00', '+23:59', '+24:00', '-00:00', 'z', '+5'),
  fc.tuple(two(25), two(61)).map(([hour, minute]) => `+${hour}:${minute}`),
)
const timestamp = fc.oneof(
  { weight: 3, arbitrary: fc.constant('2017-04-18T22:31:40-05:00') },
  fc
    .record({
      year: fc.constantFrom('2017', '2016', '1900', '2000', '0000', '9999', '0099'),
      month: two(13),
      day: two(32),
      hour: two(25),
      minute: two(61),
      rest: fc.oneof(
        fc.constantFrom('', ':00', ':00.000', ':59.9999', ':0', ':00.', ':00.1234567890'),
        two(61).map((second) => `:${second}`),
        fc.nat(999_999_999).map((part) => `:07.${part}`),
      ),
      zone,
    })
    .map(({ year, month, day, hour, minute, rest, zone }) => {
      return `${year}-${month}-${day}T${hour}:${minute}${rest}${zone}`
    }),
)
const degrees = fc.oneof(
  fc.double({ min: -181, max: 181, noNaN: true }).map(String),
  fc.constantFrom(
    '90',
    '-180',
    '+.5',
    '5.',
    '.',
    '',
    '1e2',
    '1E-3',
    '1e1000',
    '0x10',
    'NaN',
    '1_0',
  ),
)
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
const field = (values: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: values },
    values.map(quoted),
    fc.constantFrom('"', '""', '"a"b', 'a"b', '"a""', '"a,b"', '"a""b"', '', ' "a"'),
  )

const row = fc
  .tuple(field(id), field(timestamp), field(degrees), field(degrees), field(id))
  .map((fields) => fields.join(','))
/** Around the longest line there may be. */
const long = fc.integer({ min: 4_060, max: 4_110 }).map((length) => {
  const begun = '7,2017-04-18T22:31:40Z,1,2,'
  return begun.padEnd(length, 'y')
})
const text = fc
  .record({
    header: fc.oneof(
      { weight: 12, arbitrary: fc.constant('vehicle_id,timestamp,latitude,longitude,other') },
      fc.constantFrom(
        '\ufeffvehicle_id,timestamp,latitude,longitude,route',
        '\ufeff"vehicle_id",timestamp,latitude,longitude,route',
        'route, Longitude ,"LATITUDE",timestamp,vehicle_id',
        'vehicle_id,timestamp,latitude,longitude,vehicle_id',
        'vehicle_id,timestamp,latitude',
        '',
      ),
    ),
    lines: fc.array(
      fc.tuple(
        fc.oneof(
          { weight: 14, arbitrary: row },
          { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
          { weight: 1, arbitrary: long },
        ),
        fc.constantFrom('\n', '\r\n', '\n\n', '\r', '\r\r\n'),
      ),
      { maxLength: 6 },
    ),
    end: fc.constantFrom('\n', '\r\n', ''),
    hasEnd: fc.boolean(),
  })
  .map(({ header, lines, end, hasEnd }) => {
    const whole = header + (end || '\n') + lines.map((both) => both.join('')).join('')
    return Buffer.from(hasEnd ? whole : whole.trimEnd())
  })

const anyText = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: damagedBytes(kept.map(({ reads }) => Buffer.concat(reads))) },
)

/** Some cuts lie within the last bytes of a long line. */
const anyFile: fc.Arbitrary<File> = fc
  .record({
    rowsMax: fc.constantFrom(3, 1_000),
    text: anyText,
    cuts: fc.array(fc.nat(999_999), { maxLength: 6 }),
  })
  .map(({ rowsMax, text, cuts }) => {
    const places = cuts.map((cut) => Math.floor((cut / 1_000_000) * text.length))
    const ends = [0, ...places, text.length].sort((left, right) => left - right)
    return { rowsMax, reads: ends.slice(1).map((to, at) => text.subarray(ends[at] ?? 0, to)) }
  })

async function recordingOf({ rowsMax, reads }: File): Promise<PlainRecording> {
  const verdict = await readRecording(Readable.from(reads), rowsMax)
  if (verdict.kind === 'refused') return { rows: undefined, refused: {} }
  const { rows, refused } = verdict.recording
  return { rows, refused: Object.fromEntries(refused) }
}

export const recordingFuzzer: SlowFuzzer<File> = {
  corpus: 'examples/traffic/test/corpus/recordings.txt',
  kept,
  inputs: anyFile,
  async judge(file) {
    const plain = plainRecording(Buffer.concat(file.reads), file.rowsMax)
    assert.deepEqual(await recordingOf(file), plain)
  },
  line: lineOf,
}

/** The kept recordings as whole files. */
export const keptRecordings: readonly Buffer[] = kept.map(({ reads }) => Buffer.concat(reads))
