/**
 * page/pages/logs/storm: what is shown in place of lines while more is written than can be read.
 */
import type { VNode } from 'preact'
import { count, rate } from '#page/base/format'
import { Icon } from '#page/kit/icon'
import type { Storm } from '#page/model/log-storm'

const SHOWN_MAX = 6

/** Each line adds up to all there were. */
function Counts({
  title,
  counts,
  leftOut,
  levels = false,
}: {
  readonly title: string
  readonly counts: readonly (readonly [string, number])[]
  readonly leftOut: number
  readonly levels?: boolean
}): VNode | null {
  if (counts.length === 0) return null
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {counts.map(([name, counted]) => (
          <span key={name} class="storm-count">
            <span class={levels ? `level level-${name}` : 'word'}>{name}</span>{' '}
            <span class="figure">{count(counted)}</span>
          </span>
        ))}
        {leftOut > 0 && (
          <span class="storm-count quiet">
            left out on the way <span class="figure">{count(leftOut)}</span>
          </span>
        )}
      </dd>
    </>
  )
}

/** Nothing while the log can be read. */
export function StormCard({ storm }: { readonly storm: Storm }): VNode | null {
  if (!storm.raging) return null
  const { byLevel, bySource, leftOut, total } = storm.counts
  const sources = Object.entries(bySource).sort(([, a], [, b]) => b - a)
  return (
    <section class="storm" role="status" aria-label="Storm of records">
      <p class="storm-title">
        <Icon name="warning" />
        <strong>A storm: the lines stand still, the counts go on.</strong>
        <span class="figure">{`${count(total)} since it began, ${rate(storm.perSecond)} now`}</span>
      </p>
      <dl class="storm-counts">
        <Counts title="By level" counts={Object.entries(byLevel)} leftOut={leftOut} levels />
        <Counts title="By source" counts={sources.slice(0, SHOWN_MAX)} leftOut={leftOut} />
      </dl>
    </section>
  )
}
