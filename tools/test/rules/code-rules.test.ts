/**
 * rules/code-rules: each planted fault is found at its line, and what is allowed is left alone.
 */
import { deepEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  noBareError,
  noDefaultExport,
  noExportAll,
  noHiddenClock,
  noUpwardImport,
} from '#house/code-rules'
import { planted } from '#test/rules/planted'

const FILE = 'packages/troupe/src/runtime/x.ts'

describe('the rules on code', () => {
  it('find a default export', () =>
    deepEqual(planted(noDefaultExport, FILE, 'const a = 1', 'export default a'), [
      '2: there is a default export',
    ]))

  it('find an export of everything', () =>
    deepEqual(planted(noExportAll, FILE, "export * from './y.js'"), [
      '1: `export *` hides what is public',
    ]))

  it('find a bare error, made with or without new', () =>
    deepEqual(
      planted(noBareError, FILE, "throw new Error('a')", "f(TypeError('b'))", 'new TroupeError()'),
      ['1: a bare Error has no code to match on', '2: a bare TypeError has no code to match on'],
    ))

  it('let a test throw what a user throws', () =>
    deepEqual(planted(noBareError, 'packages/troupe/test/unit/x.test.ts', "new Error('a')"), []))

  it('find an import that climbs, whatever its form', () =>
    deepEqual(
      planted(
        noUpwardImport,
        FILE,
        "import { a } from '../base/ring.js'",
        "export { b } from '../b.js'",
        "const c = await import('../c.js')",
        "type D = import('../d.js').D",
        "import { e } from './e.js'",
      ),
      ['base/ring', 'b', 'c', 'd'].map((name, index) => {
        return `${index + 1}: ../${name}.js climbs out of its room`
      }),
    ))
})

describe('the rule on hidden clocks', () => {
  const hidden = [
    'Date.now()',
    'new Date()',
    'performance.now()',
    'process.hrtime.bigint()',
    'Math.random()',
    'setTimeout(f, 1)',
    'setInterval(f, 1)',
    'setImmediate(f)',
    'const later = setTimeout',
  ]
  for (const code of hidden) {
    it(`finds ${code}`, () => {
      const found = planted(noHiddenClock, FILE, code)
      deepEqual(found.length, 1)
      deepEqual(planted(noHiddenClock, 'examples/traffic/src/x.ts', code), found)
    })
  }

  it('finds the modules of timers', () =>
    deepEqual(
      planted(noHiddenClock, FILE, "import { setTimeout as s } from 'node:timers/promises'"),
      ['1: node:timers/promises is used outside base'],
    ))

  const allowed = ['new Date(nowMs)', 'clock.setTimeout(f)', 'const a = { setTimeout: 1 }']
  for (const code of allowed) {
    it(`allows ${code}`, () => deepEqual(planted(noHiddenClock, FILE, code), []))
  }

  for (const file of ['packages/troupe/src/base/clock.ts', 'bench/lib/a.mjs', 'tools/a.mjs']) {
    it(`allows a clock in ${file}`, () =>
      deepEqual(planted(noHiddenClock, file, hidden[0] ?? ''), []))
  }
})
