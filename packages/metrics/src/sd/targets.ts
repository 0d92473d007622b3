/**
 * sd/targets: where Prometheus finds the nodes of the cluster.
 *
 * Each node tells the address of its metrics as a tag of its application `metrics`, which the
 * registrar carries to all others. So one node is asked for the targets of all, and a node that
 * does not answer is a target still: Prometheus then says that it is down.
 *
 * @source Prometheus "HTTP SD"
 */
import type { ApplicationRoute, RegistrarSheet } from 'troupe'
import type { Ask } from '#metrics/gather/gather'

/** What the own node is reached by. */
export interface OwnTarget {
  /** The application whose routes tell of metrics. */
  readonly application: string
  /** As in the tag; undefined before the port is open. */
  readonly address: string | undefined
}

interface TargetGroup {
  readonly targets: readonly string[]
  readonly labels: Readonly<Record<string, string>>
}

const TAG = 'metrics-at='
const PAGES_MAX = 20
const ROWS = 500

/** The tag of an address, as `http://host:port/path`. */
export const tagOf = (address: string): string => `${TAG}${address}`

/** The targets of all nodes, as JSON. */
export async function targetsOf(
  ask: Ask,
  { application, address }: OwnTarget,
  own: string,
): Promise<string> {
  const groups: TargetGroup[] = []
  if (address !== undefined) groups.push(...groupOf(own, application, tagOf(address)))
  for (const { node, name, tags, state } of await routes(ask, own)) {
    if (name !== application || state !== 'running' || node === own) continue
    const tag = tags.find((one) => one.startsWith(TAG))
    if (tag !== undefined) groups.push(...groupOf(node, name, tag))
  }
  return JSON.stringify(groups)
}

async function routes(ask: Ask, own: string): Promise<readonly ApplicationRoute[]> {
  const all: ApplicationRoute[] = []
  let cursor: string | undefined
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const place = cursor === undefined ? {} : { cursor }
    const sheet = (await ask(own, 'registrar', { limit: ROWS, ...place })) as RegistrarSheet
    all.push(...sheet.applications.rows)
    cursor = sheet.applications.next
    if (cursor === undefined) break
  }
  return all
}

/** What another node says is looked at: an address that is none is left out. */
function groupOf(node: string, application: string, tag: string): readonly TargetGroup[] {
  const address = tag.slice(TAG.length)
  if (!URL.canParse(address)) return []
  const url = new URL(address)
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:'
  if (!isWeb || url.host === '') return []
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  const labels = {
    __meta_troupe_node: node,
    __meta_troupe_application: application,
    __metrics_path__: url.pathname,
    __scheme__: url.protocol.slice(0, -1),
  }
  return [{ targets: [`${url.hostname}:${port}`], labels }]
}
