/**
 * A slow writer of the wire that takes any form the table allows, by chance: what the decoder must
 * be able to read. Shares no code with the encoder.
 */
import type { Random } from '#base/random'
import type { Alias, EventName, NodeName, Pid, ProcessName, Ref } from '#contract'
import { TroupeError } from '#contract'
import type { CustomCodecs } from '#network/codec/custom-codecs'
import { KINDS, TABLE } from '#test/unit/network/codec/plain-table'

/** Nearly all tests stay below the numbers of one byte for each entry. */
const ENTRIES_MAX = 200

export class PlainWriter {
  readonly #names: string[] = []
  readonly #shapes: string[] = []
  readonly #codecs: CustomCodecs
  readonly #random: Random
  #bytes: number[] = []

  constructor(codecs: CustomCodecs, random: Random) {
    this.#codecs = codecs
    this.#random = random
  }

  write(value: unknown): Uint8Array {
    this.#bytes = []
    this.#value(value)
    return Uint8Array.from(this.#bytes)
  }

  /** One of these forms; those that do not fit are undefined. */
  #one(forms: readonly ((() => void) | false)[]): void {
    const fitting = forms.filter((form) => form !== false)
    fitting[this.#random.below(fitting.length)]?.()
  }

  #tag(name: string, low = 0): void {
    const row = TABLE.find((one) => one.name === name)
    if (row === undefined) throw new Error(`no row ${name}`)
    this.#bytes.push(row.first + low)
  }

