/**
 * Reads a session that was recorded, by the tables of docs/reference/wire.md and nothing else.
 */
import { CustomCodecs } from '#network/codec/custom-codecs'
import { PlainReader } from '#test/unit/network/codec/plain-reader'
import { told } from '#test/unit/network/codec/told'
import { tableBelow } from '#test/unit/network/codec/wire-page'

const numberAt = (bytes: Uint8Array, at: number, width: number): number =>
  bytes.subarray(at, at + width).reduce((value, byte) => value * 256 + byte, 0)

/** Fields of a row: what is in brackets explains, and so does what stands behind a type. */
const fieldsOf = (cell: string): readonly string[] =>
  cell
    .replaceAll(/\([^)]*\)/g, '')
    .split(/[,:]/)
    .map((field) => field.trim().split(' ')[0] ?? '')
    .filter((field) => /^(route|from|to|uint|u8|u32|u48|name|value|text|bytes)$/.test(field))

interface Row {
  readonly name: string
  readonly fields: readonly string[]
}

const rowsBelow = (heading: string): ReadonlyMap<number, Row> =>
  new Map(
    tableBelow(heading).map(([kind = '', name = '', fields = '']) => [
      Number(kind),
      { name, fields: fieldsOf(fields) },
    ]),
  )

/** One direction of a session: bytes of its line in, lines of text out. */
export class RecordedReader {
  readonly #frames = rowsBelow('## Line frames')
  readonly #messages = rowsBelow('## Messages')
  readonly #values = new PlainReader(new CustomCodecs())
  #stream: Uint8Array = new Uint8Array()

  /** Frames, one behind the other: what each of them and each message in them says. */
  read(line: Uint8Array): readonly string[] {
    const all: string[] = []
    for (let at = 0; at < line.length; ) {
      const row = this.#frames.get(line[at] ?? 0)
      const length = numberAt(line, at + 1, 3)
      const body = line.subarray(at + 4, at + 4 + length)
      at += 4 + length
      if (row === undefined || body.length !== length) throw new Error(`no frame: ${line}`)
      if (row.name === 'DATA') all.push(...this.#data(body))
      else all.push([row.name, ...this.#numbers(row, body)].join(' '))
    }
    return all
  }

  #numbers(row: Row, body: Uint8Array): readonly number[] {
    let at = 0
    return row.fields.map((field) => {
      const width = Number(field.slice(1)) / 8
      at += width
      return numberAt(body, at - width, width)
    })
  }

  #data(body: Uint8Array): readonly string[] {
    const all: string[] = []
    this.#stream = Buffer.concat([this.#stream, body])
    while (this.#stream.length >= 4) {
      const length = numberAt(this.#stream, 0, 4)
      if (this.#stream.length < 4 + length) break
      all.push(this.#message(Uint8Array.from(this.#stream.subarray(4, 4 + length))))
      this.#stream = this.#stream.subarray(4 + length)
    }
    return all
  }

  #message(bytes: Uint8Array): string {
    const row = this.#messages.get(bytes[0] ?? 0)
    if (row === undefined) return `unknown kind ${bytes[0]}`
    const values = this.#values
    values.begin(bytes.subarray(1))
    const fields = row.fields.map((field) => this.#field(field))
    if (values.left > 0) throw new Error(`${row.name} leaves ${values.left} bytes`)
    return [row.name, ...fields].join(' ')
  }

  #field(field: string): string {
    if (field === 'route') return this.#route()
    if (field === 'from' || field === 'to') return `${field} ${this.#values.field('uint')}`
    return told(this.#values.field(field))
  }

  /** As the table of the route tells. */
  #route(): string {
    const bits = Number(this.#values.field('u8'))
    const form = ['uint', 'name', 'uint', 'value'][bits & 3] ?? ''
    const kind = ['id', 'name', 'alias', 'address'][bits & 3]
    const priority = ['normal', 'high', 'max'][(bits >> 2) & 3]
    const to = `${kind} ${told(this.#values.field(form))} ${priority}`
    const from = (bits & 16) !== 0 ? ` from ${this.#values.field('uint')}` : ''
    const trace = (bits & 32) !== 0 ? ` trace ${told(this.#values.field('text'))}` : ''
    return `<${to}${from}${trace}>`
  }
}
