/**
 * cluster/registrar/embedded/embedded-registrar: the registrar that every node has: the nodes of
 * a host find each other, and one of them serves.
 *
 * All of it lives in the side thread of the node, so that a busy loop neither loses the
 * registration nor stops serving; here is what the node sees of it: a table that messages fill,
 * and the events that follow. What is known stays known while no server is there.
 *
 * @source design 6; ergo-features 21 (embedded)
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Cancel } from '#base/clock'
import { FileConfig } from '#cluster/config/file-config'
import { completeAcross, looksBeyond } from '#cluster/registrar/across/options'
import { readNodeRoute, requireApplicationRoute } from '#cluster/registrar/route-check'
import { RouteTable } from '#cluster/registrar/route-table'
import {
  type ApplicationRoute,
  type ConfigChange,
  type ConfigHeld,
  type ConfigValue,
  describeThrown,
  type NodeRoute,
  type OwnApplicationRoute,
  type Registrar,
  type RegistrarEvent,
  type RegistrarHome,
  type RegistrarInfo,
  requireOption,
  type SideService,
  type SideThread,
  TroupeError,
} from '#contract'
import type { MemberNews, MemberRequest } from './member.js'
import { completeEmbedded, type EmbeddedRegistrarOptions } from './options.js'
import { applyChange, snapshotOf } from './telling.js'
import type { EmbeddedData } from './thread.js'
import type { Change, Entry } from './words.js'

const SERVICE = new URL('./thread.js', import.meta.url)
const KEY = 'registrar embedded 1'
const FAR_KEY = 'registrar embedded far 1'
const PLACE_KEY = 'registrar embedded place'
const PLACE_LENGTH = 16
const SECRET_BYTES = 32
/** A start that has found no server for so long goes on without; it is found later. */
const START_MS = 2_000
/** How often a node whose network was stopped looks whether it is there again. */
const THREAD_MS = 200
/** How long an answer of the server may take beyond its own limit. */
const FIND_MS = 6_000

/**
 * The registrar of the nodes of one host, and of other hosts they know. The first node serves, and
 * when it goes another one does; nothing has to be started for it. It is what a node has when
 * `network.registrar` says nothing else.
 *
 * Throws OPTION_INVALID.
 *
 * @example
 * const registrar = embeddedRegistrar({ port: 4_599 })
 * const node = await startNode('shop@localhost', { network: { registrar } })
 *
 * @source ergo-features 21 (embedded)
 */
export function embeddedRegistrar(options: EmbeddedRegistrarOptions = {}): Registrar {
  return new EmbeddedRegistrar(options)
}

interface Starting {
  readonly resolve: () => void
  readonly reject: (error: TroupeError) => void
}

class EmbeddedRegistrar implements Registrar {
  readonly kind = 'embedded'
  readonly #options: ReturnType<typeof completeEmbedded>
  readonly #applications = new Map<string, OwnApplicationRoute>()
  readonly #finds = new Map<number, (entry: Entry | undefined) => void>()
  #lastFind = 0
  #home: RegistrarHome | undefined = undefined
  #table = new RouteTable({ node: '', creation: 0 })
  #folder = ''
  #secret = ''
  #config: FileConfig | undefined = undefined
  #service: SideService | undefined = undefined
  #state: RegistrarInfo['state'] = 'disconnected'
  #server = ''
  #isServing = false
  #refused: Readonly<Record<string, number>> = {}
  #starting: Starting | undefined = undefined
  #cancel: Cancel = () => false

  constructor(options: EmbeddedRegistrarOptions) {
    this.#options = completeEmbedded(options)
  }

  async start(home: RegistrarHome): Promise<void> {
    const isFree = this.#home === undefined
    requireOption(isFree, 'registrar', 'in use', 'one object serves one node; make another one')
    this.#home = home
    this.#table = new RouteTable({ node: home.node, creation: home.creation })
    this.#secret = Buffer.from(home.randomBytes(SECRET_BYTES)).toString('hex')
    const { folder, tcp = process.platform === 'win32' } = this.#options
    if (!tcp) this.#folder = await trusted(home, folder)
    await this.#startConfig(home)
    const side = home.side()
    if (side === undefined) return this.#awaitThread()
    const started = new Promise<void>((resolve, reject) => {
      this.#starting = { resolve, reject }
    })
    this.#cancel = home.clock.after(START_MS, () => this.#settle())
    await Promise.all([started, this.#launch(side)]).catch(async (thrown: unknown) => {
      await this.stop()
      throw thrown
    })
  }

