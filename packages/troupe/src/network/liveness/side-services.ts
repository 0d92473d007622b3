/**
 * network/liveness/side-services: what runs in the thread beside the loop, as the node sees it.
 *
 * A service is a module that the thread loads; each has a channel of its own. When the thread has
 * ended by itself and runs again, all services are started again from what they were started
 * with. Knows nothing of what they do.
 *
 * @source design 5 (that thread also serves the embedded registrar)
 */
import { once } from 'node:events'
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import type { Clock } from '#base/clock'
import {
  describeThrown,
  type SideService,
  type SideTaker,
  type SideThread,
  TroupeError,
} from '#contract'
import type { SideAnswer, SideRequest } from './side-host.js'

/** How long a service may take to end in order before the thread ends without it. */
const END_TIMEOUT_MS = 500

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: TroupeError) => void
}

export class SideServices implements SideThread {
  readonly #clock: Clock
  readonly #services = new Map<number, Service>()
  readonly #ending = new Map<number, Service>()
  #worker: Worker | undefined
  #lastId = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async start(module: URL, data: unknown, taker: SideTaker): Promise<SideService> {
    this.#lastId += 1
    const service = new Service(this.#lastId, module, data, taker, () => this.#stop(service))
    this.#services.set(service.id, service)
    try {
      if (this.#worker === undefined) throw failure(module, 'the thread does not run')
      await service.startIn(this.#worker)
    } catch (thrown) {
      this.#services.delete(service.id)
      throw thrown
    }
    return service
  }

  /** The thread runs, for the first time or again. */
  runs(worker: Worker): void {
    this.#worker = worker
    for (const service of this.#services.values()) {
      void service.startIn(worker).then(
        () => service.taker.restarted(),
        () => {},
      )
    }
  }

  /** What the thread says of a service. */
  told({ id, kind, problem }: SideAnswer): void {
    const service = this.#services.get(id) ?? this.#ending.get(id)
    service?.told(kind, problem)
  }

  /** The thread has ended by itself. */
  ended(problem: string): void {
    this.#worker = undefined
    for (const service of this.#services.values()) service.lost(problem)
    for (const service of this.#ending.values()) service.lost(problem)
  }

  /** Ends all in order, as long as that does not take too long. */
  async stop(): Promise<void> {
    const services = [...this.#services.values()]
    await Promise.all(services.map((one) => this.#stop(one)))
    this.#worker = undefined
    for (const { taker } of services) taker.ended()
  }

  async #stop(service: Service): Promise<void> {
    const worker = this.#worker
    if (!this.#services.delete(service.id) || worker === undefined) return
    this.#ending.set(service.id, service)
    const cancel = this.#clock.after(END_TIMEOUT_MS, () => service.lost('it did not end in time'))
    await service.endIn(worker).catch(() => {})
    cancel()
    this.#ending.delete(service.id)
  }
}

class Service implements SideService {
  readonly id: number
  readonly taker: SideTaker
  readonly stop: () => Promise<void>
  readonly #module: URL
  readonly #data: unknown
  #port: MessagePort | undefined
  #waiter: Waiter | undefined

  constructor(id: number, module: URL, data: unknown, taker: SideTaker, stop: () => Promise<void>) {
    this.id = id
    this.#module = module
    this.#data = data
    this.taker = taker
    this.stop = stop
  }

  post(message: unknown): void {
    this.#port?.postMessage(message)
  }

  startIn(worker: Worker): Promise<void> {
    this.#port?.close()
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.on('message', (message) => {
      if (this.#port === port1) this.taker.received(message)
    })
    port1.unref()
    const request = { kind: 'start', id: this.id, module: this.#module.href } as const
    return this.#ask(worker, { ...request, data: this.#data, port: port2 }, [port2])
  }

  async endIn(worker: Worker): Promise<void> {
    const port = this.#port
    if (port === undefined) return
    // Closed by the thread behind the last word of the service.
    const isClosed = once(port, 'close')
    await this.#ask(worker, { kind: 'end', id: this.id }, [])
    await isClosed
    this.#port = undefined
  }

  told(kind: SideAnswer['kind'], problem: string): void {
    const waiter = this.#waiter
    this.#waiter = undefined
    if (kind === 'failed') waiter?.reject(failure(this.#module, problem))
    else waiter?.resolve()
  }

  /** Nothing of it can be waited for any more. */
  lost(problem: string): void {
    this.#port?.close()
    this.#port = undefined
    this.told('failed', problem)
  }

  #ask(worker: Worker, request: SideRequest, transfer: readonly MessagePort[]): Promise<void> {
    this.told('failed', 'it was asked for something else')
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject }
      try {
        worker.postMessage(request, transfer)
      } catch (thrown) {
        this.told('failed', describeThrown(thrown))
      }
    })
  }
}

const failure = (module: URL, problem: string): TroupeError => {
  const address = module.pathname.slice(module.pathname.lastIndexOf('/') + 1)
  return new TroupeError('PORT_FAILED', { transport: 'thread', address, problem })
}
