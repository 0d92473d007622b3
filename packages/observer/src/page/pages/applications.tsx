/**
 * page/pages/applications: the applications of a node as cards, or those of all nodes as a list.
 *
 * Behind the name of one in the address is its supervision tree; `?tree=node` is the tree of all
 * processes of the node.
 */
import type { VNode } from 'preact'
import type { Merged } from '#observer/contract/api'
import { count, duration } from '#page/base/format'
import { Badge, Card, Empty, PageHead, ProblemBox, Skeleton, State } from '#page/kit/basics'
import { Tabs } from '#page/kit/fields'
import { NodeLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { address, nodeAddress } from '#page/live/api'
import { useSubject } from '#page/live/use'
import type { ToldApplication } from '#page/model/told'
import type { PageProps } from '#page/pages'
import { nodePath } from '#page/place'
import { go, setQuery } from '#page/router'
import { ApplicationCard } from './application/card.js'
import { TreePage } from './application/tree-page.js'
import { Missing } from './parts/missing.js'
import { Word } from './parts/process-columns.js'

const LIMIT = 500

export function ApplicationsPage(props: PageProps): VNode {
  const { node, rest, query } = props
  const [application] = rest
  if (node === undefined) return <AllApplications query={query} />
  if (application !== undefined || query.get('tree') === 'node') {
    return <TreePage key={application} node={node} application={application} query={query} />
  }
  return <NodeApplications node={node} query={query} />
}

const SHOWN = [
  ['yours', 'Yours'],
  ['all', "With Troupe's own"],
] as const

type Shown = (typeof SHOWN)[number][0]

const shownOf = (query: URLSearchParams): Shown => (query.get('show') === 'all' ? 'all' : 'yours')

const isShown =
  (shown: Shown) =>
  ({ own }: { readonly own: boolean }): boolean =>
    shown === 'all' || !own

const ShownTabs = ({ shown }: { readonly shown: Shown }): VNode => (
  <Tabs
    label="Which applications"
    value={shown}
    tabs={SHOWN}
    onValue={(value) => setQuery({ show: value === 'all' ? 'all' : undefined })}
  />
)

function NodeApplications({
  node,
  query,
}: {
  readonly node: string
  readonly query: URLSearchParams
}): VNode {
  const { sheet, problem } = useSubject<{ readonly rows: readonly ToldApplication[] }>(
    nodeAddress(node, 'applications', { limit: LIMIT }),
  )
  const shown = shownOf(query)
  const rows = sheet?.rows.filter(isShown(shown))
  const running = rows?.filter(({ state }) => state === 'running').length
  return (
    <>
      <PageHead
        title="Applications"
        subtitle={
          rows === undefined ? '' : `${count(running)} of ${count(rows.length)} run on ${node}`
        }
      >
        <ShownTabs shown={shown} />
        <a class="button button-plain" href={nodePath(node, 'applications', [], { tree: 'node' })}>
          Tree of the whole node
        </a>
      </PageHead>
      {problem !== undefined && <ProblemBox problem={problem} />}
      {rows === undefined && problem === undefined && <Skeleton height={240} />}
      {rows?.length === 0 && <NoApplications />}
      <div class="application-cards">
        {rows?.map((application) => (
          <ApplicationCard key={application.name} node={node} application={application} />
        ))}
      </div>
    </>
  )
}

const NoApplications = (): VNode => (
  <Empty title="No application is loaded">
    Give the node some with the option <code>applications</code>.
  </Empty>
)

type Row = ToldApplication & { readonly node: string }

const COLUMNS: readonly Column<Row>[] = [
  {
    id: 'name',
    title: 'Application',
    width: 'minmax(120px, 1.5fr)',
    cell: ({ name, node }) => (
      <a class="word" href={nodePath(node, 'applications', [name])} title={name}>
        {name}
      </a>
    ),
  },
  {
    id: 'node',
    title: 'Node',
    width: 'minmax(120px, 1.5fr)',
    cell: ({ node }) => <NodeLink node={node} page="applications" />,
  },
  { id: 'state', title: 'State', width: '96px', cell: ({ state }) => <State state={state} /> },
  { id: 'mode', title: 'Mode', width: '92px', wide: true, cell: ({ mode }) => mode },
  {
    id: 'weight',
    title: 'Weight',
    width: '70px',
    align: 'end',
    cell: ({ weight }) =>
      weight === 0 ? <Badge tone="warn">drained</Badge> : <span class="figure">{weight}</span>,
  },
  {
    id: 'tags',
    title: 'Tags',
    width: 'minmax(60px, 1fr)',
    wide: true,
    cell: ({ tags }) => <Word text={tags.join(', ') || undefined} />,
  },
  {
    id: 'processes',
    title: 'Processes',
    width: '86px',
    align: 'end',
    wide: true,
    cell: ({ processes }) => count(processes),
  },
  {
    id: 'uptime',
    title: 'Uptime',
    width: '86px',
    align: 'end',
    wide: true,
    cell: ({ uptimeMs, state }) => (state === 'running' ? duration(uptimeMs) : '–'),
  },
  {
    id: 'version',
    title: 'Version',
    width: '86px',
    wide: true,
    cell: ({ version }) => <Word text={version || undefined} />,
  },
]

const byName = (a: Row, b: Row): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.node < b.node ? -1 : 1

/** One line for each application of each node. */
function AllApplications({ query }: { readonly query: URLSearchParams }): VNode {
  const { sheet, problem } = useSubject<Merged<ToldApplication>>(
    address(['cluster', 'applications'], { limit: LIMIT }),
  )
  const shown = shownOf(query)
  const rows = sheet?.rows.filter(isShown(shown)).toSorted(byName)
  const names = new Set(rows?.map(({ name }) => name))
  const nodes = new Set(rows?.map(({ node }) => node))
  return (
    <>
      <PageHead
        title="Applications"
        subtitle={
          rows === undefined
            ? ''
            : `${count(names.size)} of ${count(nodes.size)} ${nodes.size === 1 ? 'node' : 'nodes'}`
        }
      >
        <ShownTabs shown={shown} />
      </PageHead>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Missing missing={sheet?.missing ?? []} />
      <Card title="Applications of all nodes" flush>
        <Table
          label="Applications of all nodes"
          heightMax={640}
          columns={COLUMNS}
          rows={rows}
          keyOf={({ name, node }) => `${node} ${name}`}
          onOpen={({ name, node }) => go(nodePath(node, 'applications', [name]))}
          empty={<Empty title="No node has an application" />}
        />
      </Card>
    </>
  )
}
