/**
 * page/pages: every page there is, in the order of the side navigation.
 *
 * The cluster comes with the frame, so that the first view waits for nothing else; the others are
 * one script more.
 */
import type { VNode } from 'preact'
import type { Capability } from '#observer/contract/api'
import type { IconName } from './kit/icon.js'
import { ClusterPage } from './pages/cluster/cluster.js'
import { addressOf, type Place } from './place.js'

/** What a page is handed. */
export interface PageProps {
  /** The node that is looked at; undefined: the whole cluster. */
  readonly node: string | undefined
  /** Parts of the address behind the page. */
  readonly rest: readonly string[]
  readonly query: URLSearchParams
}

export type PageView = (props: PageProps) => VNode

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
  /** Loads what draws it. */
  readonly load: () => Promise<PageView>
}

const rest = () => import('./pages/rest.js')

export const PAGES: readonly PageEntry[] = [
  {
    path: '',
    title: 'Cluster',
    scope: 'cluster',
    key: 'c',
    icon: 'cluster',
    load: async () => ClusterPage,
  },
  {
    path: '',
    title: 'Node',
    scope: 'node',
    key: 'n',
    icon: 'node',
    load: async () => (await rest()).NodePage,
  },
  {
    path: 'applications',
    title: 'Applications',
    scope: 'both',
    key: 'a',
    icon: 'applications',
    load: async () => (await rest()).ApplicationsPage,
  },
  {
    path: 'processes',
    title: 'Processes',
    scope: 'both',
    key: 'p',
    icon: 'processes',
    load: async () => (await rest()).ProcessesPage,
  },
  {
    path: 'events',
    title: 'Events',
    scope: 'both',
    key: 'e',
    icon: 'events',
    load: async () => (await rest()).EventsPage,
  },
  {
    path: 'network',
    title: 'Network',
    scope: 'node',
    key: 'w',
    icon: 'network',
    load: async () => (await rest()).NetworkPage,
  },
  {
    path: 'services',
    title: 'Services',
    scope: 'both',
    key: 's',
    icon: 'services',
    load: async () => (await rest()).ServicesPage,
  },
  {
    path: 'leader',
    title: 'Leader',
    scope: 'both',
    key: 'l',
    icon: 'leader',
    load: async () => (await rest()).LeaderPage,
  },
  {
    path: 'dead-letters',
    title: 'Dead letters',
    scope: 'both',
    key: 'd',
    icon: 'dead-letters',
    load: async () => (await rest()).DeadLettersPage,
  },
  {
    path: 'logs',
    title: 'Logs',
    scope: 'both',
    key: 'o',
    icon: 'logs',
    load: async () => (await rest()).LogsPage,
  },
  {
    path: 'tracing',
    title: 'Tracing',
    scope: 'both',
    key: 't',
    icon: 'tracing',
    load: async () => (await rest()).TracingPage,
  },
  {
    path: 'metrics',
    title: 'Metrics',
    scope: 'both',
    key: 'm',
    icon: 'metrics',
    load: async () => (await rest()).MetricsPage,
  },
  {
    path: 'profiler',
    title: 'Profiler',
    scope: 'node',
    key: 'f',
    icon: 'profiler',
    load: async () => (await rest()).ProfilerPage,
  },
  {
    path: 'audit',
    title: 'Audit',
    scope: 'both',
    key: 'u',
    icon: 'audit',
    load: async () => (await rest()).AuditPage,
  },
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

/** Where a page is that only a node has, when it is asked for of all: at the node that serves. */
export function pageElsewhere(
  { node, page, rest, query }: Place,
  serving: string | undefined,
): string | undefined {
  if (node !== undefined || serving === undefined || pageAt(page, serving) === undefined) {
    return undefined
  }
  return addressOf({ node: serving, page, rest }, Object.fromEntries(query))
}
