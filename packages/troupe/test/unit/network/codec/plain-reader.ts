/**
 * A slow reader of the wire that follows the table word by word: what the decoder must equal.
 *
 * Shares no code with it. Bytes that are no value: `Refused`; a codec that is missing:
 * `RefusedCodec`, after all has been read.
 */
import type { CustomCodecs } from '#network/codec/custom-codecs'
import { CODEC_LIMITS, type CodecLimits } from '#network/codec/limits'
import {
  addressOf,
  bigintOf,
  binaryOf,
  customOf,
  errorOf,
  objectOf,
  RefusedCodec,
  refuse,
} from '#test/unit/network/codec/plain-build'
import { TABLE, type TagRow } from '#test/unit/network/codec/plain-table'

const WEIGHTS: Readonly<Record<string, number>> = {
  'array-short': 1,
  array: 1,
  'shape-short': 1,
  shape: 1,
  'shape-new': 1,
  object: 1,
  'object-bare': 1,
  date: 1,
  custom: 1,
  map: 4,
  set: 4,
  binary: 4,
  error: 4,
}

const TEXTS = ['latin1-short', 'latin1', 'latin1-long', 'utf8', 'utf8-long', 'utf16']

export class PlainReader {
  readonly names: string[] = []
  readonly shapes: (readonly string[])[] = []
  readonly #codecs: CustomCodecs
  readonly #limits: CodecLimits
  readonly #table: readonly TagRow[]
  #bytes: Uint8Array = new Uint8Array()
  #at = 0
  #depth = 0
  #containers = 0
  #refused: string[] = []

  constructor(codecs: CustomCodecs, { table = TABLE, limits = CODEC_LIMITS } = {}) {
    this.#codecs = codecs
    this.#limits = limits
    this.#table = table
  }

  /** The one value that these bytes are. */
  read(bytes: Uint8Array): unknown {
    this.begin(bytes)
    const value = this.#value()
    if (this.#at !== bytes.length) refuse('bytes are left over')
    if (this.#refused.length > 0) throw new RefusedCodec(this.#refused.join())
    return value
  }

  /** Goes on with bytes whose fields are asked for one by one. */
  begin(bytes: Uint8Array): void {
    this.#bytes = bytes
    this.#at = 0
    this.#depth = 0
    this.#containers = 0
    this.#refused = []
  }

  /** The next field of a message, by its type as the page writes it; `bytes` is all the rest. */
  field(type: string): unknown {
    return type === 'bytes' ? this.#take(this.left) : this.#single(type)
  }

  /** Bytes that have not been read. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  #value(): unknown {
    const [tag = 0] = this.#take(1)
    const row = this.#table.find(({ first, last }) => first <= tag && tag <= last)
    if (row === undefined) return refuse(`tag ${tag}`)
    const weight = WEIGHTS[row.name] ?? 0
    this.#containers += weight
    if (weight > 0) this.#depth += 1
    if (this.#containers > this.#limits.containersMax) refuse('containers')
    if (this.#depth > this.#limits.depthMax) refuse('depth')
    const value = this.#build(row, tag - row.first)
    if (weight > 0) this.#depth -= 1
    return value
  }

  #build(row: TagRow, low: number): unknown {
    const fields = this.#fields(row, low)
    const [first, second] = fields
    switch (row.name) {
      case 'integer':
        return low
      case 'null':
        return null
      case 'undefined':
        return undefined
      case 'false':
        return false
      case 'true':
        return true
      case 'array-short':
      case 'latin1-short':
      case 'shape-short':
      case 'int8':
      case 'int16':
      case 'int32':
      case 'float64':
        return first
      case 'latin1':
      case 'latin1-long':
      case 'utf8':
      case 'utf8-long':
      case 'utf16':
      case 'array':
      case 'shape':
        return second
      default:
        return this.#object(row.name, fields)
    }
  }

  #object(name: string, fields: readonly unknown[]): unknown {
    const [first, second, third] = fields
    switch (name) {
      case 'shape-new':
        return objectOf(false, second as string[], third as unknown[])
      case 'object':
      case 'object-bare': {
        const pairs = second as [string, unknown][]
        const [keys, values] = [pairs.map(([key]) => key), pairs.map(([, value]) => value)]
        return objectOf(name === 'object-bare', keys, values)
      }
      case 'map':
        return new Map(second as [unknown, unknown][])
      case 'set':
        return new Set(second as unknown[])
      case 'date':
        return new Date(first as number)
      case 'bigint':
        if ((second as number[]).length > this.#limits.bigintBytesMax) refuse('bigint')
        return bigintOf(first as number, second as number[])
      case 'binary':
        return binaryOf(first as number, third as number[])
      case 'error':
        return errorOf(first as number, fields.slice(1))
      case 'custom':
        return customOf(this.#codecs, first as string, second, this.#refused)
      default:
        return addressOf(name, fields)
    }
  }

  /** What follows a tag, as the row tells; numbers that count are kept under their letter. */
  #fields(row: TagRow, low: number): unknown[] {
    const told = new Map<string, number>([['low', low]])
    const fields: unknown[] = []
    for (const part of row.follows) {
      const [, what = part, bit] = /^(.+) if (\d+)$/.exec(part) ?? []
      if (bit !== undefined && ((told.get('flags') ?? 0) & Number(bit)) === 0) continue
      const value = this.#field(what, told)
      if (row.name === 'shape-new' && what === 'text[n]') this.#define(value as string[])
      fields.push(value)
    }
    return fields
  }

  #define(keys: readonly string[]): void {
    const { shapesMax, shapeKeysMax, shapeTextMax } = this.#limits
    objectOf(false, keys, [])
    this.shapes.push(keys)
    if (this.shapes.length > shapesMax || keys.length > shapeKeysMax) refuse('shapes')
    if (this.shapes.flat().join('').length > shapeTextMax) refuse('text of shapes')
  }

