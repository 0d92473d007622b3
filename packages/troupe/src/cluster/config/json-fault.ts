/**
 * cluster/config/json-fault: where a text is not JSON, by line and column, and in what way.
 *
 * JSON.parse tells a position in some versions of Node and for some faults; who edits a file by
 * hand wants it always. A key that stands twice in one object is a fault, too: one of the two
 * values would be lost without a word. Reads nothing out: values are those of JSON.parse.
 * Limit: objects and lists within each other, an argument.
 *
 * @source RFC 8259
 */

/** What is wrong, and where: both counted from 1. */
export interface JsonFault {
  readonly line: number
  readonly column: number
  readonly problem: string
}

/** What is found at an offset. */
interface Found {
  readonly at: number
  readonly problem: string
}

/** The first fault of a text; undefined: it is JSON, without doubled keys. */
export function jsonFault(text: string, depthMax: number): JsonFault | undefined {
  const scan = new Scan(text, depthMax)
  const found = scan.whole()
  if (found === undefined) return undefined
  const before = text.slice(0, found.at).split('\n')
  const column = (before.at(-1) as string).length + 1
  return { line: before.length, column, problem: found.problem }
}

const WHITE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const WORD = /true|false|null/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20

class Scan {
  readonly #text: string
  readonly #depthMax: number
  #at = 0

  constructor(text: string, depthMax: number) {
    this.#text = text
    this.#depthMax = depthMax
  }

  whole(): Found | undefined {
    this.#take(WHITE)
    if (this.#at === this.#text.length) return this.#fault('the text is empty; write {}')
    const fault = this.#value(0)
    if (fault !== undefined) return fault
    this.#take(WHITE)
    if (this.#at < this.#text.length) return this.#fault('something follows behind the end')
    return undefined
  }

  #value(depth: number): Found | undefined {
    this.#take(WHITE)
    const next = this.#text[this.#at]
    if (next === '{' || next === '[') {
      if (depth === this.#depthMax) return this.#fault(`more than ${depth} levels`)
      return next === '{' ? this.#object(depth + 1) : this.#list(depth + 1)
    }
    if (next === '"') return this.#string()
    if (this.#take(NUMBER) || this.#take(WORD)) return undefined
    return this.#fault('a value is missing')
  }

  #object(depth: number): Found | undefined {
    const keys = new Set<string>()
    return this.#members('}', () => {
      const start = this.#at
      if (this.#text[start] !== '"') return this.#fault('a key in double quotes is missing')
      const fault = this.#string()
      if (fault !== undefined) return fault
      const key = JSON.parse(this.#text.slice(start, this.#at)) as string
      if (keys.has(key)) return { at: start, problem: `the key ${short(key)} stands twice` }
      keys.add(key)
      this.#take(WHITE)
      if (this.#text[this.#at] !== ':') return this.#fault('a : is missing')
      this.#at += 1
      return this.#value(depth)
    })
  }

  #list(depth: number): Found | undefined {
    return this.#members(']', () => this.#value(depth))
  }

  /** What stands between a bracket and `end`, with commas in between. */
  #members(end: string, member: () => Found | undefined): Found | undefined {
    this.#at += 1
    this.#take(WHITE)
    if (this.#text[this.#at] === end) {
      this.#at += 1
      return undefined
    }
    for (;;) {
      this.#take(WHITE)
      const fault = member()
      if (fault !== undefined) return fault
      this.#take(WHITE)
      const next = this.#text[this.#at]
      if (next !== ',' && next !== end) return this.#fault(`a comma or ${end} is missing`)
      this.#at += 1
      if (next === end) return undefined
    }
  }

  #string(): Found | undefined {
    const start = this.#at
    this.#at += 1
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (Number.isNaN(code)) return { at: start, problem: 'this string has no end' }
      if (code < SPACE) return this.#fault('a line break or another control character in a string')
      if (code === BACKSLASH) {
        if (!this.#take(ESCAPE)) return this.#fault('\\ is followed by no known letter')
        continue
      }
      this.#at += 1
      if (code === QUOTE) return undefined
    }
  }

  /** Steps over what the pattern finds here; false: nothing. */
  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    if (!pattern.test(this.#text)) return false
    this.#at = pattern.lastIndex
    return true
  }

  #fault(problem: string): Found {
    const isEnd = this.#at === this.#text.length
    return { at: this.#at, problem: isEnd ? `${problem}: the text ends here` : problem }
  }
}

const short = (key: string): string => JSON.stringify(key.slice(0, 80))
