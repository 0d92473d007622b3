/**
 * connect/choice: which node is meant: decided from names alone.
 */
import { CommandFault, EXIT, usageFault } from '#cli/fault'
import { safeText } from '#terminal/safe-text'
import type { ConnectSettings } from './settings.js'
import type { SocketNode } from './sockets.js'

/** Names of nodes told in one sentence. */
const NAMED_MAX = 10

const listed = (nodes: readonly string[]): string => {
  const shown = nodes.slice(0, NAMED_MAX).map((node) => safeText(node, 200))
  return [...shown, ...(nodes.length > NAMED_MAX ? ['…'] : [])].join(', ')
}

/**
 * The whole name of a node: as it was given, or the only known one with this part before `@`.
 * Throws a CommandFault when several are meant.
 */
export function wholeName(given: string, known: readonly string[]): string {
  if (given.includes('@')) return given
  const meant = [...new Set(known)].filter((node) => node.startsWith(`${given}@`))
  if (meant.length === 1) return meant[0] as string
  if (meant.length > 1)
    throw usageFault(`${given} may be ${listed(meant)}.`, 'Give the whole name: name@host')
  throw new CommandFault({
    sentence: `No node here is called ${safeText(given, 200)}.`,
    remedy: 'See which ones there are: troupe nodes; or give the whole name: name@host',
    exitCode: EXIT.unreachable,
  })
}

/** The host part of our own name: as that of the node we want, since then its socket is found. */
export function ownHost(settings: ConnectSettings, sockets: readonly SocketNode[]): string {
  const wholeOf = (name: string | undefined): string | undefined =>
    name === undefined || name.includes('@')
      ? name
      : sockets.find(({ node }) => node.startsWith(`${name}@`))?.node
  const named = wholeOf(settings.entry?.node) ?? wholeOf(settings.node)
  const host = (named ?? sockets[0]?.node ?? '').split('@')[1]
  return host === undefined || host === '' ? 'localhost' : host
}

/** Nobody was named: the only one that answers, or a fault that says what there is. */
export function onlyOne(answering: readonly string[], looked: string): string {
  if (answering.length === 1) return answering[0] as string
  if (answering.length === 0) throw nobody(looked)
  throw usageFault(
    `${answering.length} nodes run here: ${listed(answering)}.`,
    'Say which one: --node NAME, or TROUPE_NODE=NAME',
  )
}

/** No node was found; says where it was looked. */
export const nobody = (looked: string): CommandFault =>
  new CommandFault({
    sentence: 'No node was found.',
    remedy: [
      looked,
      'Start a node with a network on this host and as this user, or name one:',
      '  troupe nodes --connect tcp://host:port --cookie-file FILE',
    ].join('\n'),
    exitCode: EXIT.unreachable,
  })

/** Where it was looked, for whoever finds nobody. */
export const lookedText = (
  settings: ConnectSettings,
  folder: string,
  registrar: string | undefined,
): string =>
  [
    `Looked for sockets of nodes of this user in ${safeText(folder)};`,
    registrar === undefined
      ? 'asked no registrar;'
      : `asked the registrar ${safeText(registrar, 200)};`,
    `used the cookie of ${safeText(settings.cookieFile.path)}.`,
  ].join('\n')
