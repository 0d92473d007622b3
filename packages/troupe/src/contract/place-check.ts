/**
 * contract/place-check: whether a node can listen where it is told to, as far as options tell.
 *
 * Knows nothing of sockets: what the machine refuses is found out when the node listens.
 */
import { requireOption } from './limits.js'
import type { AcceptorOptions, LivenessOptions } from './network.js'

const PORT_MAX = 65_535
const TRANSPORTS: readonly string[] = ['tcp', 'tls', 'unix']

/** Throws OPTION_INVALID, naming the option with its `path`. */
export function requireAcceptor(path: string, options: AcceptorOptions, hasTls: boolean): void {
  const { transport, portRange } = options
  const isKnown = transport === undefined || TRANSPORTS.includes(transport)
  requireOption(isKnown, `${path}.transport`, transport, `one of ${TRANSPORTS.join(', ')}`)
  const hasTransport = transport !== 'tls' || hasTls
  requireOption(hasTransport, `${path}.transport`, transport, 'give the option tls, too')
  const isCount = portRange === undefined || isWhole(portRange, 1, PORT_MAX + 1)
  requireOption(isCount, `${path}.portRange`, shown(portRange), 'give a whole number of 1 or more')
  requirePlace(path, options)
}

/** Throws OPTION_INVALID, naming the option with its `path`. */
export function requirePlace(path: string, options: AcceptorOptions | LivenessOptions): void {
  for (const name of ['host', 'advertisedHost'] as const) {
    const host = options[name]
    const isText = host === undefined || (typeof host === 'string' && host !== '')
    requireOption(isText, `${path}.${name}`, shown(host), 'give a host name or an address')
  }
  const { port, advertisedPort } = options
  const isPort = port === undefined || isWhole(port, 0, PORT_MAX)
  const remedy = 'give a number from 0, any free port, to 65535'
  requireOption(isPort, `${path}.port`, shown(port), remedy)
  const isTold = advertisedPort === undefined || isWhole(advertisedPort, 1, PORT_MAX)
  const option = `${path}.advertisedPort`
  requireOption(isTold, option, shown(advertisedPort), 'give a number from 1 to 65535')
}

const isWhole = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most

/** A text that looks like a number is told as a text. */
const shown = (value: unknown): unknown => (typeof value === 'string' ? `'${value}'` : value)
