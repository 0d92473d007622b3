/**
 * house/size-rules: how long lines, files and functions may be.
 */
import type { Node } from '@babel/types'
import type { Fault } from './fault.js'
import { lineOf, type Source, visits } from './source.js'

export const COLUMNS_MAX = 100
export const FILE_LINES_MAX = 400
export const FUNCTION_LINES_MAX = 70
/** Above this a function counts for the ratchet: there may be no more of them than there were. */
export const FUNCTION_LINES_GOOD = 40

/** Tables, which may be as long as what they list. */
const TABLES: ReadonlySet<string> = new Set([
  'packages/troupe/src/contract/errors.ts',
  // Names everything a user imports, and holds nothing else.
  'packages/troupe/src/index.ts',
])

const isTypeTest = (file: string): boolean => file.includes('/test/types/')

/** An address, a key or a packet in base64 cannot be broken. */
const UNBREAKABLE = /\S{80,}/

/** Lines that a template literal quotes word for word. */
function quotedLines(source: Source): ReadonlySet<number> {
  const quoted = visits(source.program).flatMap(({ node }) => {
    const { start, end } = node.loc ?? {}
    if (node.type !== 'TemplateLiteral' || start === undefined || end === undefined) return []
    const count = end.line === start.line ? 0 : end.line - start.line + 1
    return Array.from({ length: count }, (_, index) => start.line + index)
  })
  return new Set(quoted)
}

export function lineLengths(source: Source): readonly Fault[] {
  if (source.lines.every((text) => text.length <= COLUMNS_MAX)) return []
  const quoted = quotedLines(source)
  return source.lines.flatMap((text, index) => {
    const fits = text.length <= COLUMNS_MAX || UNBREAKABLE.test(text) || quoted.has(index + 1)
    if (fits) return []
    return [
      {
        file: source.file,
        line: index + 1,
        problem: `the line has ${text.length} columns, ${COLUMNS_MAX} are allowed`,
        remedy: 'break it, or move a long text into a constant',
      },
    ]
  })
}

export function fileLength(source: Source): readonly Fault[] {
  const count = source.text.trimEnd().split('\n').length
  if (count <= FILE_LINES_MAX || TABLES.has(source.file) || isTypeTest(source.file)) return []
  return [
    {
      file: source.file,
      line: FILE_LINES_MAX + 1,
      problem: `the file has ${count} lines, ${FILE_LINES_MAX} are allowed`,
      remedy: 'ask whether it holds two ideas and give each a file',
    },
  ]
}

export interface FunctionSize {
  readonly file: string
  readonly line: number
  readonly name: string
  readonly lines: number
}

const FUNCTIONS: ReadonlySet<Node['type']> = new Set([
  'ArrowFunctionExpression',
  'ClassMethod',
  'ClassPrivateMethod',
  'FunctionDeclaration',
  'FunctionExpression',
  'ObjectMethod',
])

/** `describe` holds tests as a file does; only what it holds is measured. */
const isDescribe = (parent: Node | undefined): boolean =>
  parent?.type === 'CallExpression' &&
  parent.callee.type === 'Identifier' &&
  parent.callee.name === 'describe'

function nameOf(node: Node, parent: Node | undefined): string {
  const named = 'key' in node ? node.key : 'id' in node && node.id ? node.id : nameHolderOf(parent)
  if (named === undefined || named === null || typeof named !== 'object') return 'a function'
  if (named.type === 'Identifier') return named.name
  if (named.type === 'PrivateName') return `#${named.id.name}`
  return 'a function'
}

const nameHolderOf = (parent: Node | undefined): Node | undefined => {
  if (parent?.type === 'VariableDeclarator') return parent.id
  if (parent?.type === 'ObjectProperty' || parent?.type === 'ClassProperty') return parent.key
  return undefined
}

export function functionSizes(source: Source): readonly FunctionSize[] {
  return visits(source.program).flatMap(({ node, parent }) => {
    if (!FUNCTIONS.has(node.type) || isDescribe(parent)) return []
    const lines = (node.loc?.end.line ?? 0) - lineOf(node) + 1
    return [{ file: source.file, line: lineOf(node), name: nameOf(node, parent), lines }]
  })
}

export const functionLengths = (source: Source): readonly Fault[] =>
  functionSizes(source)
    .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
    .map(({ file, line, name, lines }) => ({
      file,
      line,
      problem: `${name} has ${lines} lines, ${FUNCTION_LINES_MAX} are allowed`,
      remedy: 'split it and keep the switch in the parent',
    }))
