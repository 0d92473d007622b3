/**
 * testing/conformance/registrar-stage: what the cases of a registrar play on.
 *
 * A stage is a place where several nodes have registrars of one kind. Knows nothing of how they
 * find each other: whoever runs the suite says how one is made, how time passes, and how a node
 * dies or is cut off.
 */
import assert from 'node:assert/strict'
import type { ConfigPlace } from '#cluster/config/config-store'
import type {
  ConfigValue,
  NodeRoute,
  OwnApplicationRoute,
  Registrar,
  RegistrarEvent,
  RegistrarHome,
} from '#contract'

/** What a registrar asks of its node beyond what the suite says itself. */
export type RegistrarSurroundings = Omit<
  RegistrarHome,
  'node' | 'creation' | 'version' | 'hidden' | 'addresses' | 'liveness' | 'tell'
>

/** Nodes with one kind of registrar, ready for one case. Made anew for each. */
export interface RegistrarStage {
  /** What follows the @ in the names of nodes. */
  readonly host: string
  /** A registrar for one life of a node, not started. */
  make(node: string): Registrar
  surroundings(node: string): RegistrarSurroundings
  /** Waits for a promise and lets as much time pass as it needs. */
  until<T>(promise: Promise<T>): Promise<T>
  /** The program of a node dies without a word. */
  kill?(node: string): Promise<void> | void
  /** A node and its registrar's server do not hear each other any more, and do again. */
  cutOff?(node: string): Promise<void> | void
  mend?(node: string): Promise<void> | void
  /** An entry of the configuration, at one of the four levels. */
  setConfig?(place: ConfigPlace, item: string, value: ConfigValue): Promise<void> | void
  removeConfig?(place: ConfigPlace, item: string): Promise<void> | void
  /** Gives everything back. */
  close(): Promise<void>
}

/** What a case needs that not every registrar has. */
export type RegistrarNeed = 'joining' | 'applications' | 'config' | 'cutting' | 'death'

/** One fact of a registrar and how it is tried. */
export interface RegistrarFact {
  readonly title: string
  readonly needs?: readonly RegistrarNeed[]
  play(play: RegistrarPlay): Promise<void>
}

/** How a member of a case begins. */
export interface MemberGiven {
  readonly creation?: number
  readonly hidden?: boolean
}

/** Lives begin here, in milliseconds since 1970. */
const BORN_MS = Date.UTC(2025, 0, 1)
const FENCE = 'fence-'

export const applicationOf = (
  name: string,
  given: Partial<OwnApplicationRoute> = {},
): OwnApplicationRoute => ({
  ...{ name, state: 'running', mode: 'permanent', weight: 100 },
  ...{ tags: [], version: '', roles: {} },
  ...given,
})

/** One node of a case, with what it was told. */
export class Member {
  readonly node: string
  readonly creation: number
  readonly hidden: boolean
  readonly registrar: Registrar
  readonly events: RegistrarEvent[] = []
  /** Events that came within a call of the registrar, or after its end. */
  readonly untimely: string[] = []
  readonly #stage: RegistrarStage
  #isCalling = false
  #hasStopped = false
  #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = []

  constructor(stage: RegistrarStage, node: string, given: MemberGiven) {
    this.node = node
    this.creation = given.creation ?? BORN_MS
    this.hidden = given.hidden ?? false
    this.#stage = stage
    this.registrar = stage.make(node)
  }

  /** What its registrar is given. */
  home(): RegistrarHome {
    const { node, creation, hidden } = this
    return {
      ...this.#stage.surroundings(node),
      ...{ node, creation, hidden, version: '0.1.0-suite' },
      addresses: () => [{ transport: 'tcp', host: '127.0.0.1', port: 11_144, path: '' }],
      liveness: () => ({ host: '127.0.0.1', port: 11_145 }),
      tell: (event) => this.#tell(event),
    }
  }

  start(): Promise<void> {
    return this.#stage.until(this.registrar.start(this.home()))
  }

  put(name: string, given: Partial<OwnApplicationRoute> = {}): void {
    this.#call(() => this.registrar.putApplication(applicationOf(name, given)))
  }

  remove(name: string): void {
    this.#call(() => this.registrar.removeApplication(name))
  }

