/**
 * house/code-rules: what may not be written: default exports, bare errors, hidden clocks.
 */
import type { Node } from '@babel/types'
import type { Fault } from './fault.js'
import { importsOf, lineOf, type Source, type Visit, visits } from './source.js'

/** Files that a tool loads by their default export. */
const LOADED_BY_DEFAULT: ReadonlySet<string> = new Set(['tools/setup/test-reporter.mjs'])

export const noDefaultExport = (source: Source): readonly Fault[] =>
  visits(source.program)
    .filter(({ node }) => node.type === 'ExportDefaultDeclaration')
    .filter(() => !LOADED_BY_DEFAULT.has(source.file))
    .map(({ node }) => ({
      file: source.file,
      line: lineOf(node),
      problem: 'there is a default export',
      remedy: 'give it a name and export that',
    }))

export const noExportAll = (source: Source): readonly Fault[] =>
  visits(source.program)
    .filter(({ node }) => node.type === 'ExportAllDeclaration')
    .map(({ node }) => ({
      file: source.file,
      line: lineOf(node),
      problem: '`export *` hides what is public',
      remedy: 'list the names in alphabetical order',
    }))

const BARE_ERRORS: ReadonlySet<string> = new Set(['Error', 'RangeError', 'TypeError'])

/** A test throws what a user's code would throw; the peers of the bench have no table of codes. */
const mayThrowBare = (file: string): boolean => /(^|\/)test\//.test(file) || /^bench\//.test(file)

export function noBareError(source: Source): readonly Fault[] {
  if (mayThrowBare(source.file)) return []
  return visits(source.program).flatMap(({ node }) => {
    if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return []
    if (node.callee.type !== 'Identifier' || !BARE_ERRORS.has(node.callee.name)) return []
    return [
      {
        file: source.file,
        line: lineOf(node),
        problem: `a bare ${node.callee.name} has no code to match on`,
        remedy: 'use TroupeError with a code from contract/errors.ts (CommandFault in tools)',
      },
    ]
  })
}

/** Calls that bring time or chance in without being handed them. */
const HIDDEN_MEMBERS: ReadonlySet<string> = new Set([
  'Date.now',
  'Math.random',
  'performance.now',
  'process.hrtime',
])
const HIDDEN_NAMES: ReadonlySet<string> = new Set(['setImmediate', 'setInterval', 'setTimeout'])
const HIDDEN_MODULES = /^node:timers(\/promises)?$/

/** Who owns time and chance: base, the virtual clock, which lets real turns pass, and a browser. */
const OWNERS =
  /^packages\/(troupe\/src\/(base\/|testing\/virtual-clock\.ts$)|observer\/src\/page\/base\/clock\.ts$)/

/** Tools, tests and benches are not part of the platform. */
const ownsClock = (file: string): boolean =>
  !/^(packages|examples)\/[^/]+\/src\//.test(file) || OWNERS.test(file)

function memberOf(node: Node): string | undefined {
  if (node.type !== 'MemberExpression' || node.computed) return undefined
  if (node.object.type !== 'Identifier' || node.property.type !== 'Identifier') return undefined
  return `${node.object.name}.${node.property.name}`
}

/** A name that stands for itself, not the key of something else or a part of a type. */
const isFreeName = (node: Node, parent: Node | undefined): boolean => {
  if (parent === undefined || /^(TS|ImportSpecifier)/.test(parent.type)) return false
  if ('key' in parent && parent.key === node) return false
  return !('property' in parent && parent.property === node)
}

function hiddenIn({ node, parent }: Visit): string | undefined {
  const member = memberOf(node)
  if (member !== undefined && HIDDEN_MEMBERS.has(member)) return member
  if (node.type === 'Identifier' && HIDDEN_NAMES.has(node.name) && isFreeName(node, parent)) {
    return node.name
  }
  const dated =
    node.type === 'NewExpression' &&
    node.callee.type === 'Identifier' &&
    node.callee.name === 'Date'
  return dated && node.arguments.length === 0 ? 'new Date()' : undefined
}

export function noHiddenClock(source: Source): readonly Fault[] {
  if (ownsClock(source.file)) return []
  const fault = (line: number, what: string): Fault => ({
    file: source.file,
    line,
    problem: `${what} is used outside base`,
    remedy: 'take the clock or the chance as an argument (see base/clock and base/random)',
  })
  const calls = visits(source.program).flatMap((visit) => {
    const what = hiddenIn(visit)
    return what === undefined ? [] : [fault(lineOf(visit.node), what)]
  })
  const modules = importsOf(source)
    .filter(({ specifier }) => HIDDEN_MODULES.test(specifier))
    .map(({ line, specifier }) => fault(line, specifier))
  return [...calls, ...modules]
}

/** The bench has no rooms: its peers lie apart from each other on purpose. */
export const noUpwardImport = (source: Source): readonly Fault[] =>
  importsOf(source)
    .filter(({ specifier }) => specifier.startsWith('../') && !source.file.startsWith('bench/'))
    .map(({ line, specifier }) => ({
      file: source.file,
      line,
      problem: `${specifier} climbs out of its room`,
      remedy: "import by name, such as '#contract' or '#test/…'; see `imports` in package.json",
    }))
