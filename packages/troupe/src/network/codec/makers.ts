/**
 * network/codec/makers: objects of a known shape, made as quickly as a literal in a program.
 *
 * A shape that is used often gets a constructor that is compiled from its keys; where programs may
 * not compile code (`--disallow-code-generation-from-strings`) it is filled key by key as before.
 * Keys are quoted by JSON and set as own fields, so no key can be code or reach a prototype.
 *
 * Limits: `USES_BEFORE_COMPILING` uses, so that shapes met once or twice cost no compilation;
 * `COMPILED_MAX` constructors, which all sessions of the program share.
 */

/** Reads the next value. */
export interface ValueSource {
  read(): unknown
}

type Make = (source: ValueSource) => object

const USES_BEFORE_COMPILING = 16
/** Shapes beyond it are filled key by key. */
const COMPILED_MAX = 4_096

/** Constructors by their keys: thousands of sessions speak of the same shapes. */
const shared = new Map<string, Make>()

/** One entry of the dictionary of shapes at the reading end. */
export class Maker {
  readonly keys: readonly string[]
  /** Makes an object of the values that come next. */
  make: Make
  #uses = 0
  readonly #isPlain: boolean

  constructor(keys: readonly string[], mayCompile: boolean) {
    this.keys = keys
    // A key that all objects inherit is set as an own field, whatever was done to the prototype.
    this.#isPlain = keys.every((key) => !(key in Object.prototype))
    this.make = mayCompile ? (source) => this.#count(source) : (source) => this.#fill(source)
  }

  #count(source: ValueSource): object {
    this.#uses += 1
    if (this.#uses >= USES_BEFORE_COMPILING) {
      this.make = constructorOf(this.keys) ?? ((later) => this.#fill(later))
    }
    return this.#fill(source)
  }

  #fill(source: ValueSource): object {
    const made: Record<string, unknown> = {}
    for (const key of this.keys) {
      if (this.#isPlain) made[key] = source.read()
      else setOwn(made, key, source.read())
    }
    return made
  }
}

/** Sets an own field, past any setter on the way. */
export function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}

/** A constructor for objects with these keys; undefined when there can be none. */
function constructorOf(keys: readonly string[]): Make | undefined {
  const name = JSON.stringify(keys)
  const known = shared.get(name)
  if (known !== undefined || shared.size >= COMPILED_MAX) return known
  const made = compiled(keys)
  if (made !== undefined) shared.set(name, made)
  return made
}

function compiled(keys: readonly string[]): Make | undefined {
  const fields = keys.map((key) => `${JSON.stringify(key)}: source.read()`)
  try {
    return new Function('source', `'use strict'; return { ${fields.join(', ')} }`) as Make
  } catch {
    // The program was started without the right to compile code.
    return undefined
  }
}
