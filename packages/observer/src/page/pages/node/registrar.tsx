/**
 * page/pages/node/registrar: what the registrar told a node of the others.
 */
import type { VNode } from 'preact'
import type { ApplicationRoute, NodeRoute, RegistrarInfo, RegistrarSheet } from 'troupe'
import { count } from '#page/base/format'
import { Card, Empty, KeyValue, ProblemBox, Skeleton, State } from '#page/kit/basics'
import { NodeLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { nodeAddress } from '#page/live/api'
import { useSubject } from '#page/live/use'
import { endpoint } from '#page/pages/network/endpoint'

const NODES: readonly Column<NodeRoute>[] = [
  {
    ...{ id: 'node', title: 'Node', width: 'minmax(120px, 1fr)' },
    cell: ({ node }) => <NodeLink node={node} />,
  },
  {
    ...{ id: 'state', title: 'State', width: '110px' },
    cell: ({ state }) => <State state={state} />,
  },
  {
    ...{ id: 'addresses', title: 'Addresses', width: 'minmax(120px, 2fr)', wide: true },
    cell: ({ addresses }) => <span class="mono">{addresses.map(endpoint).join(', ')}</span>,
  },
  { id: 'version', title: 'Version', width: '80px', wide: true, cell: ({ version }) => version },
]

const APPLICATIONS: readonly Column<ApplicationRoute>[] = [
  { id: 'name', title: 'Application', width: 'minmax(110px, 1fr)', cell: ({ name }) => name },
  {
    ...{ id: 'node', title: 'Node', width: 'minmax(120px, 1fr)' },
    cell: ({ node }) => <NodeLink node={node} page="applications" />,
  },
  {
    ...{ id: 'state', title: 'State', width: '100px' },
    cell: ({ state }) => <State state={state} />,
  },
  {
    ...{ id: 'weight', title: 'Weight', width: '64px', align: 'end', wide: true },
    cell: ({ weight }) => count(weight),
  },
]

/** Server, nodes and applications. */
export function NodeRegistrar({ node }: { readonly node: string }): VNode {
  const { sheet, problem } = useSubject<RegistrarSheet>(
    nodeAddress(node, 'registrar', { limit: 500 }),
  )
  if (problem !== undefined) return <ProblemBox problem={problem} />
  if (sheet === undefined) return <Skeleton height={300} />
  const { info } = sheet
  if (info === undefined) {
    return (
      <Card title="Registrar">
        <Empty title="This node has no registrar">
          It reaches the nodes it has static routes to, and those that come to it.
        </Empty>
      </Card>
    )
  }
  return (
    <>
      <Server info={info} />
      <Card title="Nodes it told of" flush>
        <Table
          label="Nodes of the registrar"
          columns={NODES}
          rows={sheet.nodes.rows}
          keyOf={({ node: other }) => other}
          empty={<Empty title="It knows no other node" />}
        />
      </Card>
      <Card title="Applications on other nodes" flush>
        <Table
          label="Applications of the registrar"
          columns={APPLICATIONS}
          rows={sheet.applications.rows}
          keyOf={({ node: other, name }) => `${other} ${name}`}
          empty={<Empty title="No application runs elsewhere" />}
        />
      </Card>
    </>
  )
}

function Server({ info }: { readonly info: RegistrarInfo }): VNode {
  const supports = Object.entries(info.supports).flatMap(([name, can]) => (can ? [name] : []))
  return (
    <Card title="Registrar">
      <KeyValue
        rows={[
          ['Kind', info.kind],
          ['State', <State key="state" state={info.state} />],
          ['Server', info.serving ? 'this node' : info.server || '–'],
          ['Supports', supports.join(', ') || 'nothing more than nodes'],
          ['Other nodes', count(info.nodes)],
          ['Refused', refusedOf(info.refused)],
        ]}
      />
    </Card>
  )
}

const refusedOf = (refused: Readonly<Record<string, number>>): string =>
  Object.entries(refused)
    .map(([code, times]) => `${code} ${times}`)
    .join(', ') || 'nothing'
