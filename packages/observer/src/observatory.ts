/**
 * observatory: what an Observer is made of, from one start of its application to its stop.
 *
 * Its addresses are opened first and stay while its processes are restarted, so that browsers find
 * them again. Its process gives it time and questions; without one it answers 503.
 */

import type { WebListener } from 'troupe'
import {
  openWeb,
  type ProcessContext,
  processName,
  type Ref,
  type Timer,
  TroupeError,
  type WebEnv,
} from 'troupe'
import { ClusterWatch } from '#observer/cluster/watch'
import type { ObserverOptions, Surface } from '#observer/contract/options'
import { Ears } from '#observer/hub/ears'
import { Hub } from '#observer/hub/hub'
import { knownVerbs } from '#observer/hub/known'
import { isSeenRow } from '#observer/hub/narrow'
import { pacedVerbs } from '#observer/hub/paced-verbs'
import { NodePaces, ViewerPaces } from '#observer/hub/paces'
import { subjectOf } from '#observer/hub/subject'
import { Teller } from '#observer/hub/teller'
import type { Verbs } from '#observer/hub/verbs'
import { viewOf } from '#observer/hub/view'
import { observerApp } from '#observer/web/app'
import { Attempts } from '#observer/web/attempts'
import { Audit } from '#observer/web/audit'
import { Manager } from '#observer/web/manager'
import { NameSampler } from '#observer/web/name-sampler'
import { type PageFiles, readPageFiles } from '#observer/web/page-files'
import { Refusals } from '#observer/web/refusals'
import { Sessions } from '#observer/web/sessions'

/** The process that answers on each node. */
const SYSTEM = 'system'
const ABOUT_MS = 2_000

type App = ReturnType<typeof observerApp>

/** What holds for all surfaces. */
interface ObservatoryOptions {
  readonly nodePerSecondMax: number
  readonly onListening: ObserverOptions['onListening']
}

/** What lives as long as the process of the Observer. */
interface Running {
  readonly hub: Hub
  readonly watch: ClusterWatch
  readonly apps: readonly App[]
}

function stop({ hub, watch }: Running): void {
  watch.stop()
  hub.stop()
}

export class Observatory {
  readonly surfaces: readonly Surface[]
  readonly #options: ObservatoryOptions
  #listeners: readonly WebListener[] = []
  #files: PageFiles = new Map()
  #running: Running | undefined
  #ears: Ears | undefined
  #log: (address: string) => void = () => {}

  constructor(surfaces: readonly Surface[], options: ObservatoryOptions) {
    this.surfaces = surfaces
    this.#options = options
  }

  /** Listens. PORT_IN_USE, PORT_FAILED; OPTION_INVALID when it does so already. */
  async open(): Promise<void> {
    if (this.#listeners.length > 0) {
      const problem = 'this Observer runs already; make one of its own for each node'
      throw new TroupeError('OPTION_INVALID', { option: 'applications', value: 'twice', problem })
    }
    this.#files = await readPageFiles()
    const opened: WebListener[] = []
    try {
      for (const { host, port, tls } of this.surfaces) {
        opened.push(await openWeb({ hosts: [host], port, ...(tls === undefined ? {} : { tls }) }))
      }
    } catch (thrown) {
      await Promise.all(opened.map((listener) => listener.close()))
      throw thrown
    }
    this.#listeners = opened
  }

  async close(): Promise<void> {
    const listeners = this.#listeners
    this.#listeners = []
    await Promise.all(listeners.map((listener) => listener.close()))
  }

  /** One for each surface, in their order. */
  listenerOf(at: number): WebListener {
    return this.#listeners[at] as WebListener
  }

