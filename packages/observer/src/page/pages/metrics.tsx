/**
 * page/pages/metrics: what is measured on a node, the metrics of its program first: each with its
 * last value and its last hour, by group.
 */
import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import type { MetricGroup } from 'troupe'
import { clockTime, count } from '#page/base/format'
import { Button, PageHead, ProblemBox, Skeleton } from '#page/kit/basics'
import { Choice, SearchField } from '#page/kit/fields'
import { useKeys } from '#page/kit/keys'
import { useSteadySubject } from '#page/live/use'
import { byGroup, type ToldMetric, type ToldMetrics } from '#page/model/metrics'
import type { PageProps } from '#page/pages'
import { addressOf } from '#page/place'
import { setQuery } from '#page/router'
import { metricsAddress } from './metrics/asked.js'
import { NoMetrics } from './metrics/none.js'
import { MetricPage } from './metrics/one.js'
import { MetricTile } from './metrics/tile.js'
import { Missing } from './parts/missing.js'

const FEW = 60
const ALL = 500

export function MetricsPage({ node, rest, query }: PageProps): VNode {
  const [name] = rest
  if (name !== undefined) return <MetricPage key={name} node={node} name={name} query={query} />
  return <MetricList node={node} query={query} />
}

function MetricList({
  node,
  query,
}: {
  readonly node: string | undefined
  readonly query: URLSearchParams
}): VNode {
  const [search, group] = [query.get('search') ?? undefined, query.get('group') ?? undefined]
  const limit = query.has('all') ? ALL : FEW
  const question = { search, group, limit, series: 1, points: 60 }
  const { sheet, problem } = useSteadySubject<ToldMetrics>(metricsAddress(node, question))
  const isKept = sheet?.state === 'kept'
  return (
    <>
      <PageHead title="Metrics" subtitle={<Summary sheet={sheet} />} isLong />
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Missing missing={sheet?.missing ?? []} />
      {sheet === undefined && problem === undefined && <Skeleton height={480} />}
      {isKept && <Filters groups={sheet.groups} search={search} group={group} />}
      {sheet !== undefined &&
        (isKept && sheet.metrics.length > 0 ? (
          <Groups node={node} sheet={sheet} isWhole={search === undefined && group === undefined} />
        ) : (
          <NoMetrics node={node} sheet={sheet} />
        ))}
    </>
  )
}

/** How much there is, and of when. */
function Summary({ sheet }: { readonly sheet: ToldMetrics | undefined }): VNode {
  if (sheet === undefined) return <>Looking…</>
  if (sheet.state !== 'kept') return <>of {sheet.node ?? 'all nodes'}</>
  const { seriesTotal, unread, history, readMs } = sheet
  const beyond = unread > 0 ? `, ${count(unread)} more are not looked at` : ''
  const left = history.leftOut > 0 ? `; no room for ${count(history.leftOut)}` : ''
  const kept =
    history.kept === 0 ? 'no history is kept' : `the last hour is kept of ${count(history.kept)}`
  return (
    <span class="figure">
      {count(seriesTotal)} series{ofNodes(sheet)}
      {beyond}, read {clockTime(readMs)}; {kept}
      {left}
    </span>
  )
}

/** Of how many nodes, where it is of all. */
function ofNodes({ keeping, without = [] }: ToldMetrics): string {
  if (keeping === undefined) return ''
  const others = without.length === 0 ? '' : `; ${count(without.length)} measure nothing`
  return ` of ${count(keeping.length)} nodes${others}`
}

function Filters({
  groups,
  search = '',
  group = '',
}: {
  readonly groups: readonly MetricGroup[]
  readonly search: string | undefined
  readonly group: string | undefined
}): VNode {
  const known = groups.some(({ name }) => name === group)
  const choices: readonly (readonly [string, string])[] = [
    ['', 'All groups'],
    ...(group === '' || known ? [] : [[group, group] as const]),
    ...groups.map(({ name, metrics }) => [name, `${name} (${count(metrics)})`] as const),
  ]
  return (
    <div class="filters">
      <SearchField
        label="Name or meaning"
        value={search}
        onValue={(text) => setQuery({ search: text.trim() || undefined })}
      />
      <Choice
        label="Group"
        hideLabel
        value={group}
        choices={choices}
        onValue={(value) => setQuery({ group: value || undefined })}
      />
    </div>
  )
}

function Groups({
  node,
  sheet,
  isWhole,
}: {
  readonly node: string | undefined
  readonly sheet: ToldMetrics
  /** Nothing was searched for. */
  readonly isWhole: boolean
}): VNode {
  const box = useRef<HTMLDivElement>(null)
  useTileKeys(box)
  const { metrics, metricsTotal, groups } = sheet
  const beyond = metricsTotal - metrics.length
  const sizeOf = new Map(groups.map(({ name, metrics: size }) => [name, size]))
  return (
    <div class="metric-groups" ref={box}>
      {byGroup(metrics).map(([name, those]) => {
        const size = sizeOf.get(name) ?? those.length
        const more = isWhole ? size - those.length : 0
        return <Group key={name} node={node} name={name} those={those} size={size} more={more} />
      })}
      {beyond > 0 && (
        <p class="metric-more">
          {count(beyond)} more of {count(metricsTotal)} are not shown.{' '}
          <Button onPress={() => setQuery({ all: 1 })}>Show up to {count(ALL)}</Button>
        </p>
      )}
    </div>
  )
}

function Group({
  node,
  name,
  those,
  size,
  more,
}: {
  readonly node: string | undefined
  readonly name: string
  readonly those: readonly ToldMetric[]
  readonly size: number
  readonly more: number
}): VNode {
  return (
    <section class="metric-group" aria-label={`Metrics ${name}`}>
      <div class="metric-group-head">
        <h2>{name}</h2>
        <span class="card-note">
          {those[0]?.own === true ? 'of the program' : 'of Troupe'}, {count(size)}
        </span>
        <MoreOf node={node} group={name} more={more} />
      </div>
      <div class="metric-tiles">
        {those.map((metric) => (
          <MetricTile key={metric.name} node={node} metric={metric} />
        ))}
      </div>
    </section>
  )
}

/** What of a group is not shown, as a way to all of it. */
function MoreOf({
  node,
  group,
  more,
}: {
  readonly node: string | undefined
  readonly group: string
  readonly more: number
}): VNode | null {
  if (more <= 0) return null
  return (
    <a class="metric-rest" href={addressOf({ node, page: 'metrics' }, { group })}>
      {count(more)} more<span class="unseen"> of {group}</span>
    </a>
  )
}

/** `j` and `k` lead from tile to tile; Enter opens it, as it does a link. */
function useTileKeys(box: { readonly current: HTMLDivElement | null }): void {
  const move = (by: number): void => {
    const tiles = [...(box.current?.querySelectorAll<HTMLElement>('a.metric') ?? [])]
    const at = tiles.indexOf(document.activeElement as HTMLElement)
    tiles[Math.min(tiles.length - 1, Math.max(0, at + by))]?.focus()
  }
  useKeys({ j: () => move(1), k: () => move(-1) })
}