  async #startConfig({ node, clock, log, tell }: RegistrarHome): Promise<void> {
    const { configFile: path, configPollMs: pollMs } = this.#options
    if (path === undefined) return
    this.#config = new FileConfig({ node, path, pollMs, clock, log, tell })
    await this.#config.start()
  }

  nodes(): readonly NodeRoute[] {
    return this.#table.nodes()
  }

  resolve(node: string): NodeRoute | undefined | Promise<NodeRoute | undefined> {
    const known = this.#table.resolve(node)
    const isVain = this.#service === undefined || node === this.#home?.node
    return known !== undefined || isVain ? known : this.#find(node)
  }

  putApplication(given: OwnApplicationRoute): void {
    const route = requireApplicationRoute(given)
    this.#applications.set(route.name, route)
    this.#ask({ kind: 'application', route })
  }

  removeApplication(name: string): void {
    if (this.#applications.delete(name)) this.#ask({ kind: 'application-gone', name })
  }

  applications(name?: string): readonly ApplicationRoute[] {
    return this.#table.applications(name)
  }

  config(items?: readonly string[]): Readonly<Record<string, ConfigValue>> {
    return this.#config?.config(items) ?? {}
  }

  configHeld(): Iterable<ConfigHeld> {
    return this.#config?.held() ?? []
  }

  async changeConfig(change: ConfigChange): Promise<boolean> {
    if (this.#config !== undefined) return this.#config.change(change)
    const problem = 'the option configFile of embeddedRegistrar names no file'
    throw new TroupeError('CONFIG_FIXED', { problem })
  }

  async leave(): Promise<void> {
    this.#ask({ kind: 'leaving' })
  }

  info(): RegistrarInfo {
    return {
      kind: this.kind,
      state: this.#state,
      server: this.#server,
      serving: this.#isServing,
      supports: { applications: true, config: this.#config !== undefined, events: true },
      nodes: this.#table.size,
      refused: { ...this.#table.refused, ...this.#refused, ...this.#config?.refused() },
    }
  }

  async stop(): Promise<void> {
    const service = this.#service
    this.#state = 'stopped'
    this.#service = undefined
    this.#cancel()
    this.#config?.stop()
    await service?.stop()
    for (const answer of [...this.#finds.values()]) answer(undefined)
    this.#table.clear()
    this.#isServing = false
  }

  async #launch(side: SideThread): Promise<void> {
    const home = this.#home as RegistrarHome
    const service = await side.start(SERVICE, this.#data(home), {
      received: (message) => this.#take(message as MemberNews),
      restarted: () => {
        this.#lost(this.#server, 'the thread of the registrar was begun anew')
        this.#begin()
      },
      ended: () => this.#ended(),
    })
    if (this.#state === 'stopped') return service.stop()
    this.#service = service
    this.#begin()
  }

  #data(home: RegistrarHome): EmbeddedData {
    const { port, serve, tcp = process.platform === 'win32', ...times } = this.#options
    const { node, creation, version, hidden } = home
    const addresses = home.addresses()
    const route = { node, creation, version, addresses, liveness: home.liveness(), state: 'up' }
    const place = createHash('sha256').update(home.keyFor(PLACE_KEY)).digest('hex')
    const file = `registrar-${port}-${place.slice(0, PLACE_LENGTH)}.sock`
    const { beatMs, silenceMs, lostMs, graceMs } = times
    return {
      self: { node, hidden, serves: serve, secret: this.#secret, route: route as NodeRoute },
      ...{ path: tcp ? undefined : join(this.#folder, file), port },
      ...{ key: home.keyFor(KEY), farKey: home.keyFor(FAR_KEY) },
      far: this.#far(addresses.map(({ host }) => host)),
      times: { beatMs, silenceMs, lostMs, graceMs },
    }
  }

  /** How this node speaks with other hosts while it serves, if it does. */
  #far(hosts: readonly string[]): EmbeddedData['far'] {
    return looksBeyond(this.#options, hosts) ? completeAcross(this.#options) : undefined
  }

  /** The service runs, for the first time or again. */
  #begin(): void {
    const applications = [...this.#applications.values()]
    const known = this.#table.entries().map((entry, at) => ({
      ...entry,
      // As far as it is known here: who had it before tells more.
      ...{ order: at + 1, serves: true, seal: '' },
    }))
    this.#ask({ kind: 'begin', known, applications })
  }

  #ask(request: MemberRequest): void {
    this.#service?.post(request)
  }

  #take(news: MemberNews): void {
    if (this.#state === 'stopped') return
    this.#ask({ kind: 'taken' })
    switch (news.kind) {
      case 'joined':
        this.#joined(news.server, news.entries)
        break
      case 'changed':
        for (const change of news.changes) this.#tellAll(this.#apply(change))
        break
      case 'lost':
        this.#lost(news.server, news.problem)
        break
      case 'refused':
        this.#isRefused(news.code, news.problem)
        break
      case 'failed':
        this.#settle(failed(news.problem))
        this.#home?.log.error('the registrar cannot serve', { problem: news.problem })
        break
      case 'alone':
        this.#settle()
        break
      case 'warning':
        this.#home?.log.warning(news.text, { code: news.code })
        break
      case 'found':
        this.#finds.get(news.id)?.(news.entry)
        break
      case 'counts':
        this.#isServing = news.isServing
        this.#refused = news.refused
    }
  }

  #apply(change: Change): readonly RegistrarEvent[] {
    const isOthers = change.kind === 'duplicate' && change.node !== this.#home?.node
    return isOthers ? [] : applyChange(this.#table, change)
  }

  #joined(server: string, entries: readonly Entry[]): void {
    const isOther = this.#state !== 'connected' || this.#server !== server
    this.#state = 'connected'
    this.#server = server
    if (isOther) this.#tellAll([{ kind: 'registrar-connected', server }])
    const events = this.#table.replace(snapshotOf(entries))
    // Who was there before this node is found, and no news.
    if (this.#starting === undefined) this.#tellAll(events)
    this.#settle()
  }

  #lost(server: string, problem: string): void {
    if (this.#state !== 'connected') return
    this.#state = 'disconnected'
    this.#tellAll([{ kind: 'registrar-disconnected', server, problem }])
  }

  #isRefused(code: string, problem: string): void {
    const { node } = this.#home as RegistrarHome
    const error =
      code === 'NODE_NAME_TAKEN'
        ? new TroupeError(code, { node, problem })
        : failed(`${code}: ${problem}`)
    if (this.#starting !== undefined) {
      this.#settle(error)
      return
    }
    this.#home?.log.error('the registrar refuses this node', { error: error.message })
    if (code === 'NODE_NAME_TAKEN') this.#tellAll([{ kind: 'node-duplicate', node, problem }])
  }

  /** The start is done, one way or the other. */
  #settle(error?: TroupeError): void {
    const starting = this.#starting
    if (starting === undefined) return
    this.#starting = undefined
    this.#cancel()
    if (error === undefined) starting.resolve()
    else starting.reject(error)
  }

  #find(node: string): Promise<NodeRoute | undefined> {
    const { clock } = this.#home as RegistrarHome
    this.#lastFind += 1
    const id = this.#lastFind
    return new Promise((resolve) => {
      const cancel = clock.after(FIND_MS, () => this.#finds.get(id)?.(undefined))
      this.#finds.set(id, (entry) => {
        cancel()
        this.#finds.delete(id)
        resolve(entry === undefined ? undefined : readNodeRoute(entry.route).route)
      })
      this.#ask({ kind: 'find', id, node })
    })
  }

  /** The network of the node was stopped, and its thread with it; it may be started again. */
  #ended(): void {
    this.#service = undefined
    if (this.#state === 'stopped') return
    this.#isServing = false
    this.#lost(this.#server, 'the network of this node was stopped')
    this.#awaitThread()
  }

  #awaitThread(): void {
    if (this.#state === 'stopped') return
    const { clock, side } = this.#home as RegistrarHome
    this.#cancel = clock.after(THREAD_MS, () => {
      const thread = side()
      if (thread === undefined) return this.#awaitThread()
      void this.#launch(thread).catch(() => this.#awaitThread())
    })
  }

  #tellAll(events: readonly RegistrarEvent[]): void {
    for (const event of events) this.#home?.tell(event)
  }
}

/** The folder where the nodes of the host meet. */
async function trusted(home: RegistrarHome, folder: string | undefined): Promise<string> {
  try {
    return (await home.folder?.(folder)) ?? folder ?? ''
  } catch (thrown) {
    const remedy = "give the option folder of embeddedRegistrar, or registrar: 'none'"
    throw failed(`${describeThrown(thrown)}; ${remedy}`)
  }
}

const failed = (problem: string): TroupeError =>
  new TroupeError('REGISTRAR_FAILED', { registrar: 'embedded', problem })
