/** contract/visible: names of nodes look like themselves, and what is printed hides nothing. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startNode } from 'troupe'
import { isNodeName, printable } from '#contract'
import { jsonLine } from '#runtime/log/json-line'
import { textLine } from '#runtime/log/text-line'

const HIDDEN: Readonly<Record<string, string>> = {
  'a control character': '\u0007',
  'an override of the direction of text': '\u202e',
  'an isolate of the direction of text': '\u2066',
  'a mark of the direction of text': '\u200f',
  'the Arabic mark': '\u061c',
  'a space of no width': '\u200b',
  'a joiner of words': '\u2060',
  'a soft hyphen': '\u00ad',
  'a byte order mark': '\ufeff',
  'a tag': '\u{e0041}',
}
/** Those that logs leave as they are, since scripts and pictures need them. */
const IN_NAMES: Readonly<Record<string, string>> = {
  ...HIDDEN,
  'a joiner': '\u200d',
  'a variant of a character': '\ufe0f',
  'a filler': '\u3164',
  'half a character': '\ud800',
  'a private character': '\ue000',
  'a blank of Braille': '\u2800',
  'a line separator': '\u2028',
}

describe('the name of a node', () => {
  it('may hold letters of any script', () => {
    for (const name of ['a@b', 'bücher@köln', '店@東京', 'متجر@دبي', 'a.b-c_1@10.0.0.1']) {
      assert.ok(isNodeName(name), name)
    }
  })

  for (const [what, character] of Object.entries(IN_NAMES)) {
    it(`may not hold ${what}`, async () => {
      for (const name of [`a${character}@b`, `a@b${character}`, `${character}a@b`]) {
        assert.equal(isNodeName(name), false)
        await assert.rejects(startNode(name), { code: 'NODE_NAME_INVALID' })
      }
      assert.equal(printable(`x${character}y`).replace(/ +/, ' '), 'x y')
    })
  }
})

describe('a line of a log', () => {
  const record = (text: string) =>
    ({
      ...{ timeMs: 0, level: 'info', message: text, fields: { [text]: text } },
      source: { kind: 'node', node: text },
    }) as never
  const isSecret = (): boolean => false

  for (const [what, character] of Object.entries(HIDDEN)) {
    it(`shows ${what}, whatever holds it`, () => {
      const given = record(`a${character}b`)
      const lines = [
        jsonLine(given, isSecret),
        textLine(given, { colour: false, time: 'iso', isSecret }),
      ]
      for (const line of lines) assert.ok(!line.includes(character), line)
    })
  }

  it('leaves joined characters and variants as they are', () => {
    const family = '👩\u200d👧❤\ufe0f'
    assert.ok(jsonLine(record(family), isSecret).includes(family))
  })
})
