/**
 * ports/listen: one port number on one or several addresses of this machine.
 *
 * Knows nothing of what is opened there: it is given a verb that opens one address. With port 0
 * the machine picks a free port on the first address and the others follow it.
 * Limit: `PORT_PICKS_MAX` picks until one is free on every address.
 *
 * @source ergo-features 13
 */
import { describeThrown, requireOption, TroupeError } from '#contract'

/** How often a free port is picked anew because another address holds the same number. */
const PORT_PICKS_MAX = 20

/** Where a port opens. */
export interface ListenOptions {
  /** Addresses to open, numeric; default both loopbacks, `127.0.0.1` and `::1`. */
  readonly hosts?: readonly string[]
  /** Port number, the same on each address; 0 takes any free one. */
  readonly port: number
}

/** Options alone: what is open already is none, though it has a port as they have. */
export type Unopened<T extends ListenOptions> = T & { readonly attach?: never }

/** What they leave open: both loopbacks, so that nothing is open to the outside unasked. */
export const LISTEN_DEFAULTS = Object.freeze({
  hosts: Object.freeze(['127.0.0.1', '::1']) as readonly string[],
})

/** One address that was opened. */
export interface Listening {
  readonly host: string
  readonly port: number
}

/** What can be opened: a socket or a server. */
export interface Opener<T extends Listening> {
  /** For the errors: `udp` or `tcp`. */
  readonly transport: string
  open(host: string, port: number): Promise<T>
  close(opened: T): Promise<void>
}

/** The printed form of an address: `127.0.0.1:9092`, `[::1]:9092`. */
export function formatListening({ host, port }: Listening): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/**
 * Opens every address, or none.
 *
 * A machine without IPv6 has no `::1`; that one address is left out then, unless it is the only
 * one. Rejects with PORT_IN_USE, PORT_FAILED or OPTION_INVALID.
 */
export async function listen<T extends Listening>(
  options: ListenOptions,
  opener: Opener<T>,
): Promise<readonly T[]> {
  const { port, hosts = LISTEN_DEFAULTS.hosts } = options
  requireUnopened(options)
  const isPort = Number.isInteger(port) && port >= 0 && port <= 65_535
  requireOption(isPort, 'port', port, 'give a whole number from 0 to 65535')
  requireOption(hosts.length > 0, 'hosts', '[]', 'give at least one address')
  for (let picks = 1; ; picks += 1) {
    try {
      return await openAll(hosts, port, opener)
    } catch (error) {
      const again = port === 0 && picks < PORT_PICKS_MAX && TroupeError.is(error, 'PORT_IN_USE')
      if (!again) throw error
    }
  }
}

/** Whoever gives the listener of another kind of port would get a second one on its number. */
function requireUnopened(options: Unopened<ListenOptions>): void {
  const kind = options.constructor.name
  const remedy = 'give options to open one, or an open one of the kind of this port'
  requireOption(options.attach === undefined, 'listener', kind, remedy)
}

async function openAll<T extends Listening>(
  hosts: readonly string[],
  port: number,
  opener: Opener<T>,
): Promise<readonly T[]> {
  const opened: T[] = []
  for (const host of hosts) {
    const wanted = opened[0]?.port ?? port
    try {
      opened.push(await opener.open(host, wanted))
    } catch (thrown) {
      if (isAbsent(host, thrown) && hosts.length > 1) continue
      await Promise.all(opened.map((one) => opener.close(one)))
      throw failureOf(opener.transport, { host, port: wanted }, thrown)
    }
  }
  if (opened.length > 0) return opened
  const address = formatListening({ host: hosts.join(' '), port })
  const problem = 'none of these addresses is on this machine'
  throw new TroupeError('PORT_FAILED', { transport: opener.transport, address, problem })
}

const codeOf = (thrown: unknown): unknown =>
  thrown instanceof Error && 'code' in thrown ? thrown.code : undefined

function isAbsent(host: string, thrown: unknown): boolean {
  const code = codeOf(thrown)
  return host === '::1' && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')
}

function failureOf(transport: string, listening: Listening, thrown: unknown): TroupeError {
  const address = formatListening(listening)
  if (codeOf(thrown) === 'EADDRINUSE') {
    return new TroupeError('PORT_IN_USE', { transport, address }, thrown)
  }
  const problem = describeThrown(thrown)
  return new TroupeError('PORT_FAILED', { transport, address, problem }, thrown)
}
