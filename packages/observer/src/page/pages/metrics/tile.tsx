/**
 * page/pages/metrics/tile: one metric in a small place: its name, its figure, its last hour.
 */
import type { VNode } from 'preact'
import { Spark } from '#page/kit/tile'
import { type ToldMetric, wordsOf } from '#page/model/metrics'
import { addressOf } from '#page/place'

export function MetricTile({
  node,
  metric,
}: {
  readonly node: string | undefined
  readonly metric: ToldMetric
}): VNode {
  const { name, help, type } = metric
  const { figure, of, note, trail } = wordsOf(metric)
  return (
    <a
      class="metric"
      href={addressOf({ node, page: 'metrics', rest: [name] })}
      title={`${name}: ${help}`}
    >
      <span class="metric-name mono">{name}</span>
      <span class="metric-line">
        <span class="metric-figure">
          {figure} {of !== '' && <small>{of}</small>}
        </span>{' '}
        <span class="metric-type">{type}</span>
      </span>
      <span class="metric-note">{note}</span>
      <Spark values={trail} />
    </a>
  )
}
