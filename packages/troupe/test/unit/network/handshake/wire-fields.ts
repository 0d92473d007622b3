/**
 * The tables of frames in docs/reference/wire.md, and a decoder that knows nothing but them.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

const PAGE = new URL('../../../../../../docs/reference/wire.md', import.meta.url)

export interface FieldRow {
  readonly field: string
  readonly written: string
}

export type FieldValue = number | bigint | string | readonly Readonly<Record<string, unknown>>[]
export type Fields = Readonly<Record<string, FieldValue>>

/** The cells of the first table below a heading, without its head. */
export function tableBelow(heading: string): readonly (readonly string[])[] {
  const [, section] = readFileSync(PAGE, 'utf8').split(`\n${heading}\n`)
  assert.ok(section !== undefined, `the page has no heading ${heading}`)
  const lines = section.split('\n')
  const from = lines.findIndex((line) => line.startsWith('|'))
  const to = lines.findIndex((line, at) => at > from && !line.startsWith('|'))
  return lines.slice(from + 2, to).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )
}

const rowsBelow = (heading: string): readonly FieldRow[] =>
  tableBelow(heading).map(([field = '', written = '']) => ({ field, written }))

/** What is written with so many bytes. */
const NUMBERS: Readonly<Record<string, number>> = { u8: 1, u16: 2, u32: 4, u48: 6, u64: 8 }

class Reader {
  readonly #bytes: Buffer
  readonly #end: number
  #at: number

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = Buffer.from(bytes)
    this.#at = start
    this.#end = end
  }

  number(length: number): number | bigint {
    const at = this.#take(length)
    return length === 8 ? this.#bytes.readBigUInt64BE(at) : this.#bytes.readUIntBE(at, length)
  }

  hex(length: number): string {
    const at = this.#take(length)
    return this.#bytes.toString('hex', at, at + length)
  }

  string(): string {
    const length = Number(this.number(2))
    const at = this.#take(length)
    return this.#bytes.toString('utf8', at, at + length)
  }

  rest(keptBytes: number): string {
    return this.hex(this.#end - keptBytes - this.#at)
  }

  done(): void {
    assert.equal(this.#at, this.#end, 'the table tells every byte')
  }

  #take(length: number): number {
    const at = this.#at
    this.#at += length
    assert.ok(length >= 0 && this.#at <= this.#end, 'the table tells too many bytes')
    return at
  }
}

function fieldOf(reader: Reader, written: string, before: Fields, keptBytes: number): FieldValue {
  const number = NUMBERS[written]
  if (number !== undefined) return reader.number(number)
  if (written === 'string') return reader.string()
  if (written === 'rest') return reader.rest(keptBytes)
  const [, name = '', count = ''] = /^(\w+)\[(\w+)\]$/.exec(written) ?? []
  const length = Number(/^\d+$/.test(count) ? count : before[count])
  if (name === 'bytes') return reader.hex(length)
  const rows = rowsBelow(`#### ${name}`)
  return Array.from({ length }, () => fieldsOf(reader, rows))
}

function fieldsOf(reader: Reader, rows: readonly FieldRow[]): Fields {
  const fields: Record<string, FieldValue> = {}
  rows.forEach(({ field, written }, index) => {
    // What stands behind `rest` is counted from the end.
    const behind = rows.slice(index + 1).map((row) => Number(/\[(\d+)\]/.exec(row.written)?.[1]))
    const keptBytes = behind.reduce((sum, length) => sum + length, 0)
    fields[field] = fieldOf(reader, written, fields, keptBytes)
  })
  return fields
}

/** The fields of bytes from `start` on, by the table below a heading; all bytes have to be told. */
export function decodedBy(heading: string, bytes: Uint8Array, start: number): Fields {
  const reader = new Reader(bytes, start, bytes.length)
  const fields = fieldsOf(reader, rowsBelow(heading))
  reader.done()
  return fields
}
