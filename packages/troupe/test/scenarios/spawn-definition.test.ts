/**
 * What can be spawned, and how a program is told that something cannot.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type AnyProtocol, actor, message, protocol, type Spawnable, TroupeError } from 'troupe'
import { testNode } from 'troupe/testing'

const Counter = protocol('counter', { increment: message() })

const refused = (word: string) => (error: unknown) =>
  TroupeError.is(error, 'OPTION_INVALID') && error.message.includes(word)

describe('a spawn', () => {
  const wrong: readonly (readonly [string, unknown, string])[] = [
    ['a protocol', Counter, 'definition is a protocol'],
    ['a plain object', {}, 'of type object'],
    ['nothing', undefined, 'of type undefined'],
    ['a function', () => {}, 'of type function'],
  ]
  for (const [title, definition, word] of wrong) {
    it(`of ${title} is refused with a code and what to give instead`, async () => {
      await using test = await testNode()
      const given = definition as Spawnable<AnyProtocol, []>
      await assert.rejects(test.node.spawn(given), refused(word))
      assert.equal(test.node.info().processes, 0)
      assert.equal(test.node.info().spawnFailed, 1)
    })
  }
})

describe('actor()', () => {
  it('without handlers is refused with a code that names the option', () => {
    const spec = {} as { on: { increment: () => void } }
    assert.throws(() => actor(Counter, spec), refused('the option on '))
  })
})
