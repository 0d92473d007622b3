/**
 * sd/targets: where Prometheus finds the nodes of the cluster.
 *
 * Each node tells the address of its metrics as a tag of its application `metrics`, which the
 * registrar carries to all others. So one node is asked for the targets of all, and a node that
 * does not answer is a target still: Prometheus then says that it is down.
 *
 * Whoever is registered could name any address, and Prometheus would go there, with its token: an
 * address must be at the host of its node, or at one that the option `targetHosts` names.
 *
 * @source Prometheus "HTTP SD"; OWASP "Server Side Request Forgery"
 */
import type { ApplicationRoute, NodeRoute, RegistrarSheet } from 'troupe'
import type { Ask } from '#metrics/gather/gather'
import { HostRules, hostIn } from './host-rules.js'

/** What the own node is reached by. */
export interface OwnTarget {
  readonly node: string
  /** The application whose routes tell of metrics. */
  readonly application: string
  /** As in the tag; undefined before the port is open. */
  address(): string | undefined
  readonly targetHosts: readonly string[]
}

interface TargetGroup {
  readonly targets: readonly string[]
  readonly labels: Readonly<Record<string, string>>
}

const TAG = 'metrics-at='
const PAGES_MAX = 20
const ROWS = 500
const TEXT_CHARS_MAX = 255
const PATH = /^\/[\w\-./~]*$/

/** The tag of an address, as `http://host:port/path`. */
export const tagOf = (address: string): string => `${TAG}${address}`

export class Targets {
  readonly #ask: Ask
  readonly #own: OwnTarget
  readonly #refuse: (node: string, target: string) => void
  /** Addresses that were not told. */
  refused = 0

  /** `refuse` is told of each address that is not told, and of whom. */
  constructor(ask: Ask, own: OwnTarget, refuse: (node: string, target: string) => void) {
    this.#ask = ask
    this.#own = own
    this.#refuse = refuse
  }

  /** The targets of all nodes, as JSON: one for each. */
  async json(): Promise<string> {
    const { node: own, application, targetHosts } = this.#own
    const address = this.#own.address()
    const mine = address === undefined ? undefined : groupOf(own, application, address)
    const groups = new Map<string, TargetGroup>()
    if (mine !== undefined) groups.set(own, mine)
    const [nodes, routes] = await Promise.all([
      this.#list<NodeRoute>('nodes'),
      this.#list<ApplicationRoute>('applications'),
    ])
    const rules = new HostRules({ own, targetHosts, nodes })
    for (const { node, name, tags, state } of routes) {
      if (name !== application || state !== 'running' || groups.has(node) || node === own) continue
      const tag = tags.find((one) => typeof one === 'string' && one.startsWith(TAG))
      if (tag === undefined) continue
      const group = this.#checked(node, tag.slice(TAG.length), rules)
      if (group !== undefined) groups.set(node, group)
    }
    return JSON.stringify([...groups.values()])
  }

  #checked(node: string, address: string, rules: HostRules): TargetGroup | undefined {
    const group = groupOf(node, this.#own.application, address)
    if (group !== undefined && rules.allows(node, hostIn(address))) return group
    this.refused += 1
    this.#refuse(node.slice(0, TEXT_CHARS_MAX), address.slice(0, TEXT_CHARS_MAX))
    return undefined
  }

  async #list<T>(of: 'nodes' | 'applications'): Promise<readonly T[]> {
    const all: T[] = []
    let cursor: string | undefined
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const place = cursor === undefined ? {} : { cursor }
      const given = { limit: ROWS, ...place }
      const sheet = (await this.#ask(this.#own.node, 'registrar', given)) as RegistrarSheet
      const { rows, next } = sheet[of]
      all.push(...(rows as readonly T[]))
      cursor = next
      if (cursor === undefined) break
    }
    return all
  }
}

/** An address as a target; undefined when it is none. */
function groupOf(node: string, application: string, address: string): TargetGroup | undefined {
  const isShort = node.length <= TEXT_CHARS_MAX && address.length <= TEXT_CHARS_MAX
  if (!isShort || !URL.canParse(address)) return undefined
  const url = new URL(address)
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:'
  const isPlain = url.username === '' && url.password === '' && PATH.test(url.pathname)
  if (!isWeb || !isPlain || url.host === '' || url.port === '0') return undefined
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  const labels = {
    __meta_troupe_node: node,
    __meta_troupe_application: application,
    __metrics_path__: url.pathname,
    __scheme__: url.protocol.slice(0, -1),
  }
  return { targets: [`${url.hostname}:${port}`], labels }
}
