/**
 * house/style: the house style, held against every file of the repository.
 */
import { describe, it } from 'node:test'
import {
  noBareError,
  noDefaultExport,
  noExportAll,
  noHiddenClock,
  noUpwardImport,
} from '#house/code-rules'
import type { Fault } from '#house/fault'
import { pageFiles } from '#house/files'
import { allSources, expectNone, readText } from '#house/report'
import {
  FUNCTION_LINES_GOOD,
  fileLength,
  functionLengths,
  functionSizes,
  lineLengths,
} from '#house/size-rules'
import type { Source } from '#house/source'
import { commentWords, header, kebabName, machinePaths, pageWords } from '#house/text-rules'
import { readJson } from '#setup/workspace'

const everywhere = (rule: (source: Source) => readonly Fault[]) => () =>
  expectNone(allSources().flatMap(rule))

describe('the house style', () => {
  it('gives every file a header that names its room', everywhere(header))
  it('names files in kebab-case', everywhere(kebabName))
  it('keeps lines within their columns', everywhere(lineLengths))
  it('keeps files within their lines', everywhere(fileLength))
  it('keeps functions within their lines', everywhere(functionLengths))
  it('has no default export', everywhere(noDefaultExport))
  it('has no export of everything', everywhere(noExportAll))
  it('has no bare error', everywhere(noBareError))
  it('has clock and chance in base alone', everywhere(noHiddenClock))
  it('imports other rooms by name', everywhere(noUpwardImport))
  it('says nothing belittling in comments, and no task without its issue', everywhere(commentWords))
  it('says nothing belittling in documents', () =>
    expectNone(pageFiles().flatMap((file) => pageWords(file, readText(file)))))
  it('writes down no path of one machine', () =>
    expectNone([
      ...allSources().flatMap(({ file, text }) => machinePaths(file, text)),
      ...pageFiles().flatMap((file) => machinePaths(file, readText(file))),
    ]))
  it('has no more long functions than it had', (test) => {
    const { longFunctions } = readJson('tools/style-ratchet.json')
    const long = allSources()
      .flatMap(functionSizes)
      .filter(({ lines }) => lines > FUNCTION_LINES_GOOD)
    if (long.length < longFunctions) {
      test.diagnostic(`lower longFunctions in tools/style-ratchet.json to ${long.length}`)
    }
    if (long.length <= longFunctions) return
    const limit = `${longFunctions} functions may exceed ${FUNCTION_LINES_GOOD} lines`
    expectNone(
      long.map(({ file, line, name, lines }) => ({
        file,
        line,
        problem: `${name} has ${lines} lines and ${limit}`,
        remedy: 'split this one or another of the list',
      })),
    )
  })
})