  #number(bytes: number, value: number): void {
    const unsigned = value < 0 ? value + 256 ** bytes : value
    for (let at = bytes - 1; at >= 0; at -= 1) {
      this.#bytes.push(Math.floor(unsigned / 256 ** at) % 256)
    }
  }

  #float(value: number): void {
    const view = new DataView(new ArrayBuffer(8))
    view.setFloat64(0, value)
    this.#bytes.push(...new Uint8Array(view.buffer))
  }

  #uint(value: number): void {
    let left = BigInt(value)
    for (; left > 127n; left >>= 7n) this.#bytes.push(Number(left & 127n) + 128)
    this.#bytes.push(Number(left))
  }

  #sized(name: string, lengthBytes: number, length: number): void {
    this.#tag(name)
    this.#number(lengthBytes, length)
  }

  #value(value: unknown): void {
    if (typeof value === 'number') this.#numeric(value)
    else if (typeof value === 'string') this.#text(value)
    else if (typeof value === 'bigint') this.#bigint(value)
    else if (typeof value === 'object' && value !== null) this.#object(value)
    else this.#tag(String(value))
  }

  #numeric(value: number): void {
    const isWhole = Number.isInteger(value) && !Object.is(value, -0)
    const fits = (bits: number): boolean => isWhole && value >= -(2 ** bits) && value < 2 ** bits
    const whole = (name: string, bytes: number) => () => {
      this.#tag(name)
      this.#number(bytes, value)
    }
    this.#one([
      fits(7) && value >= 0 && (() => this.#tag('integer', value)),
      fits(7) && whole('int8', 1),
      fits(15) && whole('int16', 2),
      fits(31) && whole('int32', 4),
      () => {
        this.#tag('float64')
        this.#float(value)
      },
    ])
  }

  #text(text: string): void {
    const units = [...Array(text.length).keys()].map((at) => text.charCodeAt(at))
    const isLatin = units.every((unit) => unit < 256)
    const isWell = !/\p{Surrogate}/u.test(text)
    const utf8 = [...new TextEncoder().encode(text)]
    const put = (name: string, lengthBytes: number, bytes: readonly number[]) => () => {
      if (lengthBytes === 0) this.#tag(name, bytes.length)
      else this.#sized(name, lengthBytes, bytes.length)
      this.#bytes.push(...bytes)
    }
    this.#one([
      isLatin && units.length < 32 && put('latin1-short', 0, units),
      isLatin && units.length < 256 && put('latin1', 1, units),
      isLatin && put('latin1-long', 4, units),
      isWell && utf8.length < 256 && put('utf8', 1, utf8),
      isWell && put('utf8-long', 4, utf8),
      put(
        'utf16',
        4,
        units.flatMap((unit) => [unit & 255, unit >> 8]),
      ),
    ])
  }

  #bigint(value: bigint): void {
    const magnitude: number[] = []
    for (let left = value < 0n ? -value : value; left > 0n; left >>= 8n) {
      magnitude.unshift(Number(left & 255n))
    }
    this.#tag('bigint')
    this.#uint(magnitude.length * 2 + (value < 0n ? 1 : 0))
    this.#bytes.push(...magnitude)
  }

  #object(value: object): void {
    const codec = this.#codecs.of(value)
    if (isAddress(value)) this.#address(value)
    else if (Array.isArray(value)) this.#array(value)
    else if (value instanceof Map) this.#map(value)
    else if (value instanceof Set) this.#set(value)
    else if (value instanceof Date) this.#date(value)
    else if (value instanceof Error) this.#error(value)
    else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) this.#binary(value)
    else if (codec !== undefined) this.#custom(codec.name, codec.encode(value))
    else this.#plain(value as Readonly<Record<string, unknown>>)
  }

  #date(date: Date): void {
    this.#tag('date')
    this.#float(date.getTime())
  }

  #custom(name: string, data: unknown): void {
    this.#tag('custom')
    this.#name(name)
    this.#value(data)
  }

  #array(values: readonly unknown[]): void {
    const { length } = values
    this.#one([
      length < 16 && (() => this.#tag('array-short', length)),
      () => this.#sized('array', 4, length),
    ])
    for (let at = 0; at < length; at += 1) this.#value(values[at])
  }

  #map(map: ReadonlyMap<unknown, unknown>): void {
    this.#sized('map', 4, map.size)
    for (const entry of map) entry.forEach((one) => void this.#value(one))
  }

  #set(set: ReadonlySet<unknown>): void {
    this.#sized('set', 4, set.size)
    for (const one of set) this.#value(one)
  }

  #binary(value: ArrayBuffer | ArrayBufferView): void {
    const bytes = ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : new Uint8Array(value)
    this.#tag('binary')
    this.#bytes.push(KINDS.findIndex(({ name }) => name === value.constructor.name))
    this.#uint(bytes.length)
    this.#bytes.push(...bytes)
  }

  #error(error: Error): void {
    const { code, errors } = error as { readonly code?: unknown; readonly errors?: unknown }
    const hasCode = typeof code === 'string' || typeof code === 'number'
    const parts = [
      { bit: 2, isThere: 'cause' in error, value: error.cause },
      { bit: 4, isThere: hasCode, value: code },
      { bit: 8, isThere: TroupeError.is(error), value: (error as TroupeError).detail },
      { bit: 16, isThere: error instanceof AggregateError, value: errors },
    ].filter(({ isThere }) => isThere)
    this.#tag('error')
    this.#bytes.push(parts.reduce((flags, { bit }) => flags + bit, 0))
    this.#text(error.name)
    this.#text(error.message)
    for (const { value } of parts) this.#value(value)
  }

  #plain(value: Readonly<Record<string, unknown>>): void {
    const keys = Object.keys(value)
    const shape = this.#shapes.indexOf(JSON.stringify(keys))
    const isBare = Object.getPrototypeOf(value) === null
    const mayDefine = this.#shapes.length < ENTRIES_MAX && keys.length < 64
    const then = (head: () => void) => () => {
      head()
      for (const key of keys) this.#value(value[key])
    }
    const forms = [
      shape >= 0 && shape < 32 && then(() => this.#tag('shape-short', shape)),
      shape >= 0 && then(() => this.#sized('shape', 2, shape)),
      mayDefine && then(() => this.#define(keys)),
      () => this.#fields('object', value, keys),
    ]
    if (isBare) this.#fields('object-bare', value, keys)
    else this.#one(forms)
  }

  #fields(name: string, value: Readonly<Record<string, unknown>>, keys: readonly string[]): void {
    this.#sized(name, 4, keys.length)
    for (const key of keys) {
      this.#text(key)
      this.#value(value[key])
    }
  }

  #define(keys: readonly string[]): void {
    this.#tag('shape-new')
    this.#uint(keys.length)
    for (const key of keys) this.#text(key)
    this.#shapes.push(JSON.stringify(keys))
  }

  #name(name: string): void {
    const entry = this.#names.indexOf(name)
    const mayKeep = this.#names.length < ENTRIES_MAX && name.length < 256
    this.#one([
      entry >= 0 && (() => this.#uint(entry + 2)),
      mayKeep &&
        (() => {
          this.#uint(1)
          this.#text(name)
          this.#names.push(name)
        }),
      () => {
        this.#uint(0)
        this.#text(name)
      },
    ])
  }

  #address(address: AnyAddress): void {
    switch (address.kind) {
      case 'pid':
      case 'ref':
      case 'alias':
        this.#tag(address.kind)
        this.#name(address.node)
        this.#uint(address.id)
        this.#uint(address.creation)
        break
      case 'name':
      case 'event':
        this.#tag(address.kind === 'name' ? 'process-name' : 'event-name')
        this.#name(address.name)
        this.#bytes.push(address.node === undefined ? 0 : 1)
        if (address.node !== undefined) this.#name(address.node)
        break
      case 'node':
        this.#tag('node-name')
        this.#name(address.node)
    }
  }
}

type AnyAddress = Pid | Ref | Alias | ProcessName | EventName | NodeName

/** Its keys are those of an address, and so are their values. */
function isAddress(value: object): value is AnyAddress {
  const { kind, node, name, id, creation } = value as Readonly<Record<string, unknown>>
  const isWhole = (one: unknown): boolean => Number.isSafeInteger(one) && Number(one) >= 0
  const isText = (one: unknown): boolean => typeof one === 'string'
  const isNumbered = isText(node) && isWhole(id) && isWhole(creation)
  const isNamed = isText(name) && (node === undefined || isText(node))
  if (Object.getPrototypeOf(value) === null) return false
  switch (typeof kind === 'string' ? `${kind}: ${Object.keys(value).sort()}` : undefined) {
    case 'pid: creation,id,kind,node':
    case 'ref: creation,id,kind,node':
    case 'alias: creation,id,kind,node':
      return isNumbered
    case 'name: kind,name,node':
    case 'event: kind,name,node':
      return isNamed
    case 'node: kind,node':
      return isText(node)
    default:
      return false
  }
}
