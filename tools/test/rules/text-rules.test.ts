/**
 * rules/text-rules: headers, names and words, each with a planted fault.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { commentWords, header, kebabName, machinePaths, pageWords } from '#house/text-rules'
import { planted } from '#test/rules/planted'

const FILE = 'packages/troupe/src/runtime/log/level.ts'

describe('the rule on headers', () => {
  for (const name of ['runtime/log/level', 'log/level', 'level', 'runtime/log']) {
    it(`accepts "${name}:"`, () =>
      deepEqual(planted(header, FILE, '/**', ` * ${name}: levels.`, ' */'), []))
  }

  it('finds a header of another room', () =>
    deepEqual(planted(header, FILE, '/** runtime/mailbox: levels. */'), [
      '1: the header does not name its room',
    ]))

  it('finds a missing header', () =>
    deepEqual(planted(header, FILE, "import a from 'a'", '/** level: late */'), [
      '1: there is no header comment',
    ]))

  it('accepts the folder for an index, and a line for the shell before it', () => {
    deepEqual(
      planted(header, 'packages/troupe/src/contract/index.ts', '/** contract: words. */'),
      [],
    )
    deepEqual(planted(header, 'packages/troupe/src/index.ts', '/** troupe: the door. */'), [])
    deepEqual(planted(header, 'tools/a.mjs', '#!/usr/bin/env node', '/** a: b. */'), [])
  })
})

describe('the rule on file names', () => {
  const verdicts = { 'process-table.ts': 0, 'a.test.ts': 0, 'ProcessTable.ts': 1, 'a_b.ts': 1 }
  for (const [name, faults] of Object.entries(verdicts)) {
    it(`${faults === 0 ? 'accepts' : 'finds'} ${name}`, () =>
      equal(planted(kebabName, `packages/troupe/src/${name}`, '').length, faults))
  }
})

describe('the rule on words', () => {
  it('finds a banned word in a comment, at its line', () =>
    deepEqual(
      planted(commentWords, FILE, '/**', ' * This is', ' * simply a queue.', ' */', 'f()'),
      ['3: the word "simply" belittles the reader\'s trouble'],
    ))

  it('leaves code, quoted code and longer words alone', () =>
    deepEqual(planted(commentWords, FILE, "const just = 'easy'", '// `just` is adjusted here'), []))

  it('finds a task without the issue that holds it', () =>
    deepEqual(planted(commentWords, FILE, '// TODO later', '// TODO issue 4: the network'), [
      '1: a task is noted without the issue that holds it',
    ]))

  it('reads the prose of a page and not its code', () => {
    const page = ['It is easy.', '```sh', 'echo just', '```', 'Obviously `just` that.'].join('\n')
    deepEqual(
      pageWords('docs/a.md', page).map(({ line }) => line),
      [1, 5],
    )
  })

  it('finds a path of one machine', () => {
    const folder = ['', 'root', 'project'].join('/')
    equal(machinePaths('docs/a.md', `cd ${folder}/x`).length, 1)
    equal(machinePaths('docs/a.md', `see https://example.org${folder}`).length, 0)
  })
})
