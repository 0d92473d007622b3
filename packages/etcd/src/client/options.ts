/**
 * client/options: how an etcd is reached: endpoints, credentials, TLS, deadlines.
 *
 * @source ergo-features 21 (etcd options)
 */
import { requireDuration, requireKnown, requireObject, requireOption } from 'troupe/registrar'

/** TLS to etcd; PEM texts or bytes. */
export interface EtcdTls {
  /** Authorities that are believed; default those that come with Node.js. */
  readonly ca?: string | Uint8Array
  /** What this client shows, with its key. */
  readonly cert?: string | Uint8Array
  readonly key?: string | Uint8Array
  /** The name that the certificate of etcd must have; default the host of the endpoint. */
  readonly serverName?: string
}

/** How an etcd is reached. Times are milliseconds. */
export interface EtcdOptions {
  /** `host:port`, or with http:// or https:// before it; default `localhost:2379`. */
  readonly endpoints?: readonly string[]
  readonly username?: string
  readonly password?: string
  /** Given, or true, or an endpoint with https://: TLS. Default none. */
  readonly tls?: EtcdTls | boolean
  /** Believes any certificate of etcd: for development only; default false. */
  readonly insecureSkipVerify?: boolean
  /** Longest wait for a line to an endpoint, and of a call while there is none; default 10,000. */
  readonly dialTimeoutMs?: number
  /** Longest wait of one request, every attempt included; default 10,000. */
  readonly requestTimeoutMs?: number
  /** From sign of life to sign of life of a lease; default a third of it, 1,000 at least. */
  readonly keepAliveMs?: number
}

/** What the options leave open. */
export const ETCD_DEFAULTS = Object.freeze({
  endpoints: Object.freeze(['localhost:2379']) as readonly string[],
  insecureSkipVerify: false,
  dialTimeoutMs: 10_000,
  requestTimeoutMs: 10_000,
})

export type CompleteEtcd = typeof ETCD_DEFAULTS & EtcdOptions

/** Names of all options, for whoever takes them with more of its own. */
export const ETCD_KNOWN = Object.freeze({
  ...{ endpoints: true, username: true, password: true, tls: true, insecureSkipVerify: true },
  ...{ dialTimeoutMs: true, requestTimeoutMs: true, keepAliveMs: true },
} as const) satisfies Readonly<Record<keyof EtcdOptions, true>>

const ENDPOINT = /^(https?:\/\/)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})$/

/** What is told of an endpoint that cannot be: nothing of what stands before its host. */
export const printedEndpoint = (given: unknown): string =>
  typeof given === 'string' ? given.replace(/^(https?:\/\/)?.*@/s, '$1(hidden)@') : typeof given

function checkEndpoints(endpoints: readonly unknown[]): void {
  const isNamed = endpoints.some((one) => typeof one === 'string' && one.includes('@'))
  for (const [at, one] of endpoints.entries()) {
    const port = typeof one === 'string' ? Number(ENDPOINT.exec(one)?.[3]) : 0
    const fits = port >= 1 && port <= 65_535
    // A password with a comma in it may have been cut in two.
    const told = isNamed && !String(one).includes('@') ? '(hidden)' : printedEndpoint(one)
    const remedy = 'give host:port, as localhost:2379'
    const more = isNamed ? '; who asks belongs into username and password' : ''
    requireOption(fits, `etcd.endpoints[${at}]`, told, `${remedy}${more}`)
  }
}

/** The options with their defaults. Throws OPTION_INVALID naming the one that cannot be. */
export function completeEtcd(given: EtcdOptions = {}): CompleteEtcd {
  requireObject('etcd', given)
  requireKnown('etcd', given, ETCD_KNOWN)
  return checkEtcd(given)
}

/** The same for an object that has options of others too. */
export function checkEtcd(given: EtcdOptions): CompleteEtcd {
  const { endpoints = ETCD_DEFAULTS.endpoints, username, password, tls } = given
  const areSome = Array.isArray(endpoints) && endpoints.length > 0 && endpoints.length <= 16
  const told = Array.isArray(endpoints) ? `a list of ${endpoints.length}` : typeof endpoints
  requireOption(areSome, 'etcd.endpoints', told, 'give a list of 1 to 16 of host:port')
  checkEndpoints(endpoints)
  const isPair = (username === undefined) === (password === undefined)
  requireOption(isPair, 'etcd.password', '(hidden)', 'give username and password, or neither')
  const isTls = tls === undefined || typeof tls === 'boolean' || typeof tls === 'object'
  requireOption(isTls, 'etcd.tls', typeof tls, 'give true, or { ca, cert, key }')
  for (const name of ['dialTimeoutMs', 'requestTimeoutMs', 'keepAliveMs'] as const) {
    requireDuration(`etcd.${name}`, given[name])
  }
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.freeze({ ...ETCD_DEFAULTS, ...Object.fromEntries(entries) })
}
