/**
 * network/codec/unsupported: finds what in a value cannot be sent, and says so with the path to it.
 *
 * Runs only when encoding has failed, so it may be slow; it looks at the same things in the same
 * order. Knows nothing of bytes.
 *
 * Limit: looks at `LOOKS_MAX` values; in a larger one the place is not named.
 */
import { describeThrown, TroupeError } from '#contract'
import { isAddress } from './address-writing.js'
import { binaryKindOf } from './binary.js'
import type { CustomCodecs } from './custom-codecs.js'
import type { CodecLimits } from './limits.js'

/** Thrown, and caught by the encoder, at what cannot be sent. */
export const UNSUPPORTED: object = Object.freeze({ kind: 'unsupported' })

const LOOKS_MAX = 1_000_000
/** Longest path that is told whole. */
const PATH_LENGTH_MAX = 300

interface Setting {
  readonly limits: CodecLimits
  readonly codecs: CustomCodecs
}

/** One sentence on why a value cannot be sent, and where; never throws. */
export function unsupportedProblem(value: unknown, thrown: unknown, setting: Setting): string {
  const search = new Search(setting)
  let problem: string | undefined
  try {
    problem = search.look(value, 'payload')
  } catch (again) {
    problem = `${told(search.path)} could not be read: ${describeThrown(again)}`
  }
  if (problem !== undefined) return problem
  return thrown === UNSUPPORTED
    ? 'the payload is too large, or changed while it was read'
    : `the payload could not be read: ${describeThrown(thrown)}`
}

const told = (path: string): string =>
  path.length > PATH_LENGTH_MAX
    ? `${path.slice(0, PATH_LENGTH_MAX / 2)}…${path.slice(-PATH_LENGTH_MAX / 2)}`
    : path

class Search {
  path = 'payload'
  readonly #setting: Setting
  readonly #above = new Set<object>()
  #looks = 0
  #containers = 0

  constructor(setting: Setting) {
    this.#setting = setting
  }

  /** The problem of a value or of something in it; undefined when there is none. */
  look(value: unknown, path: string): string | undefined {
    this.path = path
    this.#looks += 1
    if (this.#looks > LOOKS_MAX) return undefined
    switch (typeof value) {
      case 'function':
        return `${told(path)} is a function; send data, and the name of what shall be done with it`
      case 'symbol':
        return `${told(path)} is a symbol, which no other node knows; send a string`
      case 'bigint':
        return this.#bigint(value, path)
      case 'object':
        return value === null ? undefined : this.#object(value, path)
      default:
        return undefined
    }
  }

  #bigint(value: bigint, path: string): string | undefined {
    const { bigintBytesMax } = this.#setting.limits
    const bytes = Math.ceil(value.toString(16).replace('-', '').length / 2)
    if (bytes <= bigintBytesMax) return undefined
    return `${told(path)} is a bigint of ${bytes} bytes, above the limit of ${bigintBytesMax}`
  }

  #object(value: object, path: string): string | undefined {
    const { depthMax, containersMax } = this.#setting.limits
    if (this.#above.has(value)) {
      return `${told(path)} is a cycle: it holds itself; send ids instead of the objects`
    }
    const prototype: object | null = Object.getPrototypeOf(value)
    if (prototype !== null && binaryKindOf(value, prototype) !== undefined) return undefined
    if (this.#above.size >= depthMax) {
      return `${told(path)} is nested more than ${depthMax} deep; send it flatter or in parts`
    }
    this.#containers += 1
    if (this.#containers > containersMax) {
      return `it holds more than ${containersMax} objects; send it in parts`
    }
    this.#above.add(value)
    const problem = this.#inside(value, prototype, path)
    this.#above.delete(value)
    return problem
  }

  #inside(value: object, prototype: object | null, path: string): string | undefined {
    if (prototype === Map.prototype) return this.#map(value as Map<unknown, unknown>, path)
    if (prototype === Set.prototype) return this.#list([...(value as Set<unknown>)], path)
    if (prototype === Date.prototype) {
      ;(value as Date).getTime()
      return undefined
    }
    if (Array.isArray(value)) {
      return prototype === Array.prototype ? this.#list(value, path) : this.#instance(value, path)
    }
    if (prototype === Object.prototype || prototype === null) return this.#fields(value, path)
    return this.#instance(value, path)
  }

  #map(map: Map<unknown, unknown>, path: string): string | undefined {
    let at = 0
    for (const [key, value] of map) {
      const place = typeof key === 'string' ? JSON.stringify(key) : `#${at}`
      const problem =
        this.look(key, `${path}.keys[${at}]`) ?? this.look(value, `${path}.get(${place})`)
      if (problem !== undefined) return problem
      at += 1
    }
    return undefined
  }

  #list(values: readonly unknown[], path: string): string | undefined {
    for (let at = 0; at < values.length && this.#looks <= LOOKS_MAX; at += 1) {
      const problem = this.look(values[at], `${path}[${at}]`)
      if (problem !== undefined) return problem
    }
    return undefined
  }

  #fields(value: object, path: string): string | undefined {
    for (const key of Object.keys(value)) {
      const place = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
        ? `${path}.${key}`
        : `${path}[${JSON.stringify(key)}]`
      if (key === '__proto__') return `${told(place)} is a key that no object may have; rename it`
      this.path = place
      const problem = this.look((value as Readonly<Record<string, unknown>>)[key], place)
      if (problem !== undefined) return problem
    }
    return undefined
  }

  /** An object of a class: an error, an address, one with a codec, or one that cannot be sent. */
  #instance(value: object, path: string): string | undefined {
    const codec = this.#setting.codecs.of(value)
    if (codec !== undefined) {
      this.path = `${path}, by the codec ${codec.name},`
      return this.look(codec.encode(value), path)
    }
    if (value instanceof Error) return this.#error(value, path)
    if (isAddress(value)) return undefined
    const name = className(value)
    const article = /^[aeiou]/i.test(name) ? 'an' : 'a'
    return `${told(path)} is ${article} ${name}; send plain data, or register a codec for its class`
  }

  #error(error: Error, path: string): string | undefined {
    const { cause } = error
    const { errors } = error as { readonly errors?: unknown }
    return (
      this.look(cause, `${path}.cause`) ??
      (Array.isArray(errors) ? this.look(errors, `${path}.errors`) : undefined) ??
      (TroupeError.is(error) ? this.look(error.detail, `${path}.detail`) : undefined)
    )
  }
}

function className(value: object): string {
  const made = value.constructor
  const name = typeof made === 'function' ? made.name : ''
  return typeof name === 'string' && name !== '' ? name : 'class instance'
}
