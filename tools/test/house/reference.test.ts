/**
 * house/reference: the reference pages, held against the code.
 */
import { deepEqual, ok } from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Fault } from '#house/fault'
import {
  errorCodes,
  errorPageFaults,
  exportedNames,
  optionPageFaults,
  optionTypes,
} from '#house/reference'
import { allSources, expectNone, readText } from '#house/report'
import { filesBelow, ROOT } from '#setup/workspace'

const ERRORS = 'docs/reference/errors.md'
const OPTIONS = 'docs/reference/options.md'
/** What a user can import from. */
const DOORS = /^packages\/[^/]+\/src\/(testing\/)?index\.ts$/
const TABLE = 'packages/troupe/src/contract/errors.ts'

/** The faults of a page; of one that is not there, that alone. */
function pageFaults(file: string, check: (page: string) => readonly Fault[]): readonly Fault[] {
  if (existsSync(join(ROOT, file))) return check(readText(file))
  return [{ file, line: 1, problem: 'the page is missing', remedy: 'write it' }]
}

/** The causes of a page, in its table, or of the code, in its list. */
const causesIn = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, cause = '']) => cause)

const PICTURES = 'docs/guides/images'

describe('the pictures', () => {
  it('are all shown on a page, and those that are shown are there', () => {
    const pages = ['README.md', ...filesBelow('docs', (path) => path.endsWith('.md'), /^images$/)]
    const shown = pages.flatMap((page) =>
      [...readText(page).matchAll(/\]\([^)]*images\/([^)/]+)\)/g)].map(([, name = '']) => name),
    )
    const files = filesBelow(PICTURES, (path) => path.endsWith('.png'), /./)
    deepEqual(
      [...new Set(shown)].sort(),
      files.map((path) => path.slice(PICTURES.length + 1)).sort(),
    )
  })
})

describe('the reference pages', () => {
  it('tell each cause of a dead letter and no other', () => {
    const code = readText('packages/troupe/src/contract/signal.ts')
    const list = code.slice(code.indexOf('DROP_CAUSES = '), code.indexOf('] as const)'))
    const [, table = ''] = readText('docs/concepts/dead-letters.md').split('## Causes')
    const known = causesIn(list, /'([a-z-]+)'/g)
    ok(known.length > 0)
    deepEqual(causesIn(table, /^\| `([a-z-]+)` \|/gm), known)
  })

  it('describe each error code and no other', () => {
    const codes = allSources()
      .filter(({ file }) => file === TABLE)
      .flatMap(errorCodes)
    expectNone(pageFaults(ERRORS, (page) => errorPageFaults(ERRORS, page, codes)))
  })

  it('describe each option of each public type and no other', () => {
    const sources = allSources().filter(({ file }) => /^packages\/[^/]+\/src\//.test(file))
    const names = sources.filter(({ file }) => DOORS.test(file)).flatMap(exportedNames)
    const types = optionTypes(sources, names)
    expectNone(pageFaults(OPTIONS, (page) => optionPageFaults(OPTIONS, page, types)))
  })
})
