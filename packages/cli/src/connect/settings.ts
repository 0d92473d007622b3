/**
 * connect/settings: how a node is to be found and asked: what was typed, else the environment.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Given } from '#arguments/command-spec'
import { usageFault } from '#cli/fault'

/** The node to enter by: its name, its address, or both. */
export interface Entry {
  /** As `name@host`, or the part before `@`; undefined: learnt when it answers. */
  readonly node: string | undefined
  /** As `tcp://host:port` or `unix:/path`; undefined: looked up. */
  readonly address: string | undefined
}

/** What is needed to reach a node. */
export interface ConnectSettings {
  readonly entry: Entry | undefined
  /** The node to look at; undefined: the one that is entered by. */
  readonly node: string | undefined
  readonly cookieFile: { readonly path: string; readonly isGiven: boolean }
  /** Undefined: the usual one. */
  readonly registrarPort: number | undefined
  readonly timeoutMs: number
  /** Our own name, with or without its host; undefined: one that nobody else has. */
  readonly as: string | undefined
}

type Env = Readonly<Record<string, string | undefined>>

export const TIMEOUT_MS = 5_000
/** Longer waits are a mistake of typing. */
const TIMEOUT_MAX_MS = 3_600_000
const UNITS_MS: Readonly<Record<string, number>> = Object.freeze({ ms: 1, s: 1_000, m: 60_000 })

const isSet = (value: string | true | undefined): value is string =>
  typeof value === 'string' && value !== ''

/** Reads the options of a connection. Throws a CommandFault of usage. */
export function connectSettings(options: Given['options'], env: Env): ConnectSettings {
  const text = (name: string, variable: string): string | undefined => {
    const value = options[name] ?? env[variable]
    return isSet(value) ? value : undefined
  }
  const entry = text('connect', 'TROUPE_CONNECT')
  const cookieFile = text('cookie-file', 'TROUPE_COOKIE_FILE')
  return {
    entry: entry === undefined ? undefined : readEntry(entry),
    node: text('node', 'TROUPE_NODE'),
    cookieFile:
      cookieFile === undefined
        ? { path: join(homedir(), '.troupe', 'cookie'), isGiven: false }
        : { path: cookieFile, isGiven: true },
    registrarPort: readPort(options['registrar-port']),
    timeoutMs: readSpan('timeout', options['timeout'], TIMEOUT_MS),
    as: isSet(options['as']) ? options['as'] : undefined,
  }
}

const ADDRESS = /^([a-z]+):\/\/.+:\d{1,5}$|^unix:\/.+$/

/** Reads `name@host`, `tcp://host:port`, `unix:/path` or `name@host=address`. */
export function readEntry(text: string): Entry {
  const [, named, given] = /^([^=:/]+@[^=:/]+)=(.+)$/.exec(text) ?? []
  const address = given ?? (text.includes(':') ? text : undefined)
  if (address === undefined) return { node: text, address: undefined }
  if (!ADDRESS.test(address)) {
    throw usageFault(
      `--connect cannot be ${JSON.stringify(text)}.`,
      'Give name@host, tcp://host:port, unix:/path, or name@host=tcp://host:port',
    )
  }
  if (!address.startsWith('tls:')) return { node: named, address }
  throw usageFault(
    'troupe does not speak TLS between nodes yet.',
    'Run it on the host of that node: there they meet by a socket of your own user.',
  )
}

function readPort(given: string | true | undefined): number | undefined {
  if (given === undefined) return undefined
  const port = Number(given)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw usageFault(
    `--registrar-port cannot be ${JSON.stringify(given)}.`,
    'Give a port from 1 to 65535.',
  )
}

/** Reads a span of time such as `500ms`, `5s` or `2m`. Throws a CommandFault of usage. */
export function readSpan(
  option: string,
  given: string | true | undefined,
  otherwiseMs: number,
): number {
  if (given === undefined) return otherwiseMs
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(String(given)) ?? []
  const ms = Number(digits) * (UNITS_MS[unit] ?? 0)
  if (digits !== '' && ms > 0 && ms <= TIMEOUT_MAX_MS) return ms
  throw usageFault(
    `--${option} cannot be ${JSON.stringify(given)}.`,
    'Give a time with its unit, at most an hour: 500ms, 5s, 2m',
  )
}
