/**
 * unit/safe-text: nothing a node says reaches the terminal but as what is seen.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { safeJson, safeLines, safeText } from '#terminal/safe-text'

/** What a terminal would act upon, or nobody would see. */
const ACTED_UPON = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

describe('safe text', () => {
  it('shows an escape sequence as its code', () => {
    equal(safeText('shop\u001b[2J'), 'shop\\x1b[2J')
    equal(safeText('a\u009b31mb'), 'a\\x9b31mb')
  })

  it('shows line ends, so that one record cannot look like two', () => {
    equal(safeText('paid\nerror forged'), 'paid\\nerror forged')
    equal(safeText('a\u2028b\rc'), 'a\\u{2028}b\\rc')
  })

  it('shows marks that turn the direction of text, and those nobody sees', () => {
    equal(safeText('a\u202eb\u200bc\ufeff'), 'a\\u{202e}b\\u{200b}c\\u{feff}')
  })

  it('leaves letters of all scripts alone', () => {
    equal(safeText('Größe 東京 ñ é'), 'Größe 東京 ñ é')
  })

  it('cuts what is too long, and says so', () => {
    equal(safeText('abcdef', 3), 'abc…')
  })

  it('keeps the lines of a text, at most so many', () => {
    deepEqual(safeLines('a\nb\u001b\nc\nd', 2), ['a', 'b\\x1b', '… 2 more lines'])
  })

  it('of no character of the first two planes is acted upon', () => {
    for (let point = 0; point < 0x20000; point += 1) {
      const text = safeText(String.fromCodePoint(point))
      ok(!ACTED_UPON.test(text), point.toString(16))
    }
  })
})

describe('safe JSON', () => {
  it('is the same value, with everything seen', () => {
    const value = { 'a\u001b': ['\u009b', '\u202e', '\u{e0001}', 'é\n'] }
    const text = safeJson(value)
    deepEqual(JSON.parse(text), value)
    ok(!ACTED_UPON.test(text))
  })

  it('of nothing is null', () => equal(safeJson(undefined), 'null'))
})
