/**
 * page/pages: every page there is, in the order of the side navigation.
 */
import type { VNode } from 'preact'
import type { Capability } from '#observer/contract/api'
import type { IconName } from './kit/icon.js'
import { ApplicationsPage } from './pages/applications.js'
import { AuditPage } from './pages/audit.js'
import { ClusterPage } from './pages/cluster/cluster.js'
import { DeadLettersPage } from './pages/dead-letters.js'
import { EventsPage } from './pages/events.js'
import { LeaderPage } from './pages/leader.js'
import { LogsPage } from './pages/logs.js'
import { NetworkPage } from './pages/network/network.js'
import { NodePage } from './pages/node/node.js'
import { ProcessesPage } from './pages/processes.js'
import { ProfilerPage } from './pages/profiler/profiler.js'
import { ServicesPage } from './pages/services.js'
import { TracingPage } from './pages/tracing.js'

/** What a page is handed. */
export interface PageProps {
  /** The node that is looked at; undefined: the whole cluster. */
  readonly node: string | undefined
  /** Parts of the address behind the page. */
  readonly rest: readonly string[]
  readonly query: URLSearchParams
}

/** One page. */
export interface PageEntry {
  /** Its place in the address; empty: the first of the cluster, or of a node. */
  readonly path: string
  readonly title: string
  /** Where it is: of the cluster, of a node, or of both. */
  readonly scope: 'cluster' | 'node' | 'both'
  /** `g` and then this leads there. */
  readonly key: string
  readonly icon: IconName
  /** What the viewer has to be allowed. */
  readonly needs?: Capability
  readonly view: (props: PageProps) => VNode
}

export const PAGES: readonly PageEntry[] = [
  { path: '', title: 'Cluster', scope: 'cluster', key: 'c', icon: 'cluster', view: ClusterPage },
  { path: '', title: 'Node', scope: 'node', key: 'n', icon: 'node', view: NodePage },
  {
    path: 'applications',
    title: 'Applications',
    scope: 'both',
    key: 'a',
    icon: 'applications',
    view: ApplicationsPage,
  },
  {
    path: 'processes',
    title: 'Processes',
    scope: 'both',
    key: 'p',
    icon: 'processes',
    view: ProcessesPage,
  },
  { path: 'events', title: 'Events', scope: 'both', key: 'e', icon: 'events', view: EventsPage },
  {
    path: 'network',
    title: 'Network',
    scope: 'node',
    key: 'w',
    icon: 'network',
    view: NetworkPage,
  },
  {
    path: 'services',
    title: 'Services',
    scope: 'both',
    key: 's',
    icon: 'services',
    view: ServicesPage,
  },
  { path: 'leader', title: 'Leader', scope: 'both', key: 'l', icon: 'leader', view: LeaderPage },
  {
    path: 'dead-letters',
    title: 'Dead letters',
    scope: 'both',
    key: 'd',
    icon: 'dead-letters',
    view: DeadLettersPage,
  },
  { path: 'logs', title: 'Logs', scope: 'both', key: 'o', icon: 'logs', view: LogsPage },
  {
    path: 'tracing',
    title: 'Tracing',
    scope: 'both',
    key: 't',
    icon: 'tracing',
    view: TracingPage,
  },
  {
    path: 'profiler',
    title: 'Profiler',
    scope: 'node',
    key: 'f',
    icon: 'profiler',
    view: ProfilerPage,
  },
  { path: 'audit', title: 'Audit', scope: 'both', key: 'u', icon: 'audit', view: AuditPage },
]

/**
 * The node a page is looked at of: the chosen one, or the one that serves where only a node has
 * such a page; undefined: all.
 */
export function nodeFor(
  { scope }: PageEntry,
  node: string | undefined,
  serving: string | undefined,
): string | undefined {
  if (scope === 'cluster') return undefined
  return scope === 'both' ? node : (node ?? serving)
}

/** The page at a place; undefined: there is none. */
export const pageAt = (path: string, node: string | undefined): PageEntry | undefined =>
  PAGES.find(
    (page) =>
      page.path === path &&
      (page.scope === 'both' || (page.scope === 'node') === (node !== undefined)),
  )
