/**
 * network/codec/address-writing: pids, refs, aliases and names as bytes.
 *
 * An address is told by its `kind`, whoever made it: a plain object, a record of the runtime, or
 * one of another copy of the library. What has the kind but not the fields is no address.
 */
import type { Alias, EventName, NodeName, Pid, ProcessName, Ref } from '#contract'
import type { Encoder } from './encoder.js'
import { ALIAS, EVENT_NAME, NODE_NAME, PID, PROCESS_NAME, REF } from './tag.js'

export type AnyAddress = Pid | Ref | Alias | ProcessName | EventName | NodeName

const isNumber = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

/** True for what can be written as an address. */
export function isAddress(value: object): value is AnyAddress {
  const { kind, node, name, id, creation } = value as Readonly<Record<string, unknown>>
  switch (kind) {
    case 'pid':
    case 'ref':
    case 'alias':
      return typeof node === 'string' && isNumber(id) && isNumber(creation)
    case 'name':
    case 'event':
      return typeof name === 'string' && (node === undefined || typeof node === 'string')
    case 'node':
      return typeof node === 'string'
    default:
      return false
  }
}

const TAGS = Object.freeze({
  pid: PID,
  ref: REF,
  alias: ALIAS,
  name: PROCESS_NAME,
  event: EVENT_NAME,
  node: NODE_NAME,
})

export function writeAddress(encoder: Encoder, address: AnyAddress): void {
  encoder.byte(TAGS[address.kind])
  switch (address.kind) {
    case 'pid':
    case 'ref':
    case 'alias':
      encoder.pid(address)
      break
    case 'name':
    case 'event':
      writeNamed(encoder, address)
      break
    case 'node':
      encoder.name(address.node)
      break
  }
}

function writeNamed(encoder: Encoder, { name, node }: ProcessName | EventName): void {
  encoder.name(name)
  encoder.byte(node === undefined ? 0 : 1)
  if (node !== undefined) encoder.name(node)
}
