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
  /** As `tcp://host:port`, `tls://host:port` or `unix:/path`; undefined: looked up. */
  readonly address: string | undefined
}

/** Files of PEM for TLS, as they were typed; read when a node is asked. */
export interface TlsFiles {
  /** Whose nodes are believed; undefined: those that Node.js believes. */
  readonly ca: string | undefined
  /** What we show; both or neither. */
  readonly pair: { readonly cert: string; readonly key: string } | undefined
}

/** What is needed to reach a node. */
export interface ConnectSettings {
  readonly entry: Entry | undefined
  /** The node to look at; undefined: the one that is entered by. */
  readonly node: string | undefined
  readonly cookieFile: { readonly path: string; readonly isGiven: boolean }
  readonly tlsFiles: TlsFiles
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
    tlsFiles: { ca: text('ca', 'TROUPE_CA'), pair: readPair(text) },
    registrarPort: readPort(options['registrar-port']),
    timeoutMs: readSpan('timeout', options['timeout'], TIMEOUT_MS),
    as: isSet(options['as']) ? options['as'] : undefined,
  }
}

const ADDRESS = /^(tcp|tls):\/\/.+:\d{1,5}$|^unix:\/.+$/

/** Reads `name@host`, `tcp://host:port`, `unix:/path` or `name@host=address`. */
export function readEntry(text: string): Entry {
  const [, named, given] = /^([^=:/]+@[^=:/]+)=(.+)$/.exec(text) ?? []
  const address = given ?? (text.includes(':') ? text : undefined)
  if (address === undefined) return { node: text, address: undefined }
  if (!ADDRESS.test(address)) {
    throw usageFault(
      `--connect cannot be ${JSON.stringify(text)}.`,
      'Give name@host, tcp://host:port, tls://host:port, unix:/path, or name@host=tcp://host:port',
    )
  }
  return { node: named, address }
}

function readPair(text: (name: string, variable: string) => string | undefined): TlsFiles['pair'] {
  const cert = text('cert', 'TROUPE_CERT')
  const key = text('key', 'TROUPE_KEY')
  if (cert !== undefined && key !== undefined) return { cert, key }
  if (cert === undefined && key === undefined) return undefined
  const [given, missing] = cert === undefined ? ['--key', '--cert'] : ['--cert', '--key']
  throw usageFault(
    `${given} is given without ${missing}.`,
    `Give both, or neither: ${missing} FILE, or TROUPE_${missing.slice(2).toUpperCase()}=FILE`,
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
