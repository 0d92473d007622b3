/**
 * page/pages/tracing: the traces that are kept, how they are chosen, and one of them as a
 * waterfall over all nodes it came through.
 */
import type { VNode } from 'preact'
import type { Merged } from '#observer/contract/api'
import { clockTime, count, dateTime, duration } from '#page/base/format'
import { Badge, Button, Card, Empty, PageHead, ProblemBox } from '#page/kit/basics'
import { SearchField } from '#page/kit/fields'
import { NodeLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { address, nodeAddress } from '#page/live/api'
import { useSteadySubject } from '#page/live/use'
import type { ToldTraces } from '#page/model/told'
import type { PageProps } from '#page/pages'
import { addressOf } from '#page/place'
import { go, setQuery } from '#page/router'
import { Missing } from './parts/missing.js'
import { Word } from './parts/process-columns.js'
import { SamplerCard } from './tracing/samplers.js'
import { TracePage } from './tracing/trace.js'

const LIMIT = 100

type Row = ToldTraces['rows'][number] & { readonly node?: string }
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
      <PageHead title="Tracing" subtitle={<Kept sheet={sheet} node={node} />} />
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Missing missing={sheet?.missing ?? []} />
      {node !== undefined && sheet?.samplers !== undefined && (
        <SamplerCard node={node} samplers={sheet.samplers} exporters={sheet.exporters ?? []} />
      )}
      <TraceFilters search={search} pid={pid} />
      <Card title="Traces" note="the newest first" flush>
        <Table
          label="Traces"
          heightMax={620}
          columns={node === undefined ? [...COLUMNS, NODE_COLUMN] : COLUMNS}
          rows={sheet?.rows === undefined ? undefined : once(sheet.rows)}
          keyOf={({ traceId }) => traceId}
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
      ? 'Choose at a node, or at a process, what begins a trace.'
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
  return (
    <span class="figure">
      {count(kept)} kept on {node} of {count(total)} since its start
      {gone !== undefined && gone > 0 && `; ${count(gone)} fell out`}
    </span>
  )
}

const NODE_COLUMN: Column<Row> = {
  id: 'node',
  title: 'Told by',
  width: 'minmax(90px, 1fr)',
  wide: true,
  cell: ({ node }) => (node === undefined ? null : <NodeLink node={node} page="tracing" />),
}

const COLUMNS: readonly Column<Row>[] = [
  {
    id: 'start',
    title: 'Began',
    width: '100px',
    cell: ({ startMs }) => <span title={dateTime(startMs)}>{clockTime(startMs)}</span>,
  },
  {
    id: 'name',
    title: 'First message',
    width: 'minmax(120px, 2fr)',
    cell: ({ name, traceId }) => (
      <a class="word" href={addressOf({ page: 'tracing', rest: [traceId] })} title={name}>
        {name}
      </a>
    ),
  },
  {
    id: 'took',
    title: 'Took',
    width: '84px',
    align: 'end',
    cell: ({ tookMs }) => duration(tookMs),
  },
  { id: 'spans', title: 'Spans', width: '70px', align: 'end', cell: ({ spans }) => count(spans) },
  {
    id: 'failed',
    title: 'Outcome',
    width: '84px',
    cell: ({ failed }) =>
      failed ? <Badge tone="bad">failed</Badge> : <Badge tone="good">well</Badge>,
  },
  {
    id: 'id',
    title: 'Trace',
    width: 'minmax(100px, 1fr)',
    wide: true,
    cell: ({ traceId }) => (
      <span class="mono">
        <Word text={traceId} />
      </span>
    ),
  },
]
