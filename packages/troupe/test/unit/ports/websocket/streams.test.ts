/** ports/websocket: any honest stream arrives as it was meant, any other one ends with a word. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { anyDamage, anyMessages } from '#test/unit/ports/websocket/any-frames'
import { anyPort, anyReads, arrives, endsWithOneWord } from '#test/unit/ports/websocket/any-stream'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)

describe('any stream of WebSocket frames', { timeout: 60_000 }, () => {
  it('arrives as it was meant, however it is cut', async (t) => {
    const all = await anyPort(t)
    const property = fc.asyncProperty(fc.tuple(anyMessages, anyReads), (given) =>
      arrives(t, all, given),
    )
    await fc.assert(property, { seed, numRuns: 60 })
  })

  it('ends with one word when it is damaged', async (t) => {
    const all = await anyPort(t)
    const property = fc.asyncProperty(anyDamage, (bytes) => endsWithOneWord(t, all, bytes))
    await fc.assert(property, { seed, numRuns: 150 })
  })
})

describe('the declarations that are published', () => {
  it('need no types of ws', () => {
    const folder = new URL('../../../../dist/ports/websocket/', import.meta.url)
    const declarations = readdirSync(folder).filter((file) => file.endsWith('.d.ts'))
    assert.ok(declarations.length > 10)
    for (const file of declarations) {
      const text = readFileSync(new URL(file, folder), 'utf8')
      assert.doesNotMatch(text, /from ["']ws["']/, file)
    }
  })
})
