/** ports/websocket: any honest stream arrives as it was meant, any other one ends with a word. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fuzzSlowly } from '@troupe/tools/fuzz'
import { anyPort } from '#test/unit/ports/websocket/any-stream'
import { frameFuzzer, messageFuzzer } from '#test/unit/ports/websocket/frames-fuzz'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)

describe('any stream of WebSocket frames', { timeout: 180_000 }, () => {
  it('arrives as it was meant, however it is cut', async (t) => {
    const fuzzer = messageFuzzer(t, await anyPort(t))
    assert.ok((await fuzzSlowly(fuzzer, { seed, cases: 60 })) > 60)
  })

  it('ends with one word when it is damaged', async (t) => {
    const fuzzer = frameFuzzer(t, await anyPort(t))
    assert.ok((await fuzzSlowly(fuzzer, { seed, cases: 150 })) > 150)
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
