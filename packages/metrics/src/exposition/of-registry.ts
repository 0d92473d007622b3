/**
 * exposition/of-registry: the metrics of a prom-client registry as families.
 *
 * Each metric is read by itself: what one of them lets run must not keep the others waiting.
 */
import type { Registry } from 'prom-client'
import type { Exemplar, Family, FamilyType, Labels, Sample } from './family.js'

/** What prom-client answers, of which its types say too little. */
interface Told {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly values?: readonly ToldValue[]
}
interface ToldValue {
  readonly metricName?: string
  readonly labels?: Labels
  readonly value: number
  readonly exemplar?: {
    readonly labelSet: Labels
    readonly value: number
    readonly timestamp?: number
  } | null
}

const TOTAL = '_total'
const TYPES: ReadonlySet<string> = new Set(['counter', 'gauge', 'histogram', 'summary'])

/** One metric of a registry; reading it may run what its user lets it collect. */
export interface RegistryMetric {
  readonly name: string
  get(): Promise<unknown>
  /** Labels that its registry adds where it has none of the name. */
  readonly shared: Labels
}

/** What prom-client has and its types do not say. */
interface OpenRegistry {
  readonly _defaultLabels?: Labels
  getMetricsAsArray(): readonly { readonly name: string; get(): Promise<unknown> }[]
}

/** All of a registry; none has been read. */
export function metricsIn(registry: Registry): readonly RegistryMetric[] {
  const open = registry as unknown as OpenRegistry
  const shared = { ...open._defaultLabels }
  return open.getMetricsAsArray().map((metric) => {
    return { name: metric.name, get: () => metric.get(), shared }
  })
}

/** The family of what a metric told, each sample with `constant` labels on top of its own. */
export function familyOfTold(
  metric: unknown,
  { constant, shared }: { readonly constant: Labels; readonly shared: Labels },
): Family {
  const { name, help, type, values = [] } = metric as Told
  const isCounter = type === 'counter'
  // A counter is told without its ending when it was made for OpenMetrics.
  const base = isCounter && !name.endsWith(TOTAL) ? `${name}${TOTAL}` : name
  const samples = values.map(({ metricName = name, labels, value, exemplar }): Sample => {
    const suffix = metricName.startsWith(name) ? metricName.slice(name.length) : ''
    return {
      ...(isCounter || suffix === '' ? {} : { suffix }),
      labels: { ...shared, ...labels, ...constant },
      value,
      exemplar: exemplarOf(exemplar),
    }
  })
  return { name: base, help, type: TYPES.has(type) ? (type as FamilyType) : 'gauge', samples }
}

function exemplarOf(told: ToldValue['exemplar']): Exemplar | undefined {
  if (told === null || told === undefined) return undefined
  return { labels: told.labelSet, value: told.value, timeSeconds: told.timestamp }
}
