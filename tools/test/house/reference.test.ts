/**
 * house/reference: the reference pages, held against the code.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  errorCodes,
  errorPageFaults,
  exportedNames,
  optionPageFaults,
  optionTypes,
} from '#house/reference'
import { allSources, expectNone, readText } from '#house/report'
import { ROOT } from '#setup/workspace'

const ERRORS = 'docs/reference/errors.md'
const OPTIONS = 'docs/reference/options.md'
/** What a user can import from. */
const DOORS = /^packages\/[^/]+\/src\/(testing\/)?index\.ts$/
const TABLE = 'packages/troupe/src/contract/errors.ts'

/** A page that is not there is one on which everything is missing. */
const pageText = (file: string): string => (existsSync(join(ROOT, file)) ? readText(file) : '')

describe('the reference pages', () => {
  it('describe each error code and no other', () => {
    const codes = allSources()
      .filter(({ file }) => file === TABLE)
      .flatMap(errorCodes)
    expectNone(errorPageFaults(ERRORS, pageText(ERRORS), codes))
  })

  it('describe each option of each public type and no other', () => {
    const sources = allSources().filter(({ file }) => /^packages\/[^/]+\/src\//.test(file))
    const names = sources.filter(({ file }) => DOORS.test(file)).flatMap(exportedNames)
    expectNone(optionPageFaults(OPTIONS, pageText(OPTIONS), optionTypes(sources, names)))
  })
})
