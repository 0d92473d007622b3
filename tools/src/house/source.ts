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

/** Several rules ask for the same trees. */
const visited = new WeakMap<Node, readonly Visit[]>()

/** Every node of the tree, parents first. */
export function visits(node: Node): readonly Visit[] {
  const known = visited.get(node)
  if (known !== undefined) return known
  const found: Visit[] = []
  collect(node, undefined, found)
  visited.set(node, found)
  return found
}

function collect(node: Node, parent: Node | undefined, found: Visit[]): void {
  found.push({ node, parent })
  const parts = node as unknown as Readonly<Record<string, unknown>>
  for (const key in parts) {
    if (OUTSIDE.has(key)) continue
    const value = parts[key]
    if (Array.isArray(value)) {
      for (const one of value) if (isNode(one)) collect(one, node, found)
    } else if (isNode(value)) collect(value, node, found)
  }
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
  return visits(source.program).flatMap(({ node }): readonly ImportEdge[] => {
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
