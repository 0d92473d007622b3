/**
 * house/layers: the arrows between the rooms, held against the real imports.
 */
import { describe, it } from 'node:test'
import { cycles, wrongArrows } from '#house/arrows'
import { allSources, expectNone } from '#house/report'
import { importsOf } from '#house/source'
import { readJson } from '#setup/workspace'

describe('the rooms of the platform', () => {
  const files = () =>
    allSources().map((source) => ({ file: source.file, imports: importsOf(source) }))

  it('import only what the map allows', () => {
    const manifest = readJson('packages/troupe/package.json')
    expectNone(wrongArrows(files(), Object.keys(manifest.dependencies)))
  })

  it('have no file that needs itself', () => expectNone(cycles(files())))
})
