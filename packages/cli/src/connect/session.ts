/**
 * connect/session: a hidden node of our own, which looks at others and is not seen by them.
 *
 * It never registers and listens nowhere; what it may do at another node, that node decides. The
 * platform is loaded here, when a command needs it, and not before.
 */
import { randomBytes } from 'node:crypto'
import type { NetworkOptions, Node } from 'troupe'
import type { CommandFault } from '#cli/fault'
import { BriefRegistrar } from './brief-registrar.js'
import { lookedText, nobody, onlyOne, ownHost, wholeName } from './choice.js'
import { readCookie } from './cookie.js'
import { pause } from './pause.js'
import { codeOf, rootOf } from './problem.js'
import { addressIn, fieldsOf, numberOf } from './reading.js'
import type { ConnectSettings } from './settings.js'
import { type SocketNode, socketFolder, socketNodes } from './sockets.js'
import { readTls, wantsTls } from './tls-files.js'

/** Nobody cuts it short. */
const NEVER = new AbortController().signal
/** Stands for a node whose name is not known until it answers. */
const STRANGER = 'unnamed@unnamed'

type Platform = typeof import('troupe')

/** The open door to other nodes. */
export class Session {
  readonly settings: ConnectSettings
  readonly platform: Platform
  /** The node that was entered by, when one was named. */
  readonly entry: string | undefined
  readonly #sockets: readonly SocketNode[]
  readonly #start: SessionParts['start']
  #node: Node

  constructor(parts: SessionParts) {
    this.settings = parts.settings
    this.platform = parts.platform
    this.entry = parts.entry
    this.#node = parts.node
    this.#sockets = parts.sockets
    this.#start = parts.start
  }

  /** Our own node; another one once a way was learnt. */
  get node(): Node {
    return this.#node
  }

  /** Names of nodes that may be there, without asking any of them. */
  known(): readonly string[] {
    const named = [this.entry, this.settings.node].filter((one) => one?.includes('@') === true)
    const registered = this.node.cluster.nodes().map(({ node }) => node)
    const all = [...named, ...this.#sockets.map(({ node }) => node), ...registered]
    return [...new Set(all as string[])].filter((node) => node !== this.node.name).sort()
  }

  /** The node that is meant, connected. Throws a CommandFault that says what to do. */
  async target(): Promise<string> {
    const { node } = this.settings
    const named = node ?? this.entry
    if (named !== undefined) {
      const whole = wholeName(named, this.known())
      await this.#connect(whole)
      return whole
    }
    return onlyOne(await this.answering(), this.looked())
  }

  /** Connects; asks the node that was entered by for the way, where we do not know it. */
  async #connect(node: string): Promise<void> {
    try {
      await this.node.network.connect(node)
    } catch (thrown) {
      const way = codeOf(thrown) === 'NO_ROUTE' ? await this.#wayTo(node) : undefined
      if (way === undefined) throw thrown
      const before = this.#node
      this.#node = await this.#start({ [node]: way })
      await before.stop({ timeoutMs: 1_000 })
      await this.node.network.connect(node)
    }
  }

  async #wayTo(node: string): Promise<string | undefined> {
    if (this.entry === undefined || this.entry === node) return undefined
    const answer = await this.ask(this.entry, 'registrar', { limit: 500 }).catch(() => undefined)
    return addressIn(answer, node, wantsTls(this.settings) ? ['tls', 'tcp'] : ['tcp', 'tls'])
  }

  /** All known nodes to which there is a connection now, after trying each. */
  async answering(): Promise<readonly string[]> {
    const known = this.known()
    const tried = await Promise.all(
      known.map((node) =>
        this.node.network.connect(node).then(
          () => undefined,
          (thrown: unknown) => ({ node, thrown }),
        ),
      ),
    )
    const failed = tried.filter((one) => one !== undefined)
    const connected = known.filter((node) => !failed.some((one) => one.node === node))
    // A wrong secret is worth more words than "nobody".
    const mismatch = failed.find(({ thrown }) => codeOf(thrown) === 'COOKIE_MISMATCH')
    if (connected.length === 0 && mismatch !== undefined) throw mismatch.thrown
    return connected
  }

  /** Where nodes were looked for, in words. */
  looked(): string {
    const info = this.node.cluster.registrar
    const registrar = info === undefined ? undefined : `${info.kind} ${info.server}`.trim()
    return lookedText(this.settings, socketFolder(), registrar)
  }

  /** A fault that says where it was looked. */
  nobody(): CommandFault {
    return nobody(this.looked())
  }

  /**
   * One question to the process `system` of a node. Where too many look at it, it is asked again
   * once, at the time that it names.
   */
  async ask(node: string, question: string, payload?: unknown): Promise<unknown> {
    const { timeoutMs } = this.settings
    const to = this.platform.processName('system', undefined, node)
    const once = (): Promise<unknown> => this.node.call(to, question, payload, { timeoutMs })
    try {
      return await once()
    } catch (thrown) {
      if (codeOf(thrown) !== 'INSPECTION_LIMITED') throw thrown
      const retryMs = numberOf(fieldsOf(fieldsOf(thrown)['detail'])['retryMs'], timeoutMs)
      if (retryMs >= timeoutMs) throw thrown
      await pause(retryMs + 1, NEVER)
      return once()
    }
  }

  close(): Promise<void> {
    return this.node.stop({ timeoutMs: 1_000 })
  }
}

