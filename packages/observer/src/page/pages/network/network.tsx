/**
 * page/pages/network: the connections of a node, and what is behind each.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { FiguresSheet, NetworkSheet, PeerInfo } from 'troupe'
import { byteRate, bytes, count, duration, rate } from '#page/base/format'
import { Action } from '#page/kit/action'
import { Card, Empty, PageHead, ProblemBox, Skeleton, State } from '#page/kit/basics'
import { Field } from '#page/kit/fields'
import { useTrails } from '#page/kit/history'
import { NodeLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { Tile, Tiles, type Trail } from '#page/kit/tile'
import { nodeAddress } from '#page/live/api'
import { useBetween, useSubject } from '#page/live/use'
import { type PeerRates, peerRates } from '#page/model/peer-rates'
import type { PageProps } from '#page/pages'
import { useNodeRates } from '#page/pages/parts/use-node-rates'
import { nodePath } from '#page/place'
import { go } from '#page/router'
import { ConnectionWindow } from './connection.js'
import { Acceptors, Errors, Limits, Routes } from './parts.js'

const LIMIT = 500

type Row = PeerInfo & { readonly rates: PeerRates | undefined }

const COLUMNS: readonly Column<Row>[] = [
  {
    ...{ id: 'node', title: 'Node', width: 'minmax(130px, 1fr)' },
    cell: ({ node }) => <NodeLink node={node} page="network" />,
  },
  {
    ...{ id: 'state', title: 'State', width: '92px' },
    cell: ({ state }) => <State state={state} />,
  },
  {
    ...{ id: 'transport', title: 'By', width: '40px', wide: true },
    cell: ({ transport }) => transport,
  },
  {
    ...{ id: 'trip', title: 'Round trip', width: '76px', align: 'end' },
    cell: ({ roundTripMs }) => (roundTripMs < 0 ? '–' : duration(roundTripMs)),
  },
  {
    ...{ id: 'out', title: 'Messages out', width: '90px', align: 'end', wide: true },
    cell: ({ rates, messagesOut }) => (
      <span title={`${count(messagesOut)} messages in all`}>{rate(rates?.messagesOut)}</span>
    ),
  },
  {
    ...{ id: 'in', title: 'Messages in', width: '84px', align: 'end', wide: true },
    cell: ({ rates, messagesIn }) => (
      <span title={`${count(messagesIn)} messages in all`}>{rate(rates?.messagesIn)}</span>
    ),
  },
  {
    ...{ id: 'bytes', title: 'Bytes in', width: '84px', align: 'end', wide: true },
    cell: ({ rates, bytesIn }) => (
      <span title={`${bytes(bytesIn)} in all`}>{byteRate(rates?.bytesIn)}</span>
    ),
  },
  {
    ...{ id: 'kept', title: 'Kept', width: '76px', align: 'end', wide: true },
    cell: ({ keptBytes }) => bytes(keptBytes),
  },
  {
    ...{ id: 'held', title: 'Held', width: '44px', align: 'end', wide: true },
    cell: ({ held, heldByPeer }) => (
      <span title={`now, by mailboxes there; those here have held it ${count(held)} times`}>
        {count(heldByPeer)}
      </span>
    ),
  },
  {
    ...{ id: 'lines', title: 'Lines', width: '44px', align: 'end', wide: true },
    cell: ({ lines }) => count(lines),
  },
  {
    ...{ id: 'up', title: 'Up for', width: '84px', align: 'end', wide: true },
    cell: ({ uptimeMs }) => duration(uptimeMs),
  },
]

/** The page; with a node behind it, the window of that connection. */
export function NetworkPage({ node = '', rest }: PageProps): VNode {
  const live = useSubject<NetworkSheet>(nodeAddress(node, 'network', { limit: LIMIT }))
  const { sheet, problem } = live
  const rates = useBetween(sheet && live, peerRates)
  const [other] = rest
  return (
    <>
      <PageHead title="Network" subtitle={<NodeLink node={node} />}>
        <Connect node={node} />
      </PageHead>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <NetworkTiles node={node} />
      <Card title="Connections" note={sheet === undefined ? ' ' : count(sheet.total)} flush>
        <Table
          label="Connections of the node"
          columns={COLUMNS}
          rows={sheet?.peers.rows.map((peer): Row => ({ ...peer, rates: rates?.get(peer.node) }))}
          keyOf={(peer) => peer.node}
          onOpen={(peer) => go(nodePath(node, 'network', [peer.node]))}
          empty={
            <Empty title="No other node is known">
              It meets them by its registrar or by routes.
            </Empty>
          }
        />
      </Card>
      {sheet === undefined ? <Skeleton height={420} /> : <Settings sheet={sheet} />}
      {other !== undefined && <ConnectionWindow key={other} node={node} other={other} />}
    </>
  )
}

const Settings = ({ sheet }: { readonly sheet: NetworkSheet }): VNode => (
  <>
    <div class="columns columns-wide">
      <Acceptors sheet={sheet} />
      <Routes sheet={sheet} />
    </div>
    <div class="columns columns-wide">
      <Limits sheet={sheet} />
      <Errors sheet={sheet} />
    </div>
  </>
)

const TRAILS = [
  ...(['connected', 'messagesInPerSecond', 'messagesOutPerSecond'] as const),
  ...(['bytesInPerSecond', 'bytesOutPerSecond'] as const),
] as const

function NetworkTiles({ node }: { readonly node: string }): VNode {
  const { sheet: figures } = useSubject<FiguresSheet>(nodeAddress(node, 'figures'))
  const rates = useNodeRates(node, figures)
  const trails = useTrails((query) => nodeAddress(node, 'history', query), TRAILS)
  const { network, timeMs: atMs = 0 } = figures ?? {}
  const told = (name: keyof typeof trails): Trail => trails[name] ?? []
  const refused = network?.handshakesRefused ?? 0
  const [inward, outward] = [rates?.messagesIn, rates?.messagesOut]
  return (
    <Tiles>
      <Tile label="Connected" value={network?.connected} format={count} trail={told('connected')} />
      <Tile label="Messages in" value={inward} format={rate} trail={told('messagesInPerSecond')} />
      <Tile
        label="Messages out"
        value={outward}
        format={rate}
        trail={told('messagesOutPerSecond')}
      />
      <Tile
        {...{ label: 'Bytes in', value: rates?.bytesIn, format: byteRate }}
        trail={told('bytesInPerSecond')}
      />
      <Tile
        {...{ label: 'Bytes out', value: rates?.bytesOut, format: byteRate }}
        trail={told('bytesOutPerSecond')}
      />
      <Tile label="Kept" value={network?.keptBytes} format={bytes} atMs={atMs} />
      <Tile label="Lost" value={network?.lost} format={count} note="since the start" />
      <Tile
        {...{ label: 'Refused', value: network?.handshakesRefused, format: count }}
        note="handshakes"
        tone={refused > 0 ? 'warn' : undefined}
      />
    </Tiles>
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
      notYet={/^[^@\s]+@[^@\s]+$/.test(other.value) ? undefined : 'Give it as name@host.'}
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
