/**
 * rules/size-rules: the limits of lines, files and functions, on both sides of each.
 */
import { deepEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  COLUMNS_MAX,
  FILE_LINES_MAX,
  FUNCTION_LINES_MAX,
  fileLength,
  functionLengths,
  functionSizes,
  lineLengths,
} from '#house/size-rules'
import { sourceOf } from '#house/source'
import { planted, repeated } from '#test/rules/planted'

const FILE = 'packages/troupe/src/runtime/x.ts'

const comment = (columns: number): string => '//'.padEnd(columns, ' word')
const statements = (count: number): readonly string[] => repeated(count, (index) => `f(${index})`)
/** A function that has this many lines. */
const functionOf = (count: number): readonly string[] => [
  'function long() {',
  ...statements(count - 2),
  '}',
]

describe('the rule on line length', () => {
  it('allows the last column and finds the one after it', () =>
    deepEqual(planted(lineLengths, FILE, comment(COLUMNS_MAX), comment(COLUMNS_MAX + 1)), [
      `2: the line has ${COLUMNS_MAX + 1} columns, ${COLUMNS_MAX} are allowed`,
    ]))

  it('allows a word that cannot be broken', () =>
    deepEqual(planted(lineLengths, FILE, `// see https://a.org/${'x'.repeat(COLUMNS_MAX)}`), []))

  it('finds a long text of short words, unless a template quotes it', () => {
    const long = 'word '.repeat(COLUMNS_MAX / 4).trim()
    deepEqual(planted(lineLengths, FILE, `const a = '${long}'`).length, 1)
    deepEqual(planted(lineLengths, FILE, 'const a = `', long, '`'), [])
  })
})

describe('the rule on file length', () => {
  it('allows the last line and finds the one after it', () => {
    deepEqual(planted(fileLength, FILE, ...statements(FILE_LINES_MAX)), [])
    deepEqual(planted(fileLength, FILE, ...statements(FILE_LINES_MAX + 1)), [
      `401: the file has 401 lines, ${FILE_LINES_MAX} are allowed`,
    ])
  })

  it('leaves type tests and tables alone', () => {
    const long = statements(FILE_LINES_MAX + 1)
    deepEqual(planted(fileLength, 'packages/troupe/test/types/actor.ts', ...long), [])
    deepEqual(planted(fileLength, 'packages/troupe/src/contract/errors.ts', ...long), [])
  })
})

describe('the rule on function length', () => {
  it('allows the last line and finds the one after it', () => {
    deepEqual(planted(functionLengths, FILE, ...functionOf(FUNCTION_LINES_MAX)), [])
    deepEqual(planted(functionLengths, FILE, '', ...functionOf(FUNCTION_LINES_MAX + 1)), [
      `2: long has 71 lines, ${FUNCTION_LINES_MAX} are allowed`,
    ])
  })

  it('names methods, private methods and functions kept in a constant', () => {
    const text = 'class A { #a() {} b() {} }\nconst c = () => 1\nconst d = { e() {} }'
    deepEqual(
      functionSizes(sourceOf(FILE, text)).map(({ name }) => name),
      ['#a', 'b', 'c', 'e'],
    )
  })

  it('measures what a describe holds, not the describe', () => {
    const lines = ["describe('a', () => {", ...statements(FUNCTION_LINES_MAX), '})']
    deepEqual(planted(functionLengths, FILE, ...lines), [])
  })
})