interface SessionParts {
  readonly settings: ConnectSettings
  readonly platform: Platform
  readonly node: Node
  readonly entry: string | undefined
  readonly sockets: readonly SocketNode[]
  /** Starts a node of our own that knows these ways, too. */
  readonly start: (peers: Readonly<Record<string, string>>) => Promise<Node>
}

/** Opens the door. Throws a CommandFault or what `startNode` reports. */
export async function openSession(settings: ConnectSettings): Promise<Session> {
  const [cookie, sockets] = await Promise.all([readCookie(settings), socketNodes()])
  const platform = await import('troupe')
  const tls = await readTls(settings.tlsFiles, platform)
  const host = ownHost(settings, sockets)
  const unix = Object.fromEntries(sockets.map(({ node, path }) => [node, `unix:${path}`]))
  const start = (peers: Readonly<Record<string, string>>): Promise<Node> =>
    platform.startNode(ownName(settings, host), {
      logSinks: [],
      handleSignals: false,
      network: {
        ...networkOf(settings, cookie, { ...unix, ...peers }),
        tls,
        registrar: registrarOf(platform, settings),
      },
    })
  const { entry } = settings
  const parts = { settings, platform, sockets, start }
  if (entry?.address === undefined) {
    const node = await start({})
    const named = entry?.node
    const known = [
      ...sockets.map((one) => one.node),
      ...node.cluster.nodes().map((one) => one.node),
    ]
    return closingOnFault(node, () => {
      const whole = named === undefined ? undefined : wholeName(named, known)
      return new Session({ ...parts, node, entry: whole })
    })
  }
  const name = entry.node ?? (await learnName(start, entry.address))
  const known = { [name]: entry.address }
  return new Session({
    ...{ ...parts, entry: name, node: await start(known) },
    start: (peers) => start({ ...known, ...peers }),
  })
}

/** Looks and never serves: whoever looks must not become what others depend on. */
const registrarOf = (platform: Platform, { registrarPort }: ConnectSettings) =>
  new BriefRegistrar(
    platform.embeddedRegistrar({
      serve: false,
      ...(registrarPort === undefined ? {} : { port: registrarPort }),
    }),
  )

async function closingOnFault<T>(node: Node, work: () => T): Promise<T> {
  try {
    return work()
  } catch (thrown) {
    await node.stop({ timeoutMs: 1_000 })
    throw thrown
  }
}

/** The operating system may give one number twice, a container gives each program the same. */
function ownName({ as }: ConnectSettings, host: string): string {
  const name = as ?? `troupe-${process.pid}-${randomBytes(3).toString('hex')}`
  return name.includes('@') ? name : `${name}@${host}`
}

const networkOf = (
  { timeoutMs }: ConnectSettings,
  cookie: string,
  peers: Readonly<Record<string, string>>,
): NetworkOptions => ({
  ...{ mode: 'hidden', cookie, peers },
  ...{ dialTimeoutMs: timeoutMs, handshakeTimeoutMs: timeoutMs },
  // Nobody dials a hidden node: a lost line is told at once instead of being mended.
  ...{ flushMs: 100 },
})

/** Who answers at an address: it says so when it is called by another name. */
async function learnName(
  start: (peers: Readonly<Record<string, string>>) => Promise<Node>,
  address: string,
): Promise<string> {
  const node = await start({ [STRANGER]: address })
  try {
    await node.network.connect(STRANGER)
    return STRANGER
  } catch (thrown) {
    if (codeOf(thrown) !== 'NODE_NAME_MISMATCH') throw thrown
    const { detail } = rootOf(thrown) as { detail: { node: string } }
    return detail.node
  } finally {
    await node.stop({ timeoutMs: 1_000 })
  }
}

/** Opens the door, works, and closes it whatever happens. */
export async function withSession<T>(
  settings: ConnectSettings,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(settings)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}
