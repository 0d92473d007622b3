/**
 * The text of a configuration file: what it says, and where it is wrong.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readConfigText } from '#cluster/config/config-text'
import { CONFIG_LIMITS } from '#cluster/config/config-value'
import { jsonFault } from '#cluster/config/json-fault'

const DEPTH = 8

describe('a fault of JSON', () => {
  const where = (text: string): string => {
    const fault = jsonFault(text, DEPTH)
    return fault === undefined ? 'none' : `${fault.line}:${fault.column} ${fault.problem}`
  }

  it('is told by line and column', () => {
    assert.equal(where('{\n  "a": 1\n  "b": 2\n}'), '3:3 a comma or } is missing')
    assert.equal(where('{\n  "a": 1,\n}'), '3:1 a key in double quotes is missing')
    assert.equal(where('{ "a" 1 }'), '1:7 a : is missing')
    assert.equal(where('{ "a": x }'), '1:8 a value is missing')
    assert.equal(where('{ "a": [1 2] }'), '1:11 a comma or ] is missing')
    assert.equal(where('{} {}'), '1:4 something follows behind the end')
    assert.equal(where('// no comments\n{}'), '1:1 a value is missing')
    assert.equal(where('{ "a": "b'), '1:8 this string has no end')
    assert.match(where('{ "a": "b\n" }'), /^1:10 a line break/)
    assert.match(where('{ "a": "\\x" }'), /^1:9 \\ is followed/)
    assert.match(where('{ "a": 1'), /^1:9 .*the text ends here$/)
    assert.match(where('  '), /^1:3 the text is empty; write {}/)
  })

  it('is a key that stands twice in one object, however it is written', () => {
    assert.equal(where('{ "a": 1,\n "\\u0061": 2 }'), '2:2 the key "a" stands twice')
    assert.equal(where('{ "a": 1, "b": { "a": 2 } }'), 'none')
  })

  it('is more depth than the limit, whatever the depth', () => {
    assert.match(where('['.repeat(DEPTH + 1)), /more than 8 levels/)
    assert.match(where('['.repeat(1_000_000)), /more than 8 levels/)
    assert.equal(where('['.repeat(DEPTH) + ']'.repeat(DEPTH)), 'none')
  })

  it('is found wherever JSON.parse finds one, and nowhere else', () => {
    const parses = (text: string): boolean => {
      try {
        JSON.parse(text)
        return true
      } catch {
        return false
      }
    }
    const nothing = { line: 1, column: 1, problem: '' }
    const alphabet = '{}[]":,\\ue0123.-+Etruefalsn \n\t\u0001'
    const loose = fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 12 })
    const json = fc.json({ maxDepth: 3 })
    const wounded = fc.tuple(json, fc.nat(), fc.constantFrom(...alphabet, '')).map(
      // One character of a good text is another one, or gone.
      ([text, at, put]) =>
        text.slice(0, at % text.length) + put + text.slice((at % text.length) + 1),
    )
    fc.assert(
      fc.property(fc.oneof(loose, json, wounded), (text) => {
        const fault = jsonFault(text, DEPTH) ?? nothing
        const isOurs = fault.problem.includes('twice')
        assert.equal(fault === nothing || isOurs, parses(text), `${text}: ${fault.problem}`)
      }),
      { seed: 5, numRuns: 3_000 },
    )
  })

  it('takes no longer with the longest string', () => {
    assert.equal(where(`{ "a": "${'\\"x'.repeat(CONFIG_LIMITS.fileBytesMax / 3)}" }`), 'none')
  })
})

describe('the text of a configuration file', () => {
  it('has a section for everybody, one for this cluster, one for nodes in every cluster', () => {
    const text = JSON.stringify({
      global: { level: 'info' },
      cluster: { '*': { workers: 4 }, 'web1@host': { workers: 8 } },
      nodes: { web1: { port: 8080 } },
    })
    assert.deepEqual(readConfigText(text), {
      kind: 'entries',
      entries: [
        { place: { level: 'global' }, item: 'level', value: 'info' },
        { place: { level: 'cluster' }, item: 'workers', value: 4 },
        { place: { level: 'cluster-node', node: 'web1@host' }, item: 'workers', value: 8 },
        { place: { level: 'node', node: 'web1' }, item: 'port', value: 8080 },
      ],
    })
    assert.deepEqual(readConfigText('{}'), { kind: 'entries', entries: [] })
  })

  it('is refused whole when it has a fault, and tells what it is', () => {
    const problemOf = (text: string): string => {
      const read = readConfigText(text)
      return read.kind === 'fault' ? read.problem : 'none'
    }
    assert.match(problemOf('{ "global": { "a": 1, } }'), /^line 1 column 23: a key/)
    assert.match(problemOf('[]'), /it is no object/)
    assert.match(problemOf('null'), /it is no object/)
    assert.match(problemOf('{ "globl": {} }'), /"globl" is not known; known are global/)
    assert.match(problemOf('{ "__proto__": { "a": 1 } }'), /"__proto__" is not known/)
    assert.match(problemOf('{ "global": 1 }'), /section global is no object/)
    assert.match(problemOf('{ "cluster": { "*": [] } }'), /"\*" in the section cluster/)
    assert.match(problemOf('{ "nodes": { "*": {} } }'), /nodes has no \*/)
  })
})
