/**
 * page/pages/tracing: the traces that are kept, how they are chosen, and one of them as a
 * waterfall over all nodes it came through.
 */
import type { VNode } from 'preact'
import type { Merged } from '#observer/contract/api'
import { count, dateTime, duration, exactTime } from '#page/base/format'
import { Badge, Button, Card, Empty, PageHead, ProblemBox, Skeleton } from '#page/kit/basics'
import { SearchField } from '#page/kit/fields'
import { NodeLink, PidLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { address, nodeAddress } from '#page/live/api'
import { useSteadySubject } from '#page/live/use'
import { pidParts } from '#page/model/pid-text'
import type { ToldTraces } from '#page/model/told'
import type { PageProps } from '#page/pages'
import { addressOf } from '#page/place'
import { go, setQuery } from '#page/router'
import { Missing } from './parts/missing.js'
import { Word } from './parts/process-columns.js'
import { NameSampler } from './tracing/name-sampler.js'
import { ClusterSamplers, SamplerCard } from './tracing/samplers.js'
import { TracePage } from './tracing/trace.js'

const LIMIT = 100

type Row = ToldTraces['rows'][number]
type Answer = Partial<ToldTraces> & Partial<Merged<Row>>

export function TracingPage({ node, rest, query }: PageProps): VNode {
  const [traceId] = rest
  if (traceId !== undefined) return <TracePage key={traceId} traceId={traceId} query={query} />
  return <TraceList node={node} query={query} />
}

interface ListOf {
  readonly node: string | undefined
  readonly query: URLSearchParams
}

function TraceList({ node, query }: ListOf): VNode {
  const [search, pid] = [query.get('search') ?? undefined, query.get('pid') ?? undefined]
  const question = { search, pid, limit: LIMIT }
  const { sheet, problem } = useSteadySubject<Answer>(
    node === undefined
      ? address(['cluster', 'traces'], question)
      : nodeAddress(node, 'traces', question),
  )
  return (
    <>
      <PageHead title="Tracing" subtitle={<Kept sheet={sheet} node={node} />}>
        {node === undefined && <NameSampler />}
      </PageHead>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Missing missing={sheet?.missing ?? []} />
      {sheet === undefined && problem === undefined && <Skeleton height={320} />}
      {sheet !== undefined && <Traces node={node} sheet={sheet} search={search} pid={pid} />}
    </>
  )
}

/** Drawn when it is known how many samplers there are: what stands below does not move. */
function Traces({
  node,
  sheet,
  search,
  pid,
}: {
  readonly node: string | undefined
  readonly sheet: Answer
  readonly search: string | undefined
  readonly pid: string | undefined
}): VNode {
  return (
    <>
      {node !== undefined && sheet.samplers !== undefined && (
        <SamplerCard node={node} samplers={sheet.samplers} exporters={sheet.exporters ?? []} />
      )}
      {node === undefined && sheet.sheets !== undefined && <ClusterSamplers nodes={sheet.sheets} />}
      <TraceFilters search={search} pid={pid} />
      <Card title="Traces" note="the newest first" flush>
        <Table
          label="Traces"
          heightMax={620}
          columns={COLUMNS}
          rows={sheet.rows === undefined ? undefined : once(sheet.rows)}
          keyOf={({ traceId }) => traceId}
          toneOf={({ failed }) => (failed ? 'log-error' : undefined)}
          onOpen={({ traceId }) => go(addressOf({ node, page: 'tracing', rest: [traceId] }))}
          empty={<NoTraces node={node} />}
        />
      </Card>
    </>
  )
}

function TraceFilters({
  search = '',
  pid,
}: {
  readonly search: string | undefined
  readonly pid: string | undefined
}): VNode {
  return (
    <div class="filters">
      <SearchField
        label="Name of a message"
        value={search}
        onValue={(text) => setQuery({ search: text.trim() || undefined })}
      />
      {pid !== undefined && (
        <Button icon="close" onPress={() => setQuery({ pid: undefined })}>
          Only {pid}
        </Button>
      )}
    </div>
  )
}

const NoTraces = ({ node }: { readonly node: string | undefined }): VNode => (
  <Empty title="No trace is kept">
    {node === undefined
      ? 'Choose above by name, or at a node or a process, what begins a trace.'
      : 'Choose above what begins a trace.'}
  </Empty>
)

/** A trace that came through many nodes is told by each: the one with the most spans stands. */
function once(rows: readonly Row[]): readonly Row[] {
  const best = new Map<string, Row>()
  for (const row of rows) {
    const other = best.get(row.traceId)
    if (other === undefined || row.spans > other.spans) best.set(row.traceId, row)
  }
  return [...best.values()].sort((a, b) => b.startMs - a.startMs)
}

function Kept({
  sheet,
  node,
}: {
  readonly sheet: Answer | undefined
  readonly node: string | undefined
}): VNode {
  if (sheet === undefined) return <>Looking…</>
  const { kept, gone, total } = sheet
  if (kept === undefined || node === undefined) return <>of all nodes</>
  const fell = gone !== undefined && gone > 0 ? `; ${count(gone)} fell out` : ''
  const words = `${count(kept)} kept on ${node} of ${count(total)} since its start${fell}`
  return <span class="figure">{words}</span>
}

/** Who got the first step, by what it runs; its pid is told when it is pointed at. */
function Receiver({ row: { process, behaviour } }: { readonly row: Row }): VNode {
  if (process === undefined) return <Word text={behaviour} />
  if (pidParts(process) === undefined) return <Word text={process} />
  return <PidLink pid={process} name={behaviour} />
}

const COLUMNS: readonly Column<Row>[] = [
  {
    id: 'start',
    title: 'Began',
    width: '94px',
    cell: ({ startMs }) => (
      <span class="figure" title={dateTime(startMs)}>
        {exactTime(startMs)}
      </span>
    ),
  },
  {
    id: 'name',
    title: 'First message',
    width: 'minmax(68px, 1.4fr)',
    cell: ({ name, kind, traceId }) => (
      <a class="word" href={addressOf({ page: 'tracing', rest: [traceId] })} title={name}>
        {name} {name !== `[${kind}]` && <span class="quiet">{kind}</span>}
      </a>
    ),
  },
  {
    id: 'process',
    title: 'Process',
    width: 'minmax(64px, 1.1fr)',
    cell: (row) => <Receiver row={row} />,
  },
  {
    id: 'node',
    title: 'Node',
    width: 'minmax(104px, 1fr)',
    wide: true,
    cell: ({ node }) => <NodeLink node={node} page="tracing" />,
  },
  {
    id: 'took',
    title: 'Took',
    width: '66px',
    align: 'end',
    cell: ({ tookMs }) => <span class="figure">{duration(tookMs)}</span>,
  },
  {
    id: 'spans',
    title: 'Spans',
    width: '44px',
    align: 'end',
    wide: true,
    cell: ({ spans }) => <span class="figure">{count(spans)}</span>,
  },
  {
    id: 'failed',
    title: 'Outcome',
    width: '58px',
    wide: true,
    cell: ({ failed }) =>
      failed ? <Badge tone="bad">failed</Badge> : <span class="quiet">well</span>,
  },
  {
    id: 'id',
    title: 'Trace',
    width: '76px',
    wide: true,
    cell: ({ traceId }) => (
      <span class="mono quiet" title={traceId}>
        {traceId.slice(0, 8)}
      </span>
    ),
  },
]
