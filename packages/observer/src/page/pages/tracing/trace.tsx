/**
 * page/pages/tracing/trace: one trace as a waterfall, put together from what all nodes tell of it.
 */
import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import type { Merged } from '#observer/contract/api'
import { count, dateTime, duration } from '#page/base/format'
import { Card, Empty, PageHead, ProblemBox, Skeleton } from '#page/kit/basics'
import { NodeLink } from '#page/kit/links'
import { address } from '#page/live/api'
import { useSteadySubject } from '#page/live/use'
import type { ToldSpan } from '#page/model/told'
import { type SpanRow, type Waterfall, waterfall } from '#page/model/waterfall'
import { Missing } from '#page/pages/parts/missing'
import { addressOf } from '#page/place'
import { setQuery } from '#page/router'
import { SpanDetail } from './span.js'

export interface TracePageProps {
  readonly traceId: string
  readonly query: URLSearchParams
}

export function TracePage({ traceId, query }: TracePageProps): VNode {
  const { sheet, problem } = useSteadySubject<Merged<ToldSpan>>(
    address(['cluster', 'trace'], { traceId }),
  )
  const picture = useMemo(() => waterfall(sheet?.rows ?? []), [sheet])
  const opened = picture.rows.find(({ span }) => span.spanId === query.get('span'))
  return (
    <>
      <PageHead title={titleOf(picture)} subtitle={<Size picture={picture} />}>
        <a class="button button-plain" href={addressOf({ page: 'tracing' })}>
          All traces
        </a>
      </PageHead>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Missing missing={sheet?.missing ?? []} />
      <ClockNote moved={picture.movedMs} />
      <Card title="Waterfall" note={<span class="mono">{traceId}</span>} flush>
        {sheet === undefined && problem === undefined && <Skeleton height={320} />}
        {sheet !== undefined && picture.rows.length === 0 && <NoSpans />}
        {picture.rows.length > 0 && <Rows picture={picture} opened={opened} />}
        {picture.leftOut > 0 && (
          <p class="pane-nothing">{count(picture.leftOut)} later spans are not shown.</p>
        )}
      </Card>
      {opened !== undefined && (
        <SpanDetail row={opened} onClose={() => setQuery({ span: undefined })} />
      )}
    </>
  )
}

/** What began it, and at whom. */
function titleOf({ rows: [first] }: Waterfall): string {
  if (first === undefined) return 'Trace'
  const { name, behaviour } = first.span
  return behaviour === undefined ? name : `${name} at ${behaviour}`
}

function Size({ picture }: { readonly picture: Waterfall }): VNode {
  const { rows, nodes, tookMs, startMs } = picture
  const where = `${count(nodes.length)} ${nodes.length === 1 ? 'node' : 'nodes'}`
  const words = `${count(rows.length)} spans on ${where}, ${duration(tookMs)} since `
  return <span class="figure">{`${words}${dateTime(startMs)}`}</span>
}

const NoSpans = (): VNode => (
  <Empty title="No node keeps a span of this trace">
    Traces are kept in memory; the oldest fall out.
  </Empty>
)

function ClockNote({ moved }: { readonly moved: Readonly<Record<string, number>> }): VNode | null {
  const nodes = Object.entries(moved)
  if (nodes.length === 0) return null
  return (
    <p class="missing" role="status">
      Clocks differ: nothing may begin before its cause, so the spans of{' '}
      {nodes.map(([node, ms]) => (
        <span key={node} class="missing-node">
          <NodeLink node={node} /> are shown <span class="figure">{duration(ms)}</span> later{' '}
        </span>
      ))}
      than its clock says.
    </p>
  )
}

const MARKS = 4
const DEPTH_MAX = 16

function Rows({
  picture,
  opened,
}: {
  readonly picture: Waterfall
  readonly opened: SpanRow | undefined
}): VNode {
  return (
    <div class="waterfall">
      <Axis tookMs={picture.tookMs} />
      <ol aria-label="Spans">
        {picture.rows.map((row) => (
          <Row
            key={row.span.spanId}
            row={row}
            tookMs={picture.tookMs}
            nodes={picture.nodes}
            chosen={row === opened}
          />
        ))}
      </ol>
    </div>
  )
}

function Axis({ tookMs }: { readonly tookMs: number }): VNode {
  return (
    <div class="waterfall-row waterfall-axis" aria-hidden="true">
      <span>Span</span>
      <span class="waterfall-track figure">
        {Array.from({ length: MARKS + 1 }, (_, mark) => (
          <span key={mark} class="waterfall-mark" style={{ left: `${(mark * 100) / MARKS}%` }}>
            {duration((tookMs * mark) / MARKS)}
          </span>
        ))}
      </span>
    </div>
  )
}

interface RowProps {
  readonly row: SpanRow
  readonly tookMs: number
  readonly nodes: readonly string[]
  readonly chosen: boolean
}

function Row({ row, tookMs, nodes, chosen }: RowProps): VNode {
  const { span, depth, orphan } = row
  return (
    <li class={chosen ? 'waterfall-row chosen' : 'waterfall-row'}>
      <span class="waterfall-name" style={{ '--depth': Math.min(depth, DEPTH_MAX) }}>
        <button
          type="button"
          class="link-button word"
          title={span.name}
          onClick={() => setQuery({ span: span.spanId })}
        >
          {span.name}
        </button>
        <span class="quiet waterfall-kind">
          {span.kind}
          {span.behaviour !== undefined && ` · ${span.behaviour}`}
          {orphan && ', parent unknown'}
        </span>
      </span>
      <Bars row={row} tookMs={tookMs} colour={`line-${(nodes.indexOf(span.node) % 6) + 1}`} />
    </li>
  )
}

/** Thin while it waits in the mailbox, thick while its handler works. */
function Bars({
  row: { span, sentMs, deliveredMs, endMs, open },
  tookMs,
  colour,
}: Pick<RowProps, 'row' | 'tookMs'> & { readonly colour: string }): VNode {
  const took = isSeen(span) ? duration(endMs - sentMs) : 'sent'
  const words = `${span.node}: ${took}${open ? ', not seen to end' : ''}`
  const marks = [span.failed !== undefined && 'is-failed', open && 'is-open'].filter(Boolean)
  return (
    <span class="waterfall-track" title={words}>
      <span class={`waterfall-wait ${colour}`} style={barOf(sentMs, deliveredMs, tookMs)} />
      <span
        class={`waterfall-bar ${colour} ${marks.join(' ')}`}
        style={barOf(deliveredMs, endMs, tookMs)}
      />
      <span class="waterfall-words figure" style={placeOf(sentMs, endMs, tookMs)}>
        {took} <span class="quiet">{span.node}</span>
      </span>
    </span>
  )
}

/** Where it came to is not told: how long it took is not known here. */
const isSeen = ({ deliveredMs, processedMs }: ToldSpan): boolean =>
  deliveredMs !== undefined || processedMs !== undefined

const share = (ms: number, tookMs: number): string => `${tookMs === 0 ? 0 : (ms * 100) / tookMs}%`

const barOf = (fromMs: number, toMs: number, tookMs: number): Record<string, string> => ({
  left: share(fromMs, tookMs),
  width: share(toMs - fromMs, tookMs),
})

/** Words stand behind their bar, or before it where there is no room behind. */
function placeOf(sentMs: number, endMs: number, tookMs: number): Record<string, string> {
  if (tookMs === 0 || endMs / tookMs < 0.7) return { left: share(endMs, tookMs) }
  return { right: `${100 - (sentMs * 100) / tookMs}%` }
}
