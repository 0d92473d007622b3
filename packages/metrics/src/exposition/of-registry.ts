/**
 * exposition/of-registry: the metrics of a prom-client registry as families.
 *
 * One that the platform's own metrics have already, or whose name is none, is left out and told:
 * a text with two families of one name is read by nobody.
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

/** The families of a registry, each sample with `constant` labels on top of its own. */
export async function familiesOf(registry: Registry, constant: Labels): Promise<readonly Family[]> {
  const told = (await registry.getMetricsAsJSON()) as unknown as readonly Told[]
  return told.map((metric) => familyOf(metric, constant))
}

function familyOf({ name, help, type, values = [] }: Told, constant: Labels): Family {
  const isCounter = type === 'counter'
  // A counter is told without its ending when it was made for OpenMetrics.
  const base = isCounter && !name.endsWith(TOTAL) ? `${name}${TOTAL}` : name
  const samples = values.map(({ metricName = name, labels, value, exemplar }): Sample => {
    const suffix = metricName.startsWith(name) ? metricName.slice(name.length) : ''
    return {
      ...(isCounter || suffix === '' ? {} : { suffix }),
      labels: { ...labels, ...constant },
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
