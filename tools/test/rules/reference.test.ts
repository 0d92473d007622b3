/**
 * rules/reference: pages that name too much or too little are found.
 */
import { deepEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Fault } from '#house/fault'
import {
  errorCodes,
  errorPageFaults,
  exportedNames,
  optionPageFaults,
  optionTypes,
} from '#house/reference'
import { sourceOf } from '#house/source'

const problems = (faults: readonly Fault[]): readonly string[] =>
  faults.map(({ line, problem }) => `${line}: ${problem}`)

const ERRORS = "const ERRORS = { LATE: 'late', LOST: 'lost' } as const"
const DOOR = "export type { CallOptions } from './options.js'"
const OPTIONS = [
  'export interface CallOptions { readonly timeoutMs?: number; readonly important?: boolean }',
  'export interface HiddenOptions { readonly a?: number }',
].join('\n')

describe('the page of errors', () => {
  const codes = errorCodes(sourceOf('errors.ts', ERRORS))

  it('is right when it has one heading for each code', () =>
    deepEqual(errorPageFaults('e.md', '# Errors\n## LATE\ntext\n## `LOST`', codes), []))

  it('is wrong when it lacks a code or has one that is gone', () =>
    deepEqual(problems(errorPageFaults('e.md', '## LATE\n## GONE', codes)), [
      '1: LOST is missing in the page',
      '1: GONE in the page does not exist',
    ]))
})

describe('the page of options', () => {
  const types = optionTypes(
    [sourceOf('options.ts', OPTIONS)],
    exportedNames(sourceOf('index.ts', DOOR)),
  )

  it('is right when it has a heading for each public type and a row for each option', () => {
    const page =
      '## `CallOptions`\n| option | |\n| --- | --- |\n| `timeoutMs` | a |\n| `important` | b |'
    deepEqual(optionPageFaults('o.md', page, types), [])
  })

  it('is wrong at the heading under which a row is missing or too much', () =>
    deepEqual(
      problems(optionPageFaults('o.md', '# Options\n## CallOptions\n| `wait` | a |', types)),
      [
        '2: timeoutMs is missing in CallOptions',
        '2: important is missing in CallOptions',
        '2: wait in CallOptions does not exist',
      ],
    ))

  it('is wrong when a type is missing', () =>
    deepEqual(problems(optionPageFaults('o.md', '', types)), [
      '1: CallOptions is missing in the page',
    ]))
})
