/**
 * client/endpoints: one channel to each endpoint, and which of them is asked first.
 *
 * Pings go every ten seconds and only while something is asked: etcd closes a line that is pinged
 * more often than every five seconds, or without a question. A channel dials by itself again, with
 * waits up to a second.
 *
 * @source etcd v3.4 `--grpc-keepalive-min-time`; gRPC A8 (client-side keepalive)
 */
import { isIP } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import {
  type ChannelCredentials,
  type ChannelOptions,
  Client,
  credentials,
  connectivityState as State,
  type VerifyOptions,
} from '@grpc/grpc-js'
import { TroupeError } from 'troupe'
import type { CompleteEtcd } from './options.js'

/** The largest answer that is taken. */
export const ANSWER_BYTES_MAX = 16 * 1024 * 1024

const CHANNEL: ChannelOptions = Object.freeze({
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 0,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.dns_min_time_between_resolutions_ms': 1_000,
  'grpc.max_receive_message_length': ANSWER_BYTES_MAX,
  'grpc.service_config_disable_resolution': 1,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_http_proxy': 0,
  'grpc.enable_channelz': 0,
  // What may be sent again is decided where it is known what it was.
  'grpc.enable_retries': 0,
})

const bufferOf = (pem: string | Uint8Array | undefined): Buffer | null =>
  pem === undefined ? null : Buffer.from(pem as Uint8Array)

/** A name that is sent where an address may not be; the certificate is held against the address. */
const NAME_FOR_ADDRESS = 'localhost'

interface Secure {
  readonly credentials: ChannelCredentials
  readonly options: ChannelOptions
}

function secured(place: string, { tls, insecureSkipVerify }: CompleteEtcd): Secure {
  const { ca, cert, key, serverName } = typeof tls === 'object' ? tls : {}
  const host = place.replace(/:[0-9]+$/, '').replace(/^\[|\]$/g, '')
  const isAddress = serverName === undefined && isIP(host) !== 0
  const told = serverName ?? (isAddress ? NAME_FOR_ADDRESS : undefined)
  const verify: VerifyOptions = {
    ...(insecureSkipVerify ? { rejectUnauthorized: false } : {}),
    ...(isAddress ? { checkServerIdentity: (_, shown) => checkServerIdentity(host, shown) } : {}),
  }
  try {
    return {
      credentials: credentials.createSsl(bufferOf(ca), bufferOf(key), bufferOf(cert), verify),
      options: told === undefined ? {} : { 'grpc.ssl_target_name_override': told },
    }
  } catch (thrown) {
    const problem = thrown instanceof Error ? thrown.message : 'it cannot be read'
    throw new TroupeError('OPTION_INVALID', { option: 'etcd.tls', value: '(hidden)', problem })
  }
}

/** One endpoint and the channel to it, which dials when something is asked. */
export class Endpoint {
  readonly address: string
  readonly client: Client
  #dialling: Promise<void> | undefined

  constructor(address: string, options: CompleteEtcd) {
    this.address = address
    const [, scheme, place = address] = /^(?:(https?):\/\/)?(.*)$/.exec(address) ?? []
    const { tls } = options
    const isSecure = scheme === 'https' || (scheme !== 'http' && tls !== undefined && tls !== false)
    const secure = isSecure ? secured(place, options) : undefined
    const given = secure?.credentials ?? credentials.createInsecure()
    this.client = new Client(`dns:///${place}`, given, { ...CHANNEL, ...secure?.options })
  }

  /** Begins to dial; undefined: it is known already whether there is a line. */
  dial(): Promise<void> | undefined {
    const state = this.client.getChannel().getConnectivityState(true)
    if (state !== State.IDLE && state !== State.CONNECTING) return undefined
    this.#dialling ??= this.#settled(state).finally(() => {
      this.#dialling = undefined
    })
    return this.#dialling
  }

  #settled(from: State): Promise<void> {
    const channel = this.client.getChannel()
    return new Promise((resolve) => {
      const look = (before: State): void => {
        try {
          channel.watchConnectivityState(before, Number.POSITIVE_INFINITY, () => {
            const state = channel.getConnectivityState(true)
            if (state === State.IDLE || state === State.CONNECTING) look(state)
            else resolve()
          })
        } catch {
          // It was closed meanwhile; whoever waits finds that out by asking.
          resolve()
        }
      }
      look(from)
    })
  }
}

/** All endpoints, the one that answered last before the others. */
export class Endpoints {
  readonly all: readonly Endpoint[]
  #first: number

  constructor(options: CompleteEtcd, first: number) {
    this.all = options.endpoints.map((address) => new Endpoint(address, options))
    this.#first = first
  }

  /** Each once, in the order in which they are to be asked. */
  order(): readonly Endpoint[] {
    return [...this.all.slice(this.#first), ...this.all.slice(0, this.#first)]
  }

  answered(endpoint: Endpoint): void {
    this.#first = this.all.indexOf(endpoint)
  }

  failed(endpoint: Endpoint): void {
    if (this.all[this.#first] === endpoint) this.#first = (this.#first + 1) % this.all.length
  }

  at(address: string): Endpoint | undefined {
    return this.all.find((endpoint) => endpoint.address === address)
  }

  close(): void {
    for (const { client } of this.all) client.close()
  }
}
