/**
 * system/cluster: the programs of one cluster, started by role, and what can be asked of them.
 *
 * It knows their process ids, since it is their parent. A program that ends although nobody meant
 * it to is started again, and told of.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ask, fieldsOf } from '#chaos/client/http'
import type { Engine } from '#chaos/etcd/engine'
import { listenersIn, ownerOf } from '#chaos/net/socket-owner'
import type { World } from '#chaos/world/world'
import { makePlaces, type Place, WORKERS } from './places.js'
import { Program } from './program.js'
import { Wiring } from './wiring.js'

export interface ClusterOptions {
  /** The built program of the cluster. */
  readonly main: string
  /** Folder for data, logs and the registrar; made when it is not there. */
  readonly folder: string
  readonly effectsUrl: string
  readonly world: World
  readonly say: (line: string) => void
  /** Flags of Node itself for the program of a node; for what a test preloads. */
  readonly nodeFlags?: (node: string) => readonly string[]
  /** The etcd that it is to be on; default the registrar that is in its programs. */
  readonly engine?: Pick<Engine, 'endpoints' | 'hasMajority'> | undefined
}

/** What `GET /cluster` tells, as far as it is used here. */
export interface View {
  readonly leader: string
  readonly term: number
  readonly pending: number
}

/** A path of a Unix socket must be short. */
const REGISTRAR_FOLDER = 'r'
const VIEW_MS = 1_500
const AGAIN_MS = 500

export class Cluster {
  readonly places: readonly Place[]
  readonly programs: readonly Program[]
  readonly wiring: Wiring
  readonly #options: ClusterOptions
  /** Nodes whose end is meant. */
  readonly #meant = new Set<string>()
  readonly #surprises: string[] = []
  /** Lives that ended before they were ready, while etcd could not be had. */
  #failedStarts = 0
  #isOver = false