  leave(): Promise<void> {
    return this.#stage.until(this.#call(() => this.registrar.leave()))
  }

  async stop(): Promise<void> {
    await this.#stage.until(this.#call(() => this.registrar.stop()))
    this.#hasStopped = true
  }

  /** What its registrar answers of a node, at once or later. */
  resolve(node: string): Promise<NodeRoute | undefined> {
    return this.#stage.until(Promise.resolve(this.registrar.resolve(node)))
  }

  /** What it was told, in words; fences are left out. */
  told(about?: Member): readonly string[] {
    return this.events
      .filter((event) => !isFence(event) && (about === undefined || isAbout(event, about)))
      .map(wordOf)
  }

  /** Waits until something has been told that reads so. */
  hears(word: string): Promise<void> {
    return this.sees(() => this.events.some((event) => wordOf(event) === word))
  }

  /** Waits until something holds; looked at after each event. */
  sees(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve()
    const seen = new Promise<void>((resolve) => this.#waiting.push({ holds, resolve }))
    return this.#stage.until(seen)
  }

  #call<T>(run: () => T): T {
    this.#isCalling = true
    try {
      return run()
    } finally {
      this.#isCalling = false
    }
  }

  #tell(event: RegistrarEvent): void {
    if (this.#isCalling || this.#hasStopped) this.untimely.push(wordOf(event))
    this.events.push(event)
    const due = this.#waiting.filter(({ holds }) => holds())
    this.#waiting = this.#waiting.filter((one) => !due.includes(one))
    for (const { resolve } of due) resolve()
  }
}

/** A stage with the nodes that a case has begun on it. */
export class RegistrarPlay {
  readonly stage: RegistrarStage
  readonly #members: Member[] = []
  #fences = 0

  constructor(stage: RegistrarStage) {
    this.stage = stage
  }

  name(short: string): string {
    return `${short}@${this.stage.host}`
  }

  /** A node that has not registered yet. */
  member(short: string, given: MemberGiven = {}): Member {
    const member = new Member(this.stage, this.name(short), given)
    this.#members.push(member)
    return member
  }

  /** A node that has registered. */
  async begin(short: string, given: MemberGiven = {}): Promise<Member> {
    const member = this.member(short, given)
    await member.start()
    return member
  }

  /** Two nodes that know each other. */
  async pair(): Promise<{ readonly a: Member; readonly b: Member }> {
    const a = await this.begin('a')
    const b = await this.begin('b')
    await a.sees(() => a.registrar.nodes().some(({ node }) => node === b.node))
    return { a, b }
  }

  /** Whatever `from` did before has been told to `to` by now. */
  async fence(from: Member, to: Member): Promise<void> {
    this.#fences += 1
    const name = `${FENCE}${this.#fences}`
    from.put(name)
    await to.sees(() => to.registrar.applications(name).length > 0)
    await to.hears(`application-started ${name} ${from.node}`)
  }

  /** Ends whatever the case has left open, and the stage. */
  async close(): Promise<void> {
    const untimely = this.#members.flatMap((member) => member.untimely)
    for (const { registrar } of this.#members) {
      await this.stage.until(registrar.stop()).catch(() => {})
    }
    await this.stage.close()
    assert.deepEqual(untimely, [], 'nothing is told within a call, or after the end')
  }
}

const isFence = (event: RegistrarEvent): boolean => 'name' in event && event.name.startsWith(FENCE)

const isAbout = (event: RegistrarEvent, { node }: Member): boolean =>
  'node' in event && event.node === node

/** An event as a sentence of a case writes it. */
export function wordOf(event: RegistrarEvent): string {
  switch (event.kind) {
    case 'node-left':
      return `${event.kind} ${event.node} ${event.cause}`
    case 'node-joined':
    case 'node-suspect':
    case 'node-well':
    case 'node-leaving':
    case 'node-duplicate':
      return `${event.kind} ${event.node}`
    case 'config-updated':
      return `${event.kind} ${event.item} ${event.before} ${event.value}`
    case 'config-invalid':
      return `${event.kind} ${event.item}`
    case 'registrar-connected':
    case 'registrar-disconnected':
      return event.kind
    default:
      return `${event.kind} ${event.name} ${event.node}`
  }
}
