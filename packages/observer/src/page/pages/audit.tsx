/**
 * page/pages/audit: who changed something, or tried to: through this Observer, and at the nodes.
 */
import type { VNode } from 'preact'
import type { Merged } from '#observer/contract/api'
import { count, dateTime } from '#page/base/format'
import { Badge, Card, Empty, PageHead, ProblemBox } from '#page/kit/basics'
import { Tabs } from '#page/kit/fields'
import { NodeLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { address, nodeAddress } from '#page/live/api'
import { useSteadySubject } from '#page/live/use'
import { shortPid } from '#page/model/pid-text'
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
}

const TABS = [
  ['viewers', 'Through this Observer'],
  ['nodes', 'At the nodes'],
] as const

export function AuditPage({ node, query }: PageProps): VNode {
  if (node !== undefined) return <NodeAudit node={node} />
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
      {tab === 'viewers' ? <ViewerAudit /> : <AllNodesAudit />}
    </>
  )
}

function ViewerAudit(): VNode {
  const { sheet, problem } = useSteadySubject<{ readonly rows: readonly ViewerAct[] }>(
    address(['audit'], { limit: LIMIT }),
  )
  const rows = sheet?.rows.map(
    (act): Row => ({
      ...act,
      key: String(act.number),
      who: `${act.user ?? 'nobody named'} from ${act.remote} (${act.surface})`,
      node: act.node,
      times: 1,
    }),
  )
  return (
    <>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <AuditTable title="Through this Observer" rows={rows} />
    </>
  )
}

/** At a node: the viewer of an Observer by name where there is one, else who sent the order. */
const rowOf = (act: ToldAudit & { readonly asker?: string }, at: string): Row => ({
  ...act,
  key: `${at} ${act.number}`,
  who: [act.by, act.pid === undefined ? (act.asker ?? act.node) : shortPid(act.pid)]
    .filter((word) => word !== undefined)
    .join(' by '),
  node: at,
})

/** In a merged answer `node` tells who answered, and `asker` who asked. */
function AllNodesAudit(): VNode {
  const { sheet, problem } = useSteadySubject<Merged<ToldAudit>>(
    address(['cluster', 'audit'], { limit: LIMIT }),
  )
  return (
    <>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Missing missing={sheet?.missing ?? []} />
      <AuditTable title="At the nodes" rows={sheet?.rows.map((act) => rowOf(act, act.node))} />
    </>
  )
}

function NodeAudit({ node }: { readonly node: string }): VNode {
  const { sheet, problem } = useSteadySubject<{ readonly rows: readonly ToldAudit[] }>(
    nodeAddress(node, 'audit', { limit: LIMIT }),
  )
  const rows = sheet?.rows.map((act) => rowOf(act, node))
  return (
    <>
      <PageHead
        title="Audit"
        subtitle={rows === undefined ? 'Looking…' : `${count(rows.length)} acts at ${node}`}
      />
      {problem !== undefined && <ProblemBox problem={problem} />}
      <AuditTable title={`At ${node}`} rows={rows} />
    </>
  )
}

const COLUMNS: readonly Column<Row>[] = [
  { id: 'time', title: 'Time', width: '150px', cell: ({ timeMs }) => dateTime(timeMs) },
  {
    id: 'operation',
    title: 'Operation',
    width: 'minmax(100px, 1fr)',
    cell: ({ operation }) => <Word text={operation} />,
  },
  {
    id: 'subject',
    title: 'Subject',
    width: 'minmax(120px, 2fr)',
    wide: true,
    cell: ({ subject }) => <Word text={subject} />,
  },
  {
    id: 'node',
    title: 'Node',
    width: 'minmax(90px, 1fr)',
    wide: true,
    cell: ({ node }) => (node === undefined ? <Word text={undefined} /> : <NodeLink node={node} />),
  },
  {
    id: 'who',
    title: 'Who',
    width: 'minmax(120px, 1.5fr)',
    wide: true,
    cell: ({ who }) => <Word text={who} />,
  },
  {
    id: 'outcome',
    title: 'Outcome',
    width: 'minmax(90px, 1fr)',
    cell: ({ outcome, times }) => (
      <Badge tone={outcome === 'done' ? 'good' : 'bad'}>
        {outcome}
        {times > 1 && ` × ${count(times)}`}
      </Badge>
    ),
  },
]

function AuditTable({
  title,
  rows,
}: {
  readonly title: string
  readonly rows: readonly Row[] | undefined
}): VNode {
  return (
    <Card title={title} note="the newest first" flush>
      <Table
        label={title}
        steady
        heightMax={620}
        columns={COLUMNS}
        rows={rows}
        keyOf={({ key }) => key}
        empty={<Empty title="Nothing was done or tried" />}
      />
    </Card>
  )
}
