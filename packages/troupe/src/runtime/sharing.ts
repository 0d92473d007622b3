/**
 * runtime/sharing: in development, catches what sender and receiver must not share.
 *
 * Local messages are handed over by reference. `freeze` makes a later change throw where it is
 * made; `clone` gives each receiver its own. Both leave addresses alone.
 *
 * Limit: the walk stops at `DEPTH_MAX` levels; binary data and class instances are not frozen.
 *
 * @source ergo-features weaknesses 9
 */
import { Alias, Pid, Ref, type SharingCheck } from '#contract'

const DEPTH_MAX = 100

/** What a message becomes on its way, by the check that is switched on. */
export function sharingCheck(check: SharingCheck): ((payload: unknown) => unknown) | undefined {
  if (check === 'off') return undefined
  const checked = check === 'freeze' ? (payload: unknown) => frozen(payload, 0) : cloned
  return (payload) => {
    try {
      return checked(payload)
    } catch {
      // A hostile proxy, or one nested too deep: a send must not fail for what it carries.
      return payload
    }
  }
}

const isAddress = (value: object): boolean => Pid.is(value) || Alias.is(value) || Ref.is(value)

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}

function frozen(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return value
  if (Object.isFrozen(value) || isAddress(value) || !isPlain(value)) return value
  Object.freeze(value)
  for (const descriptor of Object.values(Object.getOwnPropertyDescriptors(value))) {
    // A getter is not called: it is the sender's code.
    if ('value' in descriptor) frozen(descriptor.value, depth + 1)
  }
  return value
}

const cloned = (payload: unknown): unknown => copyOf(payload, new Map())

function copyOf(value: unknown, copies: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null || isAddress(value)) return value
  const known = copies.get(value)
  if (known !== undefined) return known
  if (!isPlain(value)) return cloneOther(value)
  const copy: Record<string, unknown> = Array.isArray(value) ? ([] as never) : Object.create(null)
  if (!Array.isArray(value)) Object.setPrototypeOf(copy, Object.getPrototypeOf(value))
  copies.set(value, copy)
  // Sparse arrays keep their holes, and with them their length.
  if (Array.isArray(value)) (copy as { length?: number }).length = value.length
  for (const key of Reflect.ownKeys(value)) {
    const descriptor = Object.getOwnPropertyDescriptor(value, key)
    if (descriptor?.enumerable === true) Object.defineProperty(copy, key, own(descriptor, copies))
  }
  return copy
}

/** A getter goes along uncalled; a value is copied, and may be changed by its new owner. */
function own(descriptor: PropertyDescriptor, copies: Map<object, unknown>): PropertyDescriptor {
  if (!('value' in descriptor)) return { ...descriptor, configurable: true }
  const value = copyOf(descriptor.value, copies)
  return { value, writable: true, enumerable: true, configurable: true }
}

/** Dates, maps, sets and binary data by the machine's own clone; the rest is shared. */
function cloneOther(value: object): unknown {
  try {
    const copy: unknown = structuredClone(value)
    return Object.getPrototypeOf(copy) === Object.getPrototypeOf(value) ? copy : value
  } catch {
    // Functions, proxies, class instances with private parts: there is no copy to be had.
    return value
  }
}
