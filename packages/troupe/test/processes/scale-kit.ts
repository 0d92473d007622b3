/**
 * scale-kit: real nodes of one host come and go under load, and every request is counted.
 *
 * Nothing is tried again, so that nothing can be hidden: each call must be answered, and each
 * message be handled once.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  actor,
  application,
  type DrainResult,
  embeddedRegistrar,
  message,
  type Node,
  protocol,
  request,
  service,
  startNode,
} from 'troupe'

const COOKIE = 'a cookie for tests and nothing else'
const CALLERS = 20
const WORK_MS_MAX = 20

const Mill = protocol('mill', {
  grind: request<number, string>(),
  sack: message<number>(),
})

/** Everything that happened, whoever did it. */
export interface ScaleAccount {
  calls: number
  answered: number
  ground: number
  sent: number
  handled: number
  readonly failures: string[]
  readonly drains: DrainResult[]
}

const pool = (account: ScaleAccount) =>
  actor(Mill, {
    options: { reentrant: true },
    init: () => ({}),
    on: {
      grind: async (_state, workMs, context) => {
        if (workMs > 0) await context.sleep(workMs)
        account.ground += 1
        return context.node
      },
      sack: () => {
        account.handled += 1
      },
    },
  })

const MILL = service('mill', Mill, { retry: 'off', breaker: 'off' })

export class Scale {
  readonly account: ScaleAccount = {
    ...{ calls: 0, answered: 0, ground: 0, sent: 0, handled: 0 },
    ...{ failures: [], drains: [] },
  }
  readonly #folder: string
  readonly #mill = pool(this.account)
  readonly #nodes = new Map<string, Node>()
  readonly #answeredBy = new Map<string, number>()
  #isRunning = true
  readonly #load: Promise<void>[] = []

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async make(): Promise<Scale> {
    return new Scale(await mkdtemp(join(tmpdir(), 'troupe-test-')))
  }

  /** A node that asks all the time. */
  async startFront(name: string): Promise<void> {
    const node = await this.#start(name, {})
    for (let at = 0; at < CALLERS; at += 1) this.#load.push(this.#callOn(node))
    this.#load.push(this.#sendOn(node))
  }

  async startMill(name: string): Promise<void> {
    const spec = application({ name: 'mill', members: [{ name: 'mill', start: this.#mill }] })
    await this.#start(name, { applications: [spec] })
  }

  /** Settles when a node has answered as often as that. */
  async worked(name: string, times: number): Promise<void> {
    while ((this.#answeredBy.get(name) ?? 0) < times) await this.#soon()
  }

  async drain(name: string): Promise<void> {
    const node = this.#nodes.get(name)
    this.#nodes.delete(name)
    this.#answeredBy.delete(name)
    if (node !== undefined) this.account.drains.push(await node.drain())
  }

  async stop(): Promise<void> {
    this.#isRunning = false
    await Promise.all(this.#load)
    for (const node of this.#nodes.values()) await node.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #start(name: string, options: Parameters<typeof startNode>[1]): Promise<Node> {
    const registrar = embeddedRegistrar({ folder: this.#folder })
    const network = { registrar, cookie: COOKIE, acceptors: [{ host: '127.0.0.1', port: 0 }] }
    const plain = { logSinks: [], handleSignals: false }
    const node = await startNode(`${name}@localhost`, { ...options, ...plain, network })
    this.#nodes.set(name, node)
    return node
  }

  async #callOn(node: Node): Promise<void> {
    const { account } = this
    for (let at = 0; this.#isRunning; at += 1) {
      account.calls += 1
      try {
        const by = await node.call(MILL, 'grind', at % WORK_MS_MAX)
        account.answered += 1
        const name = by.slice(0, by.indexOf('@'))
        this.#answeredBy.set(name, (this.#answeredBy.get(name) ?? 0) + 1)
      } catch (thrown) {
        account.failures.push(String(thrown))
        await this.#soon()
      }
    }
  }

  async #sendOn(node: Node): Promise<void> {
    const { account } = this
    while (this.#isRunning) {
      account.sent += 1
      const failure = node.send(MILL, 'sack', account.sent)
      if (failure !== undefined) account.failures.push(failure)
      await this.#soon()
    }
  }

  /** After the loop has turned. */
  #soon(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve))
  }
}

/** Rounds in which one more mill starts, works, and drains while all ask. */
export async function scaleUpAndDown(rounds: number): Promise<ScaleAccount> {
  const scale = await Scale.make()
  try {
    await scale.startMill('mill0')
    await scale.startMill('mill1')
    await scale.startFront('front0')
    await scale.startFront('front1')
    for (let round = 2; round < rounds + 2; round += 1) {
      const name = `mill${round}`
      await scale.startMill(name)
      await scale.worked(name, 50)
      await scale.drain(`mill${round - 2}`)
    }
  } finally {
    await scale.stop()
  }
  return scale.account
}
