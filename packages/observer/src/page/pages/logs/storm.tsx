/**
 * page/pages/logs/storm: what is shown in place of lines while more is written than can be read.
 */
import type { VNode } from 'preact'
import { count, rate } from '#page/base/format'
import { Icon } from '#page/kit/icon'
import type { Storm } from '#page/model/log-storm'

const SHOWN_MAX = 6

/** Nothing while the log can be read. */
export function StormCard({ storm }: { readonly storm: Storm }): VNode | null {
  if (!storm.raging) return null
  const { byLevel, bySource, total } = storm.counts
  const sources = Object.entries(bySource).sort(([, a], [, b]) => b - a)
  return (
    <section class="storm" role="status" aria-label="Storm of records">
      <p class="storm-title">
        <Icon name="warning" />
        <strong>A storm. Lines stand still, counts go on:</strong>
        <span class="figure">{`${rate(storm.perSecond)}, ${count(total)} since it began`}</span>
      </p>
      <ul class="storm-counts">
        {Object.entries(byLevel).map(([level, counted]) => (
          <li key={level}>
            <span class={`level level-${level}`}>{level}</span>{' '}
            <span class="figure">{count(counted)}</span>
          </li>
        ))}
        {sources.slice(0, SHOWN_MAX).map(([source, counted]) => (
          <li key={source}>
            <span class="word">{source}</span> <span class="figure">{count(counted)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
