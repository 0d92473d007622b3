/**
 * page/pages/network: the connections of a node, and what is behind each.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { FiguresSheet, NetworkSheet, PeerInfo } from 'troupe'
import { byteRate, bytes, count, duration, rate } from '#page/base/format'
import { ratesBetween } from '#page/base/rates'
import { Action } from '#page/kit/action'
import { Badge, Card, Empty, KeyValue, PageHead, ProblemBox, State } from '#page/kit/basics'
import { Field } from '#page/kit/fields'
import { NodeLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { Tile, Tiles } from '#page/kit/tile'
import { nodeAddress } from '#page/live/api'
import { useBetween, useSubject } from '#page/live/use'
import type { PageProps } from '#page/pages'
import { nodePath } from '#page/place'
import { go } from '#page/router'
import { ConnectionWindow } from './connection.js'
import { endpoint } from './endpoint.js'

const COLUMNS: readonly Column<PeerInfo>[] = [
  {
    ...{ id: 'node', title: 'Node', width: 'minmax(130px, 2fr)' },
    cell: ({ node }) => <NodeLink node={node} page="network" />,
  },
  {
    ...{ id: 'state', title: 'State', width: '96px' },
    cell: ({ state }) => <State state={state} />,
  },
  {
    ...{ id: 'transport', title: 'By', width: '70px', wide: true },
    cell: ({ transport }) => transport,
  },
  {
    ...{ id: 'trip', title: 'Round trip', width: '80px', align: 'end' },
    cell: ({ roundTripMs }) => (roundTripMs < 0 ? '–' : duration(roundTripMs)),
  },
  {
    ...{ id: 'out', title: 'Messages out', width: '100px', align: 'end', wide: true },
    cell: ({ messagesOut }) => count(messagesOut),
  },
  {
    ...{ id: 'in', title: 'in', width: '90px', align: 'end', wide: true },
    cell: ({ messagesIn }) => count(messagesIn),
  },
  {
    ...{ id: 'kept', title: 'Kept', width: '84px', align: 'end', wide: true },
    cell: ({ keptBytes }) => bytes(keptBytes),
  },
  {
    ...{ id: 'held', title: 'Held', width: '56px', align: 'end', wide: true },
    cell: ({ held, heldByPeer }) => count(held + heldByPeer),
  },
  {
    ...{ id: 'lines', title: 'Lines', width: '50px', align: 'end', wide: true },
    cell: ({ lines }) => count(lines),
  },
  {
    ...{ id: 'up', title: 'Up for', width: '84px', align: 'end', wide: true },
    cell: ({ uptimeMs }) => duration(uptimeMs),
  },
]

/** The page; with a node behind it, the window of that connection. */
export function NetworkPage({ node = '', rest }: PageProps): VNode {
  const { sheet, problem } = useSubject<NetworkSheet>(nodeAddress(node, 'network', { limit: 500 }))
  const figures = useSubject<FiguresSheet>(nodeAddress(node, 'figures'))
  const [other] = rest
  return (
    <>
      <PageHead title="Network" subtitle={<NodeLink node={node} />}>
        <Connect node={node} />
      </PageHead>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <NetworkTiles figures={figures.sheet} />
      <Card title="Connections" note={sheet === undefined ? ' ' : count(sheet.total)} flush>
        <Table
          label="Connections of the node"
          columns={COLUMNS}
          rows={sheet?.peers.rows}
          keyOf={(peer) => peer.node}
          onOpen={(peer) => go(nodePath(node, 'network', [peer.node]))}
          empty={
            <Empty title="No other node is known">
              It meets them by its registrar or by routes.
            </Empty>
          }
        />
      </Card>
      {sheet !== undefined && <Acceptors sheet={sheet} />}
      {other !== undefined && <ConnectionWindow node={node} other={other} />}
    </>
  )
}

function NetworkTiles({ figures }: { readonly figures: FiguresSheet | undefined }): VNode {
  const rates = useBetween(figures, ratesBetween)
  const { network, timeMs: atMs = 0 } = figures ?? {}
  return (
    <Tiles>
      <Tile label="Connected" value={network?.connected} format={count} atMs={atMs} />
      <Tile label="Messages in" value={rates?.messagesIn} format={rate} atMs={atMs} />
      <Tile label="Messages out" value={rates?.messagesOut} format={rate} atMs={atMs} />
      <Tile label="Bytes in" value={rates?.bytesIn} format={byteRate} atMs={atMs} />
      <Tile label="Bytes out" value={rates?.bytesOut} format={byteRate} atMs={atMs} />
      <Tile label="Not acknowledged" value={network?.keptBytes} format={bytes} atMs={atMs} />
      <Tile label="Lost since the start" value={network?.lost} format={count} />
    </Tiles>
  )
}

/** Where it listens, and what it did not let in. */
function Acceptors({ sheet }: { readonly sheet: NetworkSheet }): VNode {
  const refused = Object.entries(sheet.refused)
  return (
    <div class="columns">
      <Card title="Acceptors" note={<Badge>{sheet.mode}</Badge>}>
        <KeyValue
          rows={[
            ['Listens at', sheet.listening.map(endpoint).join(', ') || 'nowhere'],
            ['Others are told', sheet.addresses.map(endpoint).join(', ') || 'nothing'],
          ]}
        />
      </Card>
      <Card title="Handshakes refused, by reason">
        {refused.length === 0 ? (
          <Empty title="None was refused" />
        ) : (
          <KeyValue rows={refused.map(([reason, times]) => [reason, count(times)])} />
        )}
      </Card>
    </div>
  )
}

function Connect({ node }: { readonly node: string }): VNode {
  const other = useSignal('')
  return (
    <Action
      node={node}
      label="Connect"
      words="A node that is known by its routes is dialled."
      order={{ do: 'connect', node: other.value }}
    >
      <Field
        label="Node"
        value={other.value}
        placeholder="name@host"
        onValue={(typed) => {
          other.value = typed
        }}
      />
    </Action>
  )
}
