/**
 * client/messages: what callers say and hear, to and from the messages of etcd.
 *
 * Pure. Texts become bytes here, since on the line a text would be taken for base64.
 */
import type {
  Act,
  Bytes,
  Compare,
  KeyRange,
  KeyValue,
  RangeAnswer,
  RangeAsk,
  Txn,
  TxnAnswer,
  WatchEvent,
} from './etcd-client.js'
import type { EventMessage, KeyValueMessage, RangeResponse, TxnResponse } from './proto.js'

const NO_LEASE = '0'
const LOWEST = Buffer.from([0])

export const bytesOf = (given: Bytes): Buffer =>
  typeof given === 'string'
    ? Buffer.from(given, 'utf8')
    : Buffer.from(given.buffer, given.byteOffset, given.byteLength)

/** The first key after all that begin with these; a lone zero is etcd's word for "to the end". */
function afterPrefix(prefix: Buffer): Buffer {
  let length = prefix.length
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1
  if (length === 0) return LOWEST
  const end = Buffer.from(prefix.subarray(0, length))
  end[length - 1] = (end[length - 1] ?? 0) + 1
  return end
}

export interface RangeBounds {
  readonly key: Buffer
  readonly range_end?: Buffer
}

export function boundsOf(range: KeyRange): RangeBounds {
  if ('key' in range) return { key: bytesOf(range.key) }
  if ('prefix' in range) {
    const prefix = bytesOf(range.prefix)
    return { key: prefix.length === 0 ? LOWEST : prefix, range_end: afterPrefix(prefix) }
  }
  const [from, to] = [bytesOf(range.from), bytesOf(range.to)]
  const bound = (bytes: Buffer): Buffer => (bytes.length === 0 ? LOWEST : bytes)
  return { key: bound(from), range_end: bound(to) }
}

/** The least key that is greater than this one. */
export const afterKey = (key: Buffer): Buffer => Buffer.concat([key, LOWEST])

export function rangeMessage({ range, limit, revision, keysOnly }: RangeAsk): object {
  return {
    ...boundsOf(range),
    ...(limit === undefined ? {} : { limit }),
    ...(revision === undefined ? {} : { revision }),
    ...(keysOnly === true ? { keys_only: true } : {}),
  }
}

export const keyValueOf = (message: KeyValueMessage): KeyValue => ({
  key: message.key,
  value: message.value,
  createRevision: Number(message.create_revision),
  modRevision: Number(message.mod_revision),
  version: Number(message.version),
  lease: message.lease === NO_LEASE ? undefined : message.lease,
})

export const rangeAnswer = (response: RangeResponse): RangeAnswer => ({
  revision: Number(response.header?.revision ?? 0),
  keys: response.kvs.map(keyValueOf),
  more: response.more,
})

const RESULTS = { '=': 'EQUAL', '!=': 'NOT_EQUAL', '<': 'LESS', '>': 'GREATER' } as const

function compareMessage(compare: Compare): object {
  const common = { key: bytesOf(compare.key), result: RESULTS[compare.is] }
  switch (compare.target) {
    case 'create':
      return { ...common, target: 'CREATE', create_revision: compare.than }
    case 'mod':
      return { ...common, target: 'MOD', mod_revision: compare.than }
    case 'version':
      return { ...common, target: 'VERSION', version: compare.than }
    case 'lease':
      return { ...common, target: 'LEASE', lease: compare.than }
    case 'value':
      return { ...common, target: 'VALUE', value: bytesOf(compare.than) }
  }
}

function actMessage(act: Act): object {
  switch (act.kind) {
    case 'put': {
      const lease = act.lease === undefined ? {} : { lease: act.lease }
      return { request_put: { key: bytesOf(act.key), value: bytesOf(act.value), ...lease } }
    }
    case 'delete':
      return { request_delete_range: boundsOf(act.range) }
    case 'range':
      return { request_range: rangeMessage(act) }
  }
}

export const txnMessage = ({ when = [], acts = [], otherwise = [] }: Txn): object => ({
  compare: when.map(compareMessage),
  success: acts.map(actMessage),
  failure: otherwise.map(actMessage),
})

export const txnAnswer = (response: TxnResponse): TxnAnswer => ({
  revision: Number(response.header?.revision ?? 0),
  held: response.succeeded,
  answers: response.responses.map(({ response_range: range }) => ({
    keys: (range?.kvs ?? []).map(keyValueOf),
    more: range?.more ?? false,
  })),
})

/** Undefined for what is no event: without a key. */
export function eventOf({ type, kv }: EventMessage): WatchEvent | undefined {
  if (kv === null) return undefined
  if (type === 'PUT') return { kind: 'put', entry: keyValueOf(kv) }
  return { kind: 'delete', key: kv.key, modRevision: Number(kv.mod_revision) }
}

export const revisionOf = (event: WatchEvent): number =>
  event.kind === 'put' ? event.entry.modRevision : event.modRevision