  /** Where browsers find it, in the order of the surfaces. */
  get addresses(): readonly string[] {
    return this.#listeners.map((listener, at) => {
      const { host = '127.0.0.1' } = this.surfaces[at] ?? {}
      const shown = host.includes(':') ? `[${host}]` : host
      return `${listener.isSecure ? 'https' : 'http'}://${shown}:${listener.port}`
    })
  }

  /** Its process has started: from now on there are answers. */
  attach(context: ProcessContext): void {
    this.detach()
    const ears = earsOf(context)
    this.#ears = ears
    const verbs = verbsOf(context, ears)
    const watch = new ClusterWatch(verbs)
    // Viewers together ask a node for less than it answers us: the watch has the rest.
    const paces = new NodePaces(this.#options.nodePerSecondMax, verbs.nowMs)
    const shared = knownVerbs(pacedVerbs(verbs, paces), (node) => watch.knows(node))
    const audit = auditOf(context, verbs)
    const manager = new Manager(shared, audit)
    const nodes = () => watch.nodes()
    const nameSampler = new NameSampler(shared, audit, nodes)
    const teller = new Teller({
      ...{ verbs: shared, sheet: (sees) => watch.sheet(sees), nodes },
      audit: (limit, view) => audit.newest(limit, (row) => isSeenRow(row, view)),
    })
    const reader = { teller, verbs: shared, nodes }
    const hub = new Hub({ verbs, subjectOf: (text, view) => subjectOf(text, view, reader) })
    const attempts = new Attempts(verbs.nowMs)
    const apps = this.surfaces.map((surface, at) =>
      observerApp({
        // Whoever is let in at one surface is a stranger at the others.
        sessions: new Sessions(verbs.nowMs),
        ...{ surface, attempts, audit, hub, teller, manager, nameSampler },
        files: this.#files,
        own: verbs.own,
        cookieName: `troupe_observer_${this.listenerOf(at).port}`,
        viewOf: ({ capabilities }) => viewOf(surface, capabilities),
        paces: new ViewerPaces(surface.viewerPerSecondMax, verbs.nowMs),
        about: onceDone(() => aboutOf(verbs)),
        warn: verbs.warn,
      }),
    )
    this.#keep({ hub, watch, apps }, context)
    this.#log = (address) => context.log.info('the Observer listens', { address })
    watch.start()
  }

  #keep(running: Running, context: ProcessContext): void {
    this.#running = running
    // A killed process has no terminate, and its browsers must not wait for ever.
    void context.ended(context.self).then(() => {
      if (this.#running === running) this.detach()
      else stop(running)
    })
  }

  /** Its web ports answer. */
  told(): void {
    for (const address of this.addresses) this.#log(address)
    this.#options.onListening?.(this.addresses)
  }

  /** Its process ends. */
  detach(): void {
    const running = this.#running
    this.#running = undefined
    if (running !== undefined) stop(running)
  }

  /** A node has told something of a follow. */
  followed(told: unknown, fromNode: string): void {
    this.#ears?.followed(told, fromNode)
  }

  /** Something that is watched has ended. */
  down(ref: Ref): void {
    this.#ears?.down(ref)
  }

  /** Streams and subjects that are open now. */
  get counts(): { readonly streams: number; readonly subjects: number } {
    return this.#running?.hub.counts ?? { streams: 0, subjects: 0 }
  }

  /** Answers one request of a surface. */
  answer(at: number, request: Request, env: WebEnv): Response | Promise<Response> {
    const app = this.#running?.apps[at]
    if (app !== undefined) return app.fetch(request, env)
    const problem = { code: 'OBSERVER_STARTING', message: 'the Observer starts', remedy: 'wait' }
    return Response.json(problem, { status: 503, headers: { 'retry-after': '1' } })
  }
}

/** What was done and tried is kept, and logged. */
function auditOf(context: ProcessContext, verbs: Verbs): Audit {
  const refusals = new Refusals(verbs, (rest) =>
    context.log.info('the Observer refused more than it logs', { ...rest }),
  )
  return new Audit(verbs.wallMs, (row) => context.log.info('observer', { ...row }), refusals)
}

/** A timer of a process that has ended. */
const NEVER: Timer = Object.freeze({ cancel: () => false })

/** What a process may not do any more once it was killed is not worth a word. */
function unlessRevoked<T>(work: () => T, otherwise: T): T {
  try {
    return work()
  } catch (thrown) {
    if (TroupeError.is(thrown, 'PROCESS_REVOKED')) return otherwise
    throw thrown
  }
}

/** How long a node may take to end a follow. */
const UNFOLLOW_MS = 4_000

const systemOf = (node: string) => processName(SYSTEM, undefined, node)

const earsOf = (context: ProcessContext): Ears =>
  new Ears({
    nowMs: () => context.nowMs(),
    unfollow: (node, follow) => {
      const options = { timeoutMs: UNFOLLOW_MS }
      // What goes on is heard of again, and ended then.
      context.call(systemOf(node), 'unfollow', { follow }, options).catch(() => undefined)
    },
  })

function verbsOf(context: ProcessContext, ears: Ears): Verbs {
  return {
    own: context.node,
    nowMs: () => context.nowMs(),
    wallMs: () => context.wallMs(),
    after: (delayMs, run) => unlessRevoked(() => context.after(delayMs, run), NEVER),
    ask: async ({ node, request, payload, timeoutMs }) =>
      context.call(systemOf(node), request, payload, { timeoutMs }),
    followed: (node, follow, take) => ears.addFollow(node, follow, take),
    watch: (node, lost) => {
      const ref = unlessRevoked(() => context.monitor(systemOf(node)), undefined)
      if (ref === undefined) return () => {}
      const forget = ears.addWatch(ref, lost)
      return () => {
        forget()
        unlessRevoked(() => context.demonitor(ref), false)
      }
    },
    warn: (text, fields) => context.log.warning(text, { ...fields }),
  }
}

/** Asks until it has been answered once; what is answered stays true. */
function onceDone<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  return () => {
    asked ??= ask().catch((thrown: unknown) => {
      asked = undefined
      throw thrown
    })
    return asked
  }
}

/** What the own node is. */
async function aboutOf(verbs: Verbs) {
  const asked = { node: verbs.own, request: 'node', timeoutMs: ABOUT_MS }
  const { version, program } = (await verbs.ask(asked)) as {
    readonly version: string
    readonly program: { readonly nodeVersion: string }
  }
  return { version, runtime: `Node.js ${program.nodeVersion}` }
}
