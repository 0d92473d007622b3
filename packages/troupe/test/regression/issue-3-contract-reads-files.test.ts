/** The contract promises; it opens no file and no socket, so that everybody may import it. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import * as contract from '#contract'

/** What computes, and has no way to the outside. */
const PURE = new Set(['node:crypto', 'node:tls'])
const OUTSIDE = /\b(connect|createServer|TLSSocket|createConnection)\b/

describe('the contract', () => {
  it('imports nothing of Node that reaches files or sockets', () => {
    const folder = new URL('../../dist/contract/', import.meta.url)
    const files = readdirSync(folder).filter((file) => file.endsWith('.js'))
    assert.ok(files.length > 10)
    for (const file of files) {
      const text = readFileSync(new URL(file, folder), 'utf8')
      for (const [line, name = ''] of text.matchAll(/^import .* from '(node:[^']+)'/gm)) {
        assert.ok(PURE.has(name), `contract/${file} imports ${name}`)
        assert.doesNotMatch(line, OUTSIDE, `contract/${file}`)
      }
    }
    assert.ok(!('loadCertificates' in contract))
  })
})
