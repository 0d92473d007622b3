/**
 * page/pages/metrics/ranges: how what a histogram observed is spread over its ranges.
 */
import type { VNode } from 'preact'
import type { MetricSheet } from 'troupe'
import { count } from '#page/base/format'
import { Card } from '#page/kit/basics'
import { formatOf, mainOf, valueText } from '#page/model/metrics'

/** Nothing where there are no ranges. */
export function MetricRanges({ metric }: { readonly metric: MetricSheet }): VNode | null {
  const ranges = mainOf(metric)?.ranges ?? []
  if (ranges.length === 0) return null
  const format = formatOf(metric)
  const most = Math.max(1, ...ranges.map(([, counted]) => counted))
  const note = metric.seriesTotal > 1 ? 'all series together, since the start' : 'since the start'
  return (
    <Card title="How it is spread" note={note}>
      <ul class="spread">
        {ranges.map(([upTo, counted], at) => {
          const before = ranges[at - 1]?.[0]
          const words =
            upTo === '+Inf' ? `> ${valueText(before, format)}` : `≤ ${valueText(upTo, format)}`
          return (
            <li key={words}>
              <span class="spread-bound">{words}</span>
              <span class="spread-track">
                {counted > 0 && (
                  <span class="spread-bar" style={{ width: `${(counted / most) * 100}%` }} />
                )}
              </span>
              <span class="spread-count figure-end">{count(counted)}</span>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
