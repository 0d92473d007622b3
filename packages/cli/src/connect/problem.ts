/**
 * connect/problem: whatever was thrown, as a sentence with a code, a remedy and an exit code.
 *
 * Messages of Troupe say what happened and, after a semicolon, what to do. Their texts hold words
 * of other nodes, so they are made safe here.
 */
import { CommandFault, EXIT, type ExitCode } from '#cli/fault'
import { safeText } from '#terminal/safe-text'

const UNREACHABLE: ReadonlySet<string> = new Set([
  'COOKIE_FILE_REFUSED',
  'COOKIE_MISMATCH',
  'DIAL_TIMEOUT',
  'HANDSHAKE_INVALID',
  'HANDSHAKE_TIMEOUT',
  'NODE_INCARNATION_OLD',
  'NODE_NAME_INVALID',
  'NODE_NAME_MISMATCH',
  'NODE_NAME_TAKEN',
  'NO_CONNECTION',
  'NO_ROUTE',
  'PORT_FAILED',
  'REGISTRAR_FAILED',
  'WIRE_VERSION',
])

/** What this person can do, where the message speaks to a programmer. */
const REMEDIES: Readonly<Record<string, string>> = Object.freeze({
  APPLICATION_UNKNOWN: 'See which ones are loaded there: troupe app list',
  CALL_TIMEOUT: 'See whether its loop is busy: troupe ping; or wait longer: --timeout 30s',
  COOKIE_MISMATCH: 'Name the cookie file of that node: --cookie-file',
  INSPECTION_LIMITED: 'Too many look at this node; try again in a moment.',
  MESSAGE_UNKNOWN: 'That node may run an older Troupe; else see what it speaks: troupe inspect',
  NAME_UNKNOWN: 'See which names there are: troupe tree',
  NO_CONNECTION: 'See whether it still runs: troupe nodes',
  NO_ROUTE: 'See which nodes there are: troupe nodes; or give its address: --connect NODE=ADDRESS',
  NOT_ALLOWED:
    'The node itself decides. What it lets others spawn and start is said there with ' +
    'node.remote.allowSpawn and node.remote.allowApplication; whom it lets end processes, with ' +
    'the option system.manage (our name: --as).',
  PROCESS_UNKNOWN: 'See which processes there are: troupe tree',
  SPAWN_UNKNOWN: 'There, node.remote.allowSpawn(NAME, ACTOR) allows it.',
})

/** TLS that fails is told in options of `startNode`; here they have other names. */
const TLS_REMEDIES: readonly (readonly [RegExp, string])[] = Object.freeze([
  [/`ca`/, 'Name the authority that has signed it: --ca FILE'],
  [
    /wants a certificate|wants mutual TLS|not know our authority/,
    'Show a certificate that an authority of that node has signed: --cert FILE --key FILE',
  ],
  [/as serverName/, 'Enter by a name or address that it has: --connect tls://HOST:PORT'],
  [/does not speak TLS/, 'Enter without TLS: --connect tcp://HOST:PORT'],
  [/it speaks TLS/, 'If that node speaks TLS: --connect tls://HOST:PORT --ca FILE'],
])

/** With TLS 1.3 who dials may be refused after its line was made. */
const TLS_CODES: ReadonlySet<string> = new Set(['HANDSHAKE_INVALID', 'PORT_FAILED'])

const remedyOf = (code: string, message: string): string | undefined =>
  REMEDIES[code] ??
  (TLS_CODES.has(code) ? TLS_REMEDIES.find(([pattern]) => pattern.test(message))?.[1] : undefined)

export const exitCodeOf = (code: string): ExitCode => {
  if (UNREACHABLE.has(code)) return EXIT.unreachable
  return code === 'NOT_ALLOWED' || code === 'SPAWN_UNKNOWN' ? EXIT.refused : EXIT.failed
}

const isCoded = (value: unknown): value is Error & { readonly code: string } =>
  value instanceof Error && value.name === 'TroupeError' && 'code' in value

/** That there is no way says little; what the last try ended with says more. */
export const rootOf = (thrown: unknown): unknown =>
  isCoded(thrown) && thrown.code === 'NO_ROUTE' && isCoded(thrown.cause) ? thrown.cause : thrown

/** The code of an error of Troupe; undefined for all other values. */
export function codeOf(thrown: unknown): string | undefined {
  const root = rootOf(thrown)
  return isCoded(root) ? safeText(String(root.code), 60) : undefined
}

/** What was thrown, as one line. */
export const problemText = (thrown: unknown): string => {
  const code = codeOf(thrown)
  const root = rootOf(thrown)
  const text = safeText(root instanceof Error ? root.message : String(root), 600)
  return code === undefined ? text : `${code}: ${text}`
}

const sentenced = (text: string): string => {
  const trimmed = text.trim()
  // A name keeps its letters.
  const isWord = /^[a-z]+[ ,]/.test(trimmed)
  const begun = isWord ? `${trimmed.slice(0, 1).toUpperCase()}${trimmed.slice(1)}` : trimmed
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`
}

/** Whatever was thrown as a fault. */
export function faultOf(thrown: unknown): CommandFault {
  if (thrown instanceof CommandFault) return thrown
  const code = codeOf(thrown)
  const root = rootOf(thrown)
  const message = safeText(root instanceof Error ? root.message : String(root), 1_000)
  if (code === undefined) {
    return new CommandFault({
      sentence: `troupe itself failed: ${message}`,
      remedy: 'Run it again with TROUPE_DEBUG=1 for the place, and report it.',
      exitCode: EXIT.failed,
    })
  }
  // The last semicolon, since the problem of another node may hold some of its own.
  const at = message.lastIndexOf('; ')
  const [told, advice] = at < 0 ? [message, ''] : [message.slice(0, at), message.slice(at + 2)]
  const remedy = remedyOf(code, message)
  const facts = { exitCode: exitCodeOf(code), code, sentence: sentenced(told) }
  return new CommandFault({ ...facts, remedy: remedy ?? (advice === '' ? '' : sentenced(advice)) })
}