  #field(what: string, told: Map<string, number>): unknown {
    const counted = /^(\w+)\[(.+)\]$/.exec(what)
    if (counted !== null) return this.#counted(counted[1] ?? '', countOf(counted[2] ?? '', told))
    const shape = /^shape (\w+)$/.exec(what)
    if (shape !== null) return this.#shaped(told.get(shape[1] ?? '') ?? 0)
    const [type = '', letter] = what.split(' ')
    const value = this.#single(type)
    if (letter !== undefined) told.set(letter, value as number)
    return value
  }

  #single(type: string): unknown {
    switch (type) {
      case 'value':
        return this.#value()
      case 'text':
        return this.#text()
      case 'name':
        return this.#name()
      case 'name?': {
        const [isThere = 0] = this.#take(1)
        if (isThere > 1) refuse('name?')
        return isThere === 1 ? this.#name() : undefined
      }
      case 'uint':
        return this.#uint()
      default:
        return this.#number(type)
    }
  }

  #number(type: string): number {
    const bytes = this.#take(Number(type.slice(1)) / 8)
    if (type === 'f64') return new DataView(Uint8Array.from(bytes).buffer).getFloat64(0)
    let value = 0
    for (const byte of bytes) value = value * 256 + byte
    const isNegative = type.startsWith('i') && (bytes[0] ?? 0) > 127
    return isNegative ? value - 256 ** bytes.length : value
  }

  #uint(): number {
    let value = 0n
    for (let at = 0n; at < 8n; at += 1n) {
      const [byte = 0] = this.#take(1)
      value += BigInt(byte & 127) << (7n * at)
      if (byte > 127) continue
      return value > BigInt(Number.MAX_SAFE_INTEGER) ? refuse('uint') : Number(value)
    }
    return refuse('uint')
  }

  #counted(what: string, count: number): unknown {
    switch (what) {
      case 'latin1':
        return [...this.#take(count)].map((byte) => String.fromCharCode(byte)).join('')
      case 'utf8':
        return utf8Of(this.#take(count))
      case 'utf16':
        return utf16Of(this.#take(count))
      case 'bytes':
        return [...this.#take(count)]
      default:
        // Each takes a byte at least.
        if (count > this.#bytes.length) refuse(what)
        return Array.from({ length: count }, () => this.#one(what))
    }
  }

  #one(what: string): unknown {
    if (what === 'text') return this.#text()
    if (what === 'field') return [this.#text(), this.#value()]
    if (what === 'entry') return [this.#value(), this.#value()]
    return this.#value()
  }

  #shaped(id: number): unknown {
    const keys = this.shapes[id] ?? refuse('shape')
    const values = keys.map(() => this.#value())
    return objectOf(false, keys, values)
  }

  #name(): string {
    const code = this.#uint()
    if (code > 1) return this.names[code - 2] ?? refuse('name')
    const name = this.#text()
    if (code === 1) {
      const { namesMax, nameLengthMax } = this.#limits
      this.names.push(name)
      if (this.names.length > namesMax || name.length > nameLengthMax) refuse('names')
    }
    return name
  }

  #text(): string {
    const tag = this.#bytes[this.#at] ?? refuse('too short')
    const row = this.#table.find(({ first, last }) => first <= tag && tag <= last)
    return row !== undefined && TEXTS.includes(row.name) ? String(this.#value()) : refuse('text')
  }

  #take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#at, this.#at + count)
    if (taken.length !== count) refuse('too short')
    this.#at += count
    return taken
  }
}

const countOf = (told: string, values: ReadonlyMap<string, number>): number =>
  told === 'n / 2' ? Math.floor((values.get('n') ?? 0) / 2) : (values.get(told) ?? 0)

function utf8Of(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return refuse('utf8')
  }
}

function utf16Of(bytes: Uint8Array): string {
  if (bytes.length % 2 === 1) refuse('utf16')
  let text = ''
  for (let at = 0; at < bytes.length; at += 2) {
    text += String.fromCharCode((bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256)
  }
  return text
}
