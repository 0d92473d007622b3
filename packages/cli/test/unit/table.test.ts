/**
 * unit/table: tables fit their width, and lose the least important first.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { coloured, paintFor, plain } from '#terminal/paint'
import { factLines, tableLines } from '#terminal/table'
import { columnsOf, fitted, padded, wrapped } from '#terminal/width'

const columns = [
  { title: 'NODE', widthMin: 6 },
  { title: 'UP', side: 'right' as const },
  { title: 'VERSION', dispensable: 1 },
]
const rows = [
  ['shop@localhost', '3 s', '0.1.0'],
  ['b@localhost', '12 s', '0.1.0'],
]

describe('a table', () => {
  it('aligns its columns below their titles', () => {
    deepEqual(tableLines({ columns, rows, width: Number.POSITIVE_INFINITY, paint: plain }), [
      'NODE              UP  VERSION',
      'shop@localhost   3 s  0.1.0',
      'b@localhost     12 s  0.1.0',
    ])
  })

  it('cuts first what may be cut', () => {
    deepEqual(tableLines({ columns, rows, width: 24, paint: plain }), [
      'NODE         UP  VERSION',
      'shop@loc…   3 s  0.1.0',
      'b@localh…  12 s  0.1.0',
    ])
  })

  it('then leaves out what can be done without', () => {
    deepEqual(tableLines({ columns, rows, width: 12, paint: plain }), [
      'NODE      UP',
      'shop@…   3 s',
      'b@loc…  12 s',
    ])
  })

  it('never has a line that is wider than its width, as long as the least fits', () => {
    for (let width = 12; width < 40; width += 1) {
      const lines = tableLines({ columns, rows, width, paint: plain })
      ok(lines.every((line) => columnsOf(line) <= width))
    }
  })

  it('takes very many rows', () => {
    const many = Array.from({ length: 200_000 }, (_, at) => [`n${at}`, '1', 'v'])
    equal(tableLines({ columns, rows: many, width: 80, paint: plain }).length, 200_001)
  })

  it('counts wide letters as two columns and marks as none', () => {
    equal(columnsOf('東京'), 4)
    equal(columnsOf('e\u0301'), 1)
    equal(fitted('東京都', 5), '東京…')
    equal(padded('東', 4, 'right'), '  東')
  })
})

describe('facts', () => {
  it('stand with their values in one column', () => {
    deepEqual(
      factLines(
        [
          ['up', '3 s'],
          ['messages', '5'],
        ],
        plain,
      ),
      ['up        3 s', 'messages  5'],
    )
  })
})

describe('prose', () => {
  it('is broken between words', () => {
    deepEqual(wrapped('one two three', 8), ['one two', 'three'])
  })
})

describe('colours', () => {
  it('are there on a terminal alone, and not where they are refused', () => {
    const facts = { refused: false, isTerminal: true, env: {} }
    equal(paintFor(facts), coloured)
    equal(paintFor({ ...facts, isTerminal: false }), plain)
    equal(paintFor({ ...facts, refused: true }), plain)
    equal(paintFor({ ...facts, env: { NO_COLOR: '1' } }), plain)
    equal(paintFor({ ...facts, env: { TERM: 'dumb' } }), plain)
  })
})
