/**
 * commands/complete: the words that may follow, asked of running nodes, quickly, silent on failure.
 */
import { candidates } from '#arguments/candidates'
import type { WordKind } from '#arguments/command-spec'
import { fieldsOf, listOf, textOf, textsOf } from '#connect/reading'
import type { Session } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { socketNodes } from '#connect/sockets'
import type { Terminal } from '#terminal/terminal'
import { COMMANDS } from './table.js'

/** Whoever presses Tab waits no longer. */
const TIMEOUT = '700ms'
const NAMES_MAX = 200
/**
 * A name with other characters would be read by the shell, not by us; one that begins with `-`,
 * by us, as an option.
 */
const SHELL_SAFE = /^(?!-)[\p{L}\p{N}_@.:+/%,-]+$/u

async function fromNode(
  session: Session,
  kind: WordKind,
  begun: string,
): Promise<readonly string[]> {
  const node = await session.target()
  if (kind === 'application') {
    const answer = fieldsOf(await session.ask(node, 'applications', { limit: NAMES_MAX }))
    return listOf(answer['rows']).map((one) => textOf(fieldsOf(one)['name']))
  }
  const question = { prefix: begun, limit: NAMES_MAX }
  const answer = fieldsOf(await session.ask(node, 'names', question))
  return namesOf(answer)
}

/** Names alone, or rows with names. */
const namesOf = (answer: Readonly<Record<string, unknown>>): readonly string[] => [
  ...textsOf(answer['names']),
  ...textsOf(answer['rows']),
  ...listOf(answer['rows']).map((one) => textOf(fieldsOf(one)['name'])),
]

/** What may stand in place of the last word; empty when nobody knows or answers. */
export async function completionsOf(
  typed: readonly string[],
  env: Terminal['env'],
): Promise<readonly string[]> {
  const { begun, words, kind, options } = candidates(typed, COMMANDS)
  if (words.length > 0) return [...new Set(words)].filter((word) => word.startsWith(begun)).sort()
  return offered(await namesFor(kind, begun, options, env), begun)
}

/** Of names that nodes have chosen, those that can be typed as they are. */
export const offered = (names: readonly string[], begun: string): readonly string[] =>
  [...new Set(names)].filter((name) => name.startsWith(begun) && SHELL_SAFE.test(name)).sort()

async function namesFor(
  kind: WordKind | undefined,
  begun: string,
  options: Readonly<Record<string, string>>,
  env: Terminal['env'],
): Promise<readonly string[]> {
  if (kind === 'node') return (await socketNodes()).map(({ node }) => node)
  if (kind !== 'application' && kind !== 'process') return []
  try {
    const { withSession } = await import('#connect/session')
    const settings = connectSettings({ ...options, timeout: TIMEOUT }, env)
    return await withSession(settings, (session) => fromNode(session, kind, begun))
  } catch {
    // Nobody there, or several: there is nothing to complete, and no place to say so.
    return []
  }
}
