/**
 * page/pages/network/parts: how the network of a node is set: where it takes lines, ways that were
 * given by hand, what it can do and may take, and whom it did not let in.
 */
import type { VNode } from 'preact'
import type { AcceptorInfo, NetworkLimits, NetworkRouteInfo, NetworkSheet } from 'troupe'
import { bytes, count, duration } from '#page/base/format'
import { Badge, Card, Empty, KeyValue } from '#page/kit/basics'
import { type Column, Table } from '#page/kit/table'
import type { AsJson } from '#page/live/json'
import { endpoint } from './endpoint.js'

const yesOrNo = (holds: boolean, yes: string, no: string): VNode => (
  <Badge tone={holds ? 'good' : 'quiet'}>{holds ? yes : no}</Badge>
)

const ACCEPTORS: readonly Column<AcceptorInfo>[] = [
  {
    ...{ id: 'address', title: 'Listens at', width: 'minmax(138px, 1fr)' },
    cell: ({ address }) => <span class="mono">{endpoint(address)}</span>,
  },
  {
    ...{ id: 'advertised', title: 'Others are told', width: 'minmax(138px, 1fr)', wide: true },
    cell: ({ advertised }) => <span class="mono">{endpoint(advertised)}</span>,
  },
  {
    ...{ id: 'tls', title: 'TLS', width: '44px' },
    cell: ({ tls }) => yesOrNo(tls, 'TLS', 'plain'),
  },
  {
    ...{ id: 'lines', title: 'Lines', width: '38px', align: 'end' },
    cell: ({ lines }) => count(lines),
  },
  {
    ...{ id: 'errors', title: 'Failed', width: '52px', align: 'end' },
    cell: ({ handshakeErrors }) => (
      <span class={handshakeErrors > 0 ? 'words-warn' : ''}>{count(handshakeErrors)}</span>
    ),
  },
]

/** Where it takes lines. */
export const Acceptors = ({ sheet }: { readonly sheet: NetworkSheet }): VNode => (
  <Card title="Acceptors" note={`${sheet.mode}; every line proves the cookie`} flush>
    <Table
      label="Acceptors of the node"
      columns={ACCEPTORS}
      rows={sheet.acceptors}
      keyOf={({ address }) => endpoint(address)}
      heightMax={220}
      empty={<Empty title="It takes no lines">It dials others, or is alone.</Empty>}
    />
  </Card>
)

const where = ({ addresses, host, port }: NetworkRouteInfo): string => {
  if (addresses.length > 0) return addresses.join(', ')
  const told = [host, port].filter((part) => part !== undefined).join(':')
  return told === '' ? 'where the registrar says' : `${told}, else as the registrar says`
}

const ROUTES: readonly Column<NetworkRouteInfo>[] = [
  {
    ...{ id: 'match', title: 'Nodes', width: 'minmax(100px, 1fr)' },
    cell: ({ match }) => <span class="mono">{match}</span>,
  },
  {
    ...{ id: 'where', title: 'Reached at', width: 'minmax(120px, 2fr)' },
    cell: (route) => <span title={where(route)}>{where(route)}</span>,
  },
  {
    ...{ id: 'weight', title: 'Weight', width: '54px', align: 'end', wide: true },
    cell: ({ weight }) => count(weight),
  },
  {
    ...{ id: 'own', title: 'Of its own', width: '110px', wide: true },
    cell: ({ ownCookie, ownTls }) => (
      <span class="badges">
        {ownCookie && <Badge>cookie</Badge>}
        {ownTls && <Badge>TLS</Badge>}
        {!ownCookie && !ownTls && <span class="aside">nothing</span>}
      </span>
    ),
  },
]

/** Ways that were given by hand. */
export const Routes = ({ sheet }: { readonly sheet: NetworkSheet }): VNode => (
  <Card title="Static routes" note={count(sheet.routes.length)} flush>
    <Table
      label="Static routes of the node"
      columns={ROUTES}
      rows={sheet.routes}
      keyOf={(route) => `${route.match} ${where(route)} ${route.weight}`}
      heightMax={220}
      empty={<Empty title="None was given">Others are found by the registrar.</Empty>}
    />
  </Card>
)

/** `Infinity` comes as its name over HTTP. */
const above = (value: number): string =>
  Number.isFinite(Number(value)) ? `from ${bytes(value)}` : 'off'

const limitRows = (of: NetworkLimits) =>
  [
    ['Largest message', bytes(of.messageMaxBytes)],
    ['Not acknowledged, at most', bytes(of.windowBytes)],
    ['Kept for one node', bytes(of.sendBufferMaxBytes)],
    ['Mailbox takes from afar', `${count(of.remoteMailboxMax)} messages`],
    ['Compression', above(of.compressAboveBytes)],
    ['Connections', count(of.connectionsMax)],
    ['Sign of life every', duration(of.keepAliveMs)],
    ['Silent, then suspect', duration(of.silenceMs)],
    ['A broken line is mended for', duration(of.resumeWindowMs)],
    ['Handshake within', duration(of.handshakeTimeoutMs)],
  ] as const

/** What a connection may take. */
export const Limits = ({ sheet }: { readonly sheet: AsJson<NetworkSheet> }): VNode => (
  <Card title="Limits">
    {sheet.limits === undefined ? (
      <Empty title="This node has no network" />
    ) : (
      <KeyValue rows={limitRows(sheet.limits)} />
    )}
  </Card>
)

/** What it can do, and whom it did not let in. */
export function Errors({ sheet }: { readonly sheet: NetworkSheet }): VNode {
  const refused = Object.entries(sheet.refused).sort(([, one], [, other]) => other - one)
  return (
    <div class="flow">
      <Card title="Refused, by reason">
        {refused.length === 0 ? (
          <Empty title="Nobody was refused" />
        ) : (
          <KeyValue
            rows={refused.map(([reason, times]) => [
              <code key={reason}>{reason}</code>,
              <span key="times" class="figure words-warn">
                {count(times)}
              </span>,
            ])}
          />
        )}
      </Card>
      <Card title="Can do" note={count(sheet.flags.length)}>
        <p class="badges">
          {sheet.flags.map((flag) => (
            <Badge key={flag}>{flag}</Badge>
          ))}
          {sheet.flags.length === 0 && <span class="aside">nothing beyond the basics</span>}
        </p>
      </Card>
    </div>
  )
}
