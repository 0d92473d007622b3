/**
 * cluster/registrar/embedded/options: how a node finds the others of its host.
 *
 * @source ergo-features 21 (embedded: Port, DisableServer); design 12 (port 4499)
 */
import { requireConfigFile } from '#cluster/config/file-config'
import { type AcrossOptions, completeAcross } from '#cluster/registrar/across/options'
import { type KnownOptions, requireKnown } from '#contract/known-options'
import { requireDuration, requireObject, requireOption } from '#contract/limits'

/** Systems take sockets with paths of 103 bytes and more. */
const FOLDER_BYTES_MAX = 52

/** Options of `embeddedRegistrar`. Times are milliseconds. */
export interface EmbeddedRegistrarOptions extends AcrossOptions {
  /**
   * Tells registrars of one host apart: nodes find each other only where it is the same. Where
   * there are no Unix sockets it is the TCP port of the loopback address. Default 4,499.
   */
  readonly port?: number
  /**
   * The folder of the socket where the nodes of a host meet; only its owner may enter it. Nodes
   * in several containers meet when they share it. Default one of this user's own in `/tmp`.
   */
  readonly folder?: string
  /** Meet on a TCP port of the loopback address; default true on Windows only. */
  readonly tcp?: boolean
  /** This node may become the server of its host; default true. */
  readonly serve?: boolean
  /** From sign of life to sign of life, both ways; default 100. */
  readonly beatMs?: number
  /** A silence of the server after which another node takes over; default 400. */
  readonly silenceMs?: number
  /** How long a node whose line has ended may take to come again; default 1,000. */
  readonly lostMs?: number
  /** How long who has taken over waits for the nodes it knows; default 2,000. */
  readonly graceMs?: number
  /** A JSON file with the configuration; it is watched. Default none. */
  readonly configFile?: string
  /** Between two looks at it that nobody asked for; default 2,000. */
  readonly configPollMs?: number
}

/** What the options leave open. */
export const EMBEDDED_REGISTRAR_DEFAULTS = Object.freeze({
  port: 4_499,
  serve: true,
  beatMs: 100,
  silenceMs: 400,
  lostMs: 1_000,
  graceMs: 2_000,
  configPollMs: 2_000,
})

/** What the server and its clients go by. */
export type EmbeddedTimes = Pick<
  typeof EMBEDDED_REGISTRAR_DEFAULTS,
  'beatMs' | 'silenceMs' | 'lostMs' | 'graceMs'
>

/** Options with nothing left open but the folder and the way. */
export type CompleteEmbedded = typeof EMBEDDED_REGISTRAR_DEFAULTS & EmbeddedRegistrarOptions

const KNOWN: KnownOptions<EmbeddedRegistrarOptions> = Object.freeze({
  ...{ port: true, folder: true, tcp: true, serve: true, beatMs: true, silenceMs: true },
  ...{ lostMs: true, graceMs: true, configFile: true, configPollMs: true },
  ...{ hosts: true, udpHost: true, udpPort: true, pollMs: true, lostAfterMs: true },
})

/** The options with their defaults. Throws OPTION_INVALID naming the one that cannot be. */
export function completeEmbedded(given: EmbeddedRegistrarOptions = {}): CompleteEmbedded {
  requireObject('registrar', given)
  requireKnown('registrar', given, KNOWN)
  for (const name of ['tcp', 'serve'] as const) {
    const flag = given[name] ?? true
    requireOption(typeof flag === 'boolean', `registrar.${name}`, flag, 'give true or false')
  }
  const { port, folder } = given
  const isPort = port === undefined || (Number.isInteger(port) && port >= 1 && port <= 65_535)
  requireOption(isPort, 'registrar.port', port, 'give 1 to 65535')
  const isFolder = folder === undefined || (typeof folder === 'string' && folder.startsWith('/'))
  requireOption(isFolder, 'registrar.folder', folder, 'give an absolute path')
  const isShort = Buffer.byteLength(folder ?? '') <= FOLDER_BYTES_MAX
  requireOption(isShort, 'registrar.folder', folder, `give at most ${FOLDER_BYTES_MAX} bytes`)
  for (const name of ['beatMs', 'silenceMs', 'lostMs', 'graceMs'] as const) {
    requireDuration(`registrar.${name}`, given[name])
  }
  const { configFile, configPollMs = EMBEDDED_REGISTRAR_DEFAULTS.configPollMs } = given
  if (configFile !== undefined) requireConfigFile(configFile, configPollMs)
  completeAcross(given)
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  const options = { ...EMBEDDED_REGISTRAR_DEFAULTS, ...Object.fromEntries(entries) }
  const { beatMs, silenceMs } = options
  requireOption(
    silenceMs >= beatMs * 2,
    'registrar.silenceMs',
    silenceMs,
    'give two beats at least',
  )
  return Object.freeze(options)
}
