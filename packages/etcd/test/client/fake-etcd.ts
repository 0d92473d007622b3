/**
 * etcd/test/client/fake-etcd: a program that speaks as etcd does, and says what a test wants.
 */

import { fileURLToPath } from 'node:url'
import {
  type handleBidiStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

const FILE = fileURLToPath(new URL('../../proto/etcd.proto', import.meta.url))

export interface WatchQuestion {
  readonly create_request?: { readonly start_revision: string }
  readonly progress_request?: object
}
export interface RangeQuestion {
  readonly key: Buffer
  readonly revision: string
}
export type WatchStream = ServerDuplexStream<WatchQuestion, object>

/** How one line of a watch goes. */
export type Line = (stream: WatchStream, fromRevision: number) => void

export const put = (key: string, value: string, modRevision: number): object => ({
  type: 'PUT',
  kv: {
    key: Buffer.from(key),
    value: Buffer.from(value),
    mod_revision: modRevision,
    create_revision: modRevision,
    version: 1,
  },
})

export class FakeEtcd {
  readonly #server: Server
  readonly #streams = new Set<WatchStream>()
  endpoint = ''
  revision = 10
  clusterId = '77'
  term = 3
  /** What stands under any key of any revision. */
  stands: object[] = []
  /** How a range is answered; what it throws is said as the refusal of etcd. */
  range: (question: RangeQuestion) => object | Promise<object> = () => ({ kvs: this.stands })
  /** Seconds that any lease still lives. */
  leaseSeconds: () => number | Promise<number> = () => -1
  /** Lines of the watch as they come; the last one goes for all later ones. */
  lines: Line[] = []
  readonly begun: number[] = []
  progressAsked = 0
  answersProgress = true

  private constructor() {
    this.#server = new Server()
    const load = loadSync(FILE, { keepCase: true, longs: String, enums: String, defaults: true })
    const service = (name: string) => load[`etcdserverpb.${name}`] as unknown as ServiceDefinition
    const Range: handleUnaryCall<RangeQuestion, object> = ({ request }, done) => {
      const answered = Promise.resolve(request).then((question) => this.range(question))
      answered.then((answer) => done(null, { header: this.header(), ...answer }), done)
    }
    const LeaseTimeToLive: handleUnaryCall<object, object> = async (_, done) => {
      const TTL = await this.leaseSeconds()
      done(null, { header: this.header(), ID: '7', TTL, grantedTTL: 30 })
    }
    const Watch: handleBidiStreamingCall<WatchQuestion, object> = (stream) => this.#watch(stream)
    this.#server.addService(service('KV'), { Range })
    this.#server.addService(service('Watch'), { Watch })
    this.#server.addService(service('Lease'), { LeaseTimeToLive })
  }

  static async start(credentials = ServerCredentials.createInsecure()): Promise<FakeEtcd> {
    const fake = new FakeEtcd()
    const port = await new Promise<number>((resolve, reject) => {
      fake.#server.bindAsync('127.0.0.1:0', credentials, (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      )
    })
    fake.endpoint = `127.0.0.1:${port}`
    return fake
  }

  header(revision = this.revision): object {
    return { cluster_id: this.clusterId, member_id: '1', revision, raft_term: this.term }
  }

  created(stream: WatchStream): void {
    stream.write({ header: this.header(), watch_id: 0, created: true })
  }

  tell(stream: WatchStream, events: readonly object[], fragment = false): void {
    stream.write({ header: this.header(), watch_id: 0, events, fragment })
  }

  #watch(stream: WatchStream): void {
    this.#streams.add(stream)
    stream.on('error', () => {})
    stream.on('end', () => stream.end())
    stream.on('data', ({ create_request: create, progress_request: progress }: WatchQuestion) => {
      if (create !== undefined) {
        const from = Number(create.start_revision)
        this.begun.push(from)
        const line = this.lines.length > 1 ? this.lines.shift() : this.lines[0]
        line?.(stream, from)
      } else if (progress !== undefined) {
        this.progressAsked += 1
        if (this.answersProgress) stream.write({ header: this.header(), watch_id: -1 })
      }
    })
  }

  /** A line that its client sees break off. */
  lose(stream: WatchStream): void {
    stream.emit('error', Object.assign(new Error('dropped'), { code: status.UNAVAILABLE }))
  }

  /** Every line is lost, as if this had died. */
  drop(): void {
    for (const stream of this.#streams) this.lose(stream)
    this.#streams.clear()
  }

  /** Says goodbye on every line, and takes others. */
  drain(): void {
    this.#server.drain(this.endpoint, 10)
  }

  stop(): void {
    this.#server.forceShutdown()
  }
}
