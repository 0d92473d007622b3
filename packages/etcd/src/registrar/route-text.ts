/**
 * registrar/route-text: what stands under the keys of routes: JSON that a person can read.
 *
 * Every value names the version of its form. What a later version adds is passed over; a form that
 * is not known is refused, and so is whatever somebody else has written there. Pure.
 * Limit: `TEXT_BYTES_MAX` of a value, and `ROUTE_LIMITS` of what it says.
 *
 * @source ergo-features 21, weakness 17 (opaque values)
 */
import type { NodeRoute, OwnApplicationRoute } from 'troupe'
import { readApplicationRoute, readNodeRoute } from 'troupe/registrar'
import { type Holder, NO_HOLDER } from './holder.js'
import { textOf } from './keys.js'

/** The form that is written, and the only one that is read so far. */
export const TEXT_VERSION = 1
/** Above what the longest route can be; nothing larger is looked at. */
export const TEXT_BYTES_MAX = 524_288

/** What a node says of itself. */
export interface NodeText {
  readonly route: NodeRoute
  /** Chance, by which a life of a node knows its own keys again. */
  readonly life: string
  /** How long its lease lasts. */
  readonly leaseTtlMs: number
  readonly holder: Holder
  /** Its applications are being put; those that are missing are not gone. */
  readonly isAttaching: boolean
}

/** What a life of a node says of one of its applications. */
export interface ApplicationText {
  readonly creation: number
  readonly route: OwnApplicationRoute
}

/** That a life of a node is going. */
export interface LeavingText {
  readonly creation: number
}

export type TextRefusal = 'VALUE_TOO_LARGE' | 'ROUTE_INVALID' | 'ROUTE_VERSION'

export type Read<T> =
  | { readonly value: T; readonly code?: undefined; readonly problem?: undefined }
  | { readonly value: undefined; readonly code: TextRefusal; readonly problem: string }

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const refused = (problem: string, code: TextRefusal = 'ROUTE_INVALID'): Read<never> => ({
  ...{ value: undefined, code },
  problem,
})

export function writeNode({ route, life, leaseTtlMs, holder, isAttaching }: NodeText): string {
  const { node, creation, addresses, liveness, version } = route
  return JSON.stringify({
    ...{ version: TEXT_VERSION, node, creation, life, leaseTtlMs },
    route: { addresses, liveness, version },
    ...(holder.space === '' ? {} : { holder }),
    ...(isAttaching ? { attaching: true } : {}),
  })
}

export function writeApplication(
  { node, creation }: { readonly node: string; readonly creation: number },
  route: OwnApplicationRoute,
): string {
  return JSON.stringify({ version: TEXT_VERSION, node, creation, route })
}

export function writeLeaving(life: { readonly node: string; readonly creation: number }): string {
  const { node, creation } = life
  return JSON.stringify({ version: TEXT_VERSION, node, creation })
}

export function readNode(bytes: Uint8Array, node: string): Read<NodeText> {
  const fields = readFields(bytes, node)
  if (fields.value === undefined) return fields
  const { creation, life, leaseTtlMs, route, holder, attaching } = fields.value
  if (!isFields(route)) return refused('route is no object')
  if (typeof life !== 'string' || life.length > 64) return refused('life is no short text')
  const checked = readNodeRoute({ ...route, node, creation, state: 'up' })
  if (checked.route === undefined) return refused(checked.problem)
  const isTtl = typeof leaseTtlMs === 'number' && leaseTtlMs > 0 && Number.isFinite(leaseTtlMs)
  return {
    value: {
      ...{ route: checked.route, life, leaseTtlMs: isTtl ? leaseTtlMs : 0 },
      ...{ holder: readHolder(holder), isAttaching: attaching === true },
    },
  }
}

export function readApplication(
  bytes: Uint8Array,
  { node, name }: { readonly node: string; readonly name: string },
): Read<ApplicationText> {
  const fields = readFields(bytes, node)
  if (fields.value === undefined) return fields
  const { creation, route } = fields.value
  const checked = readApplicationRoute(route)
  if (checked.route === undefined) return refused(checked.problem)
  if (checked.route.name !== name) return refused('it names another application than its key')
  return { value: { creation: Number(creation), route: checked.route } }
}

export function readLeaving(bytes: Uint8Array, node: string): Read<LeavingText> {
  const fields = readFields(bytes, node)
  return fields.value === undefined
    ? fields
    : { value: { creation: Number(fields.value['creation']) } }
}

/** What every value has: the version of its form, the node of its key, and a birth. */
function readFields(
  bytes: Uint8Array,
  node: string,
): Read<Fields & { readonly creation: unknown }> {
  if (bytes.length > TEXT_BYTES_MAX)
    return refused(`it has more than ${TEXT_BYTES_MAX} bytes`, 'VALUE_TOO_LARGE')
  const fields = parse(textOf(bytes))
  if (!isFields(fields)) return refused('it is no object in JSON')
  const { version, creation } = fields
  if (version !== TEXT_VERSION) {
    const isLater = Number.isSafeInteger(version)
    return isLater ? refused('its form is not known here', 'ROUTE_VERSION') : refused('no version')
  }
  if (fields['node'] !== node) return refused('it names another node than its key')
  const isBirth = Number.isSafeInteger(creation) && Number(creation) >= 0
  return isBirth ? { value: { ...fields, creation } } : refused('creation is no whole number')
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readHolder(given: unknown): Holder {
  if (!isFields(given)) return NO_HOLDER
  const { space, pid, began } = given
  const holds = typeof space === 'string' && typeof began === 'string' && Number.isSafeInteger(pid)
  return holds && Number(pid) > 0 && began !== '' ? { space, pid: Number(pid), began } : NO_HOLDER
}
