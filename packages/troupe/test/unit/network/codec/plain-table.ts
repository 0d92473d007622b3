/**
 * The table of tags as the plain codec uses it; a test compares it with docs/reference/wire.md.
 */

export interface TagRow {
  readonly first: number
  readonly last: number
  readonly name: string
  readonly follows: readonly string[]
}

const row = (tag: string, name: string, follows = ''): TagRow => {
  const [first = '', last = first] = tag.split('-')
  const parts = follows === '' ? [] : follows.split(', ')
  return { first: Number(first), last: Number(last), name, follows: parts }
}

export const TABLE: readonly TagRow[] = [
  row('0x00-0x7f', 'integer'),
  row('0x80-0x9f', 'latin1-short', 'latin1[low]'),
  row('0xa0-0xaf', 'array-short', 'value[low]'),
  row('0xb0-0xcf', 'shape-short', 'shape low'),
  row('0xd0', 'null'),
  row('0xd1', 'undefined'),
  row('0xd2', 'false'),
  row('0xd3', 'true'),
  row('0xd4', 'int8', 'i8 v'),
  row('0xd5', 'int16', 'i16 v'),
  row('0xd6', 'int32', 'i32 v'),
  row('0xd7', 'float64', 'f64 v'),
  row('0xd8', 'latin1', 'u8 n, latin1[n]'),
  row('0xd9', 'latin1-long', 'u32 n, latin1[n]'),
  row('0xda', 'utf8', 'u8 n, utf8[n]'),
  row('0xdb', 'utf8-long', 'u32 n, utf8[n]'),
  row('0xdc', 'utf16', 'u32 n, utf16[n]'),
  row('0xdd', 'array', 'u32 n, value[n]'),
  row('0xde', 'shape', 'u16 n, shape n'),
  row('0xdf', 'shape-new', 'uint n, text[n], value[n]'),
  row('0xe0', 'object', 'u32 n, field[n]'),
  row('0xe1', 'object-bare', 'u32 n, field[n]'),
  row('0xe2', 'map', 'u32 n, entry[n]'),
  row('0xe3', 'set', 'u32 n, value[n]'),
  row('0xe4', 'date', 'f64 v'),
  row('0xe5', 'bigint', 'uint n, bytes[n / 2]'),
  row('0xe6', 'binary', 'u8 kind, uint n, bytes[n]'),
  row(
    '0xe7',
    'error',
    'u8 flags, text, text, text if 1, value if 2, value if 4, value if 8, value if 16',
  ),
  row('0xe8', 'pid', 'name, uint, uint'),
  row('0xe9', 'ref', 'name, uint, uint'),
  row('0xea', 'alias', 'name, uint, uint'),
  row('0xeb', 'process-name', 'name, name?'),
  row('0xec', 'event-name', 'name, name?'),
  row('0xed', 'node-name', 'name'),
  row('0xee', 'custom', 'name, value'),
]

/** A kind of binary data: its number is its place here. */
export interface KindRow {
  readonly name: string
  readonly width: number
}

export const KINDS: readonly KindRow[] = [
  { name: 'Uint8Array', width: 1 },
  { name: 'Buffer', width: 1 },
  { name: 'ArrayBuffer', width: 1 },
  { name: 'DataView', width: 1 },
  { name: 'Int8Array', width: 1 },
  { name: 'Uint8ClampedArray', width: 1 },
  { name: 'Int16Array', width: 2 },
  { name: 'Uint16Array', width: 2 },
  { name: 'Int32Array', width: 4 },
  { name: 'Uint32Array', width: 4 },
  { name: 'Float32Array', width: 4 },
  { name: 'Float64Array', width: 8 },
  { name: 'BigInt64Array', width: 8 },
  { name: 'BigUint64Array', width: 8 },
]