  private constructor(options: ClusterOptions, places: readonly Place[], wiring: Wiring) {
    this.#options = options
    this.places = places
    this.wiring = wiring
    const cookie = randomBytes(24).toString('hex')
    this.programs = places.map(
      (place) =>
        new Program({
          ...{ node: place.node, cwd: options.folder, words: this.#wordsFor(place, cookie) },
          log: join(options.folder, `${place.node.split('@')[0]}.log`),
          ended: (program, how, wasReady) => this.#ended(program, how, wasReady),
        }),
    )
  }

  /** Makes all that is needed; nothing runs yet. */
  static async make(options: ClusterOptions): Promise<Cluster> {
    mkdirSync(options.folder, { recursive: true })
    mkdirSync(join(options.folder, REGISTRAR_FOLDER), { recursive: true, mode: 0o700 })
    writeFileSync(join(options.folder, 'config.json'), '{}\n')
    const places = await makePlaces()
    let cluster: Cluster | undefined
    const running = () => cluster?.running() ?? new Map<number, string>()
    const endpoints = options.engine?.endpoints
    cluster = new Cluster(options, places, await Wiring.open(places, running, endpoints))
    return cluster
  }

  get urls(): readonly string[] {
    return this.places.flatMap(({ webPort }) =>
      webPort === 0 ? [] : [`http://127.0.0.1:${webPort}`],
    )
  }

  get configFile(): string {
    return join(this.#options.folder, 'config.json')
  }

  /** Programs that ended by themselves. */
  get surprises(): readonly string[] {
    return this.#surprises
  }

  /** Programs that could not start while etcd could not be had, and were started again. */
  get failedStarts(): number {
    return this.#failedStarts
  }

  running(): ReadonlyMap<number, string> {
    return new Map(
      this.programs.flatMap(({ pid, node }) => (pid === undefined ? [] : [[pid, node] as const])),
    )
  }

  program(node: string): Program | undefined {
    return this.programs.find((program) => program.node === node)
  }

  /** Nodes of coordinators. */
  get coordinators(): readonly string[] {
    return this.#nodesOf('coordinator')
  }

  /** Nodes of workers that are to run now. */
  get workers(): readonly string[] {
    return this.#nodesOf('worker').filter((node) => !this.#meant.has(node))
  }

  /** Starts all but the workers beyond the usual ones; settles when they are ready. */
  async start(): Promise<void> {
    for (const { role, index, node } of this.places) {
      if (role === 'worker' && index > WORKERS) this.#meant.add(node)
      else this.program(node)?.start()
    }
    await Promise.all(this.programs.map((program) => program.readiness()))
  }

  /** From now on its end is meant; it is not started again by itself. */
  mean(node: string): void {
    this.#meant.add(node)
  }

  /** Starts it, and its end is a surprise from now on. */
  async revive(node: string): Promise<void> {
    this.#meant.delete(node)
    const program = this.program(node)
    program?.start()
    await program?.readiness()
  }

  /** The program that serves the registrar. */
  registrar(): string | undefined {
    const running = this.running()
    const folder = join(this.#options.folder, REGISTRAR_FOLDER)
    for (const inode of listenersIn(folder)) {
      const pid = ownerOf(inode, [...running.keys()])
      if (pid !== undefined) return running.get(pid)
    }
    return undefined
  }

  /** What the cluster tells of itself; undefined: nobody leads, or nobody answers. */
  async view(): Promise<View | undefined> {
    const told = await Promise.all(this.urls.map(viewOf))
    const known = told.filter((view) => view !== undefined)
    return known.sort((left, right) => right.term - left.term)[0]
  }

  /** Ends all programs for good. */
  async stop(graceMs: number): Promise<void> {
    this.#isOver = true
    await Promise.all(this.programs.map((program) => program.stop(graceMs)))
    await this.wiring.close()
    for (const program of this.programs) program.close()
  }

  #nodesOf(role: Place['role']): readonly string[] {
    return this.places.filter((place) => place.role === role).map(({ node }) => node)
  }

  #wordsFor(place: Place, cookie: string): readonly string[] {
    const { main, folder, effectsUrl, nodeFlags, engine } = this.#options
    const { role, index, webPort } = place
    const web = ['--http-port', `${webPort}`, '--data', join(folder, 'data')]
    return [
      ...(nodeFlags?.(place.node) ?? []),
      ...[main, '--role', role, '--index', `${index}`, '--cookie', cookie],
      ...(engine === undefined
        ? ['--registrar-folder', join(folder, REGISTRAR_FOLDER), '--config', this.configFile]
        : []),
      ...(role === 'coordinator' ? web : ['--effects', effectsUrl]),
      ...this.wiring.wordsFor(place),
    ]
  }

  #ended(program: Program, how: string, wasReady: boolean): void {
    this.wiring.ended(program.node)
    if (this.#isOver || this.#meant.has(program.node)) return
    const { say, world } = this.#options
    if (wasReady || !this.#lacksEtcd(program.node)) {
      this.#surprises.push(`${program.node} ended by itself: ${how}`)
    } else this.#failedStarts += 1
    say(`${program.node} ended by itself (${how}) and is started again`)
    void world.wait(AGAIN_MS).then(() => {
      if (!this.#isOver && !this.#meant.has(program.node)) program.start()
    })
  }

  /** Whether it has none to start with: etcd has no majority, or there is a wall between both. */
  #lacksEtcd(node: string): boolean {
    const { engine } = this.#options
    if (engine === undefined) return false
    const members = [...engine.endpoints.keys()]
    const { walls } = this.wiring
    return (
      !engine.hasMajority ||
      members.every((member) => walls.blocks(node, member) || walls.blocks(member, node))
    )
  }
}

/** What one coordinator tells; one that is frozen tells nothing in time. */
async function viewOf(url: string): Promise<View | undefined> {
  const answer = await ask({ method: 'GET', url: `${url}/cluster`, timeoutMs: VIEW_MS })
  const { leader, term, jobs } = fieldsOf(answer.body)
  if (answer.status !== 200 || typeof leader !== 'string' || leader === '') return undefined
  const { queued, running } = fieldsOf(jobs)
  return { leader, term: Number(term), pending: Number(queued) + Number(running) }
}
