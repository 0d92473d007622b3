/**
 * docs/reference/wire.md: a session between two nodes that was recorded is read by its tables.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { REASON_WORDS, SEND_FAILURES } from '#contract'
import { KIND } from '#network/peer/kinds'
import { keptLines } from '#test/corpus'
import { sectionBelow, tableBelow } from '#test/unit/network/codec/wire-page'
import { RecordedReader } from '#test/unit/network/peer/recorded-session'

/** Long rows of zeros are written as `(00*70000)`. */
const folded = (hex: string): string =>
  hex.replaceAll(/(?:00){100,}/g, (zeros) => `(00*${zeros.length / 2})`)
const unfolded = (text: string): Uint8Array =>
  Buffer.from(
    text.replaceAll(/\(00\*(\d+)\)/g, (_, count: string) => '00'.repeat(Number(count))),
    'hex',
  )

describe('the page on the wire', () => {
  it('has tables by which a recorded session is read', () => {
    const readers: Readonly<Record<string, RecordedReader>> = {
      a: new RecordedReader(),
      b: new RecordedReader(),
    }
    const seen = new Set<string>()
    let said: string[] = []
    for (const line of keptLines('wire-session')) {
      const [who = '', ...rest] = line.split(' ')
      if (who === '=') {
        const meaning = rest.join(' ')
        assert.equal(folded(said.shift() ?? ''), meaning)
        seen.add(meaning.split(' ')[0] ?? '')
      } else {
        assert.deepEqual(said, [])
        said = [...(readers[who]?.read(unfolded(rest.join(''))) ?? [])]
      }
    }
    assert.deepEqual(said, [])
    for (const name of ['SEND', 'CALL', 'REPLY', 'REJECT', 'CONFIRM', 'WATCH', 'DOWN', 'EVENT']) {
      assert.ok(seen.has(name), `${name} was recorded`)
    }
  })

  it('names the kinds of the code', () => {
    const named = tableBelow('## Messages').map(([kind = '', name = '']) => [
      name.toLowerCase().replaceAll(/ (\w)/g, (_, letter: string) => letter.toUpperCase()),
      Number(kind),
    ])
    assert.deepEqual(Object.fromEntries(named), { ...KIND })
  })

  it('names the reasons and the codes of failures', () => {
    const reasons = tableBelow('### Reasons').map(([reason = '']) => reason)
    assert.deepEqual(
      reasons.filter((reason) => !reason.startsWith('{')).sort(),
      [...REASON_WORDS].sort(),
    )
    const codes = sectionBelow('### Errors and codes').match(/^[A-Z_,\s]+\.$/m)?.[0] ?? ''
    assert.deepEqual((codes.match(/[A-Z_]+/g) ?? []).sort(), [...SEND_FAILURES].sort())
  })

  it('says of each message what is answered', () => {
    const answered = tableBelow('### What each message asks for').flatMap(([name = '']) =>
      name.split(', '),
    )
    const answers = ['REPLY', 'REJECT', 'CONFIRMED', 'DOWN', 'SUBSCRIBED', 'EVENT']
    const carriers = ['LARGE', 'PIECE', 'COMPRESSED']
    const all = tableBelow('## Messages').map(([, name = '']) => name)
    assert.deepEqual([...answered, ...answers, ...carriers].sort(), [...all].sort())
  })
})
