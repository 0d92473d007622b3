/**
 * setup/build: what the build clears away.
 */
import { deepEqual } from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, it } from 'node:test'
import { orphansOf } from '#setup/build'
import { ROOT } from '#setup/workspace'

describe('the build', () => {
  it('clears away what was made of a source that is gone, and nothing else', (test) => {
    const folder = mkdtempSync(join(ROOT, 'tools', 'dist-samples-'))
    test.after(() => rmSync(folder, { recursive: true }))
    const below = relative(ROOT, folder)
    mkdirSync(join(folder, 'src', 'room'), { recursive: true })
    mkdirSync(join(folder, 'dist', 'room'), { recursive: true })
    writeFileSync(join(folder, 'src', 'room', 'kept.ts'), '')
    for (const name of ['kept.js', 'kept.d.ts', 'gone.test.js', 'gone.d.ts.map', 'data.json']) {
      writeFileSync(join(folder, 'dist', 'room', name), '')
    }
    deepEqual(orphansOf(`${below}/src`, `${below}/dist`), [
      `${below}/dist/room/gone.d.ts.map`,
      `${below}/dist/room/gone.test.js`,
    ])
  })
})
