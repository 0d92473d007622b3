/**
 * page/pages/audit: who changed something, or tried to: through this Observer, and at the nodes.
 */
import type { VNode } from 'preact'
import type { AuditRow, Merged } from '#observer/contract/api'
import { clockTime, count, dateTime, exactTime } from '#page/base/format'
import { isNarrow } from '#page/frame/theme'
import { Badge, Card, Empty, KeyValue, PageHead, ProblemBox } from '#page/kit/basics'
import { Dialog } from '#page/kit/dialog'
import { Tabs } from '#page/kit/fields'
import { NodeLink, PidLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { address, nodeAddress } from '#page/live/api'
import { useSteadySubject } from '#page/live/use'
import { pidParts, pidWithin, shortPid } from '#page/model/pid-text'
import type { ToldAudit } from '#page/model/told'
import type { PageProps } from '#page/pages'
import { setQuery } from '#page/router'
import { Missing } from './parts/missing.js'
import { Word } from './parts/process-columns.js'

const LIMIT = 200

/** One line, of either kind. */
interface Row {
  readonly key: string
  readonly timeMs: number
  /** Who asked: a viewer, or another node. */
  readonly who: string
  /** Where it was to be done. */
  readonly node: string | undefined
  readonly operation: string
  readonly subject: string
  readonly outcome: string
  readonly times: number
  /** Of an act at all nodes: what became of it at those that have it. */
  readonly at?: AuditRow['at']
  readonly more?: number
}

interface ViewerAct {
  readonly number: number
  readonly timeMs: number
  readonly user?: string
  readonly remote: string
  readonly surface: string
  readonly node?: string
  readonly operation: string
  readonly subject: string
  readonly outcome: string
  /** Above 1: the same was refused to the same so many times. */
  readonly times: number
  readonly at?: AuditRow['at']
  readonly more?: number
}

const TABS = [
  ['viewers', 'Through this Observer'],
  ['nodes', 'At the nodes'],
] as const

export function AuditPage({ node, query }: PageProps): VNode {
  if (node !== undefined) return <NodeAudit node={node} query={query} />
  const tab = query.get('of') === 'nodes' ? 'nodes' : 'viewers'
  return (
    <>
      <PageHead title="Audit" subtitle="Who changed something, or tried to">
        <Tabs
          label="Which audit"
          value={tab}
          tabs={TABS}
          onValue={(value) => setQuery({ of: value === 'viewers' ? undefined : value })}
        />
      </PageHead>
      {tab === 'viewers' ? <ViewerAudit query={query} /> : <AllNodesAudit query={query} />}
    </>
  )
}

interface Of {
  readonly query: URLSearchParams
}

function ViewerAudit({ query }: Of): VNode {
  const { sheet, problem } = useSteadySubject<{ readonly rows: readonly ViewerAct[] }>(
    address(['audit'], { limit: LIMIT }),
  )
  const rows = sheet?.rows.map(
    (act): Row => ({
      ...act,
      key: String(act.number),
      who: `${act.user ?? 'anonymous'} · ${act.remote} · ${act.surface}`,
      node: act.node,
    }),
  )
  return (
    <>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <AuditTable title="Through this Observer" rows={rows} query={query} />
    </>
  )
}

/** At a node: the viewer of an Observer by name where there is one, else who sent the order. */
const rowOf = (act: ToldAudit & { readonly asker?: string }, at: string): Row => ({
  ...act,
  key: `${at} ${act.number}`,
  who: [act.by, act.pid === undefined ? (act.asker ?? act.node) : shortPid(act.pid)]
    .filter((word) => word !== undefined)
    .join(' through '),
  node: at,
})

/** In a merged answer `node` tells who answered, and `asker` who asked. */
function AllNodesAudit({ query }: Of): VNode {
  const { sheet, problem } = useSteadySubject<Merged<ToldAudit>>(
    address(['cluster', 'audit'], { limit: LIMIT }),
  )
  return (
    <>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Missing missing={sheet?.missing ?? []} />
      <AuditTable
        title="At the nodes"
        rows={sheet?.rows.map((act) => rowOf(act, act.node))}
        query={query}
      />
    </>
  )
}

function NodeAudit({ node, query }: Of & { readonly node: string }): VNode {
  const { sheet, problem } = useSteadySubject<{ readonly rows: readonly ToldAudit[] }>(
    nodeAddress(node, 'audit', { limit: LIMIT }),
  )
  const rows = sheet?.rows.map((act) => rowOf(act, node))
  return (
    <>
      <PageHead
        title="Audit"
        subtitle={
          rows === undefined
            ? 'Looking…'
            : `${count(rows.length)} ${rows.length === 1 ? 'act' : 'acts'} at this node`
        }
      />
      {problem !== undefined && <ProblemBox problem={problem} />}
      <AuditTable title={`At ${node}`} rows={rows} withNode={false} query={query} />
    </>
  )
}

const columnsOf = (withNode: boolean): readonly Column<Row>[] => [
  {
    id: 'time',
    title: 'Time',
    width: isNarrow.value ? '66px' : '142px',
    cell: ({ timeMs }) => (
      <span class="figure" title={dateTime(timeMs)}>
        {isNarrow.value ? clockTime(timeMs) : dateTime(timeMs)}
      </span>
    ),
  },
  {
    id: 'operation',
    title: 'Operation',
    width: 'minmax(76px, 1.1fr)',
    cell: ({ operation }) => <Word text={operation} />,
  },
  {
    id: 'subject',
    title: 'Subject',
    width: 'minmax(100px, 1.2fr)',
    wide: true,
    cell: (row) => <Subject row={row} />,
  },
  ...(withNode ? [NODE_COLUMN] : []),
  {
    id: 'who',
    title: 'Who',
    width: 'minmax(170px, 1.5fr)',
    wide: true,
    cell: ({ who }) => <Word text={who} />,
  },
  {
    id: 'outcome',
    title: 'Outcome',
    width: 'minmax(64px, 1fr)',
    cell: (row) => <Outcome row={row} />,
  },
]

const NODE_COLUMN: Column<Row> = {
  id: 'node',
  title: 'Node',
  width: 'minmax(104px, 0.9fr)',
  wide: true,
  cell: ({ node }) => (node === undefined ? <Word text={undefined} /> : <NodeLink node={node} />),
}

/** The node has a column of its own: its pids need not name it. */
function Subject({ row: { subject, node } }: { readonly row: Row }): VNode {
  if (subject === '') return <span class="quiet">the node</span>
  if (pidParts(subject) === undefined) return <Word text={subject} />
  return <PidLink pid={subject} name={pidWithin(subject, node ?? '')} />
}

const Outcome = ({ row: { outcome, times } }: { readonly row: Row }): VNode => (
  <Badge tone={outcome === 'done' ? 'good' : 'bad'} title={outcome}>
    {outcome}
    {times > 1 && ` × ${count(times)}`}
  </Badge>
)

function AuditTable({
  title,
  rows,
  withNode = true,
  query,
}: {
  readonly title: string
  readonly rows: readonly Row[] | undefined
  readonly withNode?: boolean
  readonly query: URLSearchParams
}): VNode {
  const opened = rows?.find(({ key }) => key === query.get('act'))
  return (
    <>
      <Card title={title} note="the newest first" flush>
        <Table
          label={title}
          heightMax={620}
          columns={columnsOf(withNode)}
          rows={rows}
          keyOf={({ key }) => key}
          onOpen={({ key }) => setQuery({ act: key })}
          empty={<Empty title="Nothing was done or tried" />}
        />
      </Card>
      {opened !== undefined && <Act row={opened} />}
    </>
  )
}

/** What one act has done at each node that has what it is about. */
const Nodes = ({ at, more = 0 }: Required<Pick<AuditRow, 'at'>> & MoreOf): VNode => (
  <ul>
    {at.map(({ node, outcome }) => (
      <li key={node}>
        <NodeLink node={node} /> <span class="quiet">{outcome}</span>
      </li>
    ))}
    {more > 0 && <li class="quiet">and {count(more)} more</li>}
  </ul>
)

interface MoreOf {
  readonly more: number | undefined
}

/** One act, whole: nothing of it is cut. */
function Act({ row }: { readonly row: Row }): VNode {
  const { timeMs, operation, subject, node, who, times, at } = row
  const where = at === undefined ? 'this Observer' : <Nodes at={at} more={row.more} />
  return (
    <Dialog title={operation} wide onClose={() => setQuery({ act: undefined })}>
      <KeyValue
        rows={[
          ['Time', <time title={exactTime(timeMs)}>{dateTime(timeMs)}</time>],
          ['Subject', <span class="mono">{subject}</span>],
          ['At', node === undefined ? where : <NodeLink node={node} />],
          ['Who', who],
          ['Outcome', <Outcome row={row} />],
          ['Times', count(times)],
        ]}
      />
    </Dialog>
  )
}
