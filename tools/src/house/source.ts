/**
 * house/source: one parsed file, as the rules read it.
 *
 * Knows the syntax of TypeScript through Babel's parser, and nothing of the rules. TypeScript 7 has
 * no interface for programs yet, which is why the parser is another one.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from '@babel/parser'
import type { Comment, Node } from '@babel/types'

export interface Source {
  /** Path relative to the root, with forward slashes. */
  readonly file: string
  readonly text: string
  readonly lines: readonly string[]
  readonly program: Node
  readonly comments: readonly Comment[]
}

export interface Visit {
  readonly node: Node
  readonly parent: Node | undefined
}

export function sourceOf(file: string, text: string): Source {
  const { program, comments } = parse(text, {
    sourceType: 'module',
    sourceFilename: file,
    plugins: file.endsWith('.tsx') ? ['typescript', 'jsx'] : ['typescript'],
  })
  return { file, text, lines: text.split('\n'), program, comments: comments ?? [] }
}

export const readSource = (root: string, file: string): Source =>
  sourceOf(file, readFileSync(join(root, file), 'utf8'))

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'loc' in value

/** Keys of a node that lead out of the tree. */
const OUTSIDE: ReadonlySet<string> = new Set([
  'leadingComments',
  'trailingComments',
  'innerComments',
])

function childrenOf(node: Node): readonly Node[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    if (OUTSIDE.has(key)) return []
    return Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []
  })
}

/** Every node of the tree, parents first. */
export function* visits(node: Node, parent?: Node): Generator<Visit> {
  yield { node, parent }
  for (const child of childrenOf(node)) yield* visits(child, node)
}

export const lineOf = (node: Node | Comment): number => node.loc?.start.line ?? 1

/** One import, export-from or dynamic import. */
export interface ImportEdge {
  readonly line: number
  readonly specifier: string
  /** Erased by the compiler: it makes no cycle when the program runs. */
  readonly typeOnly: boolean
}

export function importsOf(source: Source): readonly ImportEdge[] {
  return [...visits(source.program)].flatMap(({ node }): readonly ImportEdge[] => {
    switch (node.type) {
      case 'ImportDeclaration':
        return [
          {
            line: lineOf(node),
            specifier: node.source.value,
            typeOnly: node.importKind === 'type',
          },
        ]
      case 'ExportAllDeclaration':
      case 'ExportNamedDeclaration': {
        if (node.source === null || node.source === undefined) return []
        const typeOnly = node.exportKind === 'type'
        return [{ line: lineOf(node), specifier: node.source.value, typeOnly }]
      }
      case 'CallExpression': {
        const [first] = node.arguments
        if (node.callee.type !== 'Import' || first?.type !== 'StringLiteral') return []
        return [{ line: lineOf(node), specifier: first.value, typeOnly: false }]
      }
      case 'TSImportType': {
        const { argument } = node
        if (argument.type !== 'StringLiteral') return []
        return [{ line: lineOf(node), specifier: argument.value, typeOnly: true }]
      }
      default:
        return []
    }
  })
}
