/**
 * etcd/flags: what the command lines of the programs say.
 */
import { parseArgs } from 'node:util'

/** Where an etcd is, and what of it is ours. */
export interface Flags {
  /** Undefined: none was given. */
  readonly endpoints: readonly string[] | undefined
  readonly cluster: string
  readonly prefix: string
  /** Where the node listens; undefined: for programs of this machine. */
  readonly host: string | undefined
  /** The name of the node, for the programs that are one. */
  readonly node: string
}

export type CommandLine =
  | { readonly kind: 'run'; readonly flags: Flags }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problem: string }

const OPTIONS = {
  endpoints: { type: 'string' },
  cluster: { type: 'string', default: 'tickets' },
  prefix: { type: 'string', default: 'services/troupe' },
  host: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/** `node` is the name of the node where the words have none. */
export function commandLineOf(words: readonly string[], node: string): CommandLine {
  try {
    const { values, positionals } = parseArgs({
      ...{ args: [...words], options: OPTIONS, allowPositionals: true },
    })
    if (values.help === true) return { kind: 'help' }
    if (positionals.length > 1) return { kind: 'refused', problem: `what is ${positionals[1]}?` }
    const { endpoints, cluster, prefix, host } = values
    const own = { cluster, prefix, host, node: positionals[0] ?? node }
    return { kind: 'run', flags: { ...own, endpoints: endpoints?.split(',') } }
  } catch (thrown) {
    return { kind: 'refused', problem: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}

/** The same words again, for a program that is started. */
export const wordsOf = ({ endpoints = [], cluster, prefix }: Flags): readonly string[] => [
  ...['--endpoints', endpoints.join(','), '--cluster', cluster, '--prefix', prefix],
]
