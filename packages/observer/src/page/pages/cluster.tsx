/**
 * page/pages/cluster: all nodes at once.
 */
import type { VNode } from 'preact'
import type { ClusterNode, ClusterSheet } from '#observer/contract/api'
import { bytes, count, percent, rate } from '#page/base/format'
import { Card, Empty, PageHead, ProblemBox, State } from '#page/kit/basics'
import { NodeLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { Tile, Tiles } from '#page/kit/tile'
import { useSubject } from '#page/live/use'
import { nodePath } from '#page/place'
import { go } from '#page/router'

const COLUMNS: readonly Column<ClusterNode>[] = [
  {
    id: 'node',
    title: 'Node',
    width: 'minmax(140px, 2fr)',
    cell: ({ node }) => <NodeLink node={node} />,
  },
  {
    id: 'state',
    title: 'State',
    width: '112px',
    cell: ({ state, problem }) => (
      <State state={state} {...(problem === undefined ? {} : { title: problem })} />
    ),
  },
  {
    id: 'processes',
    title: 'Processes',
    width: '96px',
    align: 'end',
    wide: true,
    cell: ({ figures }) => count(figures?.processes),
  },
  {
    id: 'handled',
    title: 'Handled',
    width: '96px',
    align: 'end',
    cell: ({ rates }) => rate(rates?.handled),
  },
  {
    id: 'cpu',
    title: 'CPU',
    width: '80px',
    align: 'end',
    wide: true,
    cell: ({ rates }) => percent(rates?.cpu),
  },
  {
    id: 'memory',
    title: 'Memory',
    width: '96px',
    align: 'end',
    wide: true,
    cell: ({ figures }) => bytes(figures?.memory.rssBytes),
  },
]

export function ClusterPage(): VNode {
  const { sheet, problem } = useSubject<ClusterSheet>('/cluster')
  const atMs = sheet?.timeMs ?? 0
  return (
    <>
      <PageHead title="Cluster" subtitle={sheet === undefined ? '' : `as ${sheet.node} sees it`} />
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Tiles>
        <Tile
          label="Nodes"
          value={sheet?.sums.answering}
          format={count}
          note={`of ${count(sheet?.nodes.length)}`}
        />
        <Tile label="Processes" value={sheet?.sums.processes} format={count} atMs={atMs} />
        <Tile label="Handled" value={sheet?.sums.rates.handled} format={rate} atMs={atMs} />
        <Tile label="Waiting" value={sheet?.sums.waiting} format={count} atMs={atMs} />
        <Tile label="Dropped" value={sheet?.sums.rates.dropped} format={rate} atMs={atMs} />
        <Tile label="CPU" value={sheet?.sums.rates.cpu} format={percent} atMs={atMs} />
        <Tile label="Memory" value={sheet?.sums.rssBytes} format={bytes} atMs={atMs} />
      </Tiles>
      <Card title="Nodes" flush>
        <Table
          label="Nodes of the cluster"
          columns={COLUMNS}
          rows={sheet?.nodes}
          keyOf={({ node }) => node}
          onOpen={({ node }) => go(nodePath(node))}
          empty={<Empty title="No node is known yet" />}
        />
      </Card>
    </>
  )
}
