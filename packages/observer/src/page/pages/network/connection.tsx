/**
 * page/pages/network/connection: all that is known of one connection, and what it carries while its
 * window is open.
 */
import type { ComponentChildren, VNode } from 'preact'
import type { ConnectionSheet } from 'troupe'
import { byteRate, bytes, count, duration, percent, rate } from '#page/base/format'
import { Action } from '#page/kit/action'
import { Badge, KeyValue, ProblemBox, Skeleton, State, Usage } from '#page/kit/basics'
import { Chart } from '#page/kit/chart'
import { Dialog } from '#page/kit/dialog'
import { nodeAddress } from '#page/live/api'
import { useBetween, useGathered, useSubject } from '#page/live/use'
import { connectionRates } from '#page/model/peer-rates'
import { nodePath } from '#page/place'
import { go } from '#page/router'

type Rows = readonly (readonly [string, ComponentChildren])[]

/** A transport whose addresses begin with its name says it once. */
const reachedAt = ({ transport, remote }: ConnectionSheet['info']): string =>
  remote.startsWith(transport) ? remote : `${transport} ${remote}`

const lineRows = ({ info, clockAheadMs }: ConnectionSheet): Rows => [
  ['Reached at', reachedAt(info)],
  ['Up for', duration(info.uptimeMs)],
  ['Lines so far', count(info.lines)],
  ['Round trip', info.roundTripMs < 0 ? '–' : duration(info.roundTripMs)],
  ['Its loop delay', duration(info.loopDelayMs)],
  ['Its clock is ahead', duration(clockAheadMs)],
  ['Our calls it owes', count(info.calls)],
]

const trafficRows = ({ info, bytesOut }: ConnectionSheet): Rows => [
  ['Messages out', count(info.messagesOut)],
  ['Not acknowledged', count(info.messagesOut - info.acknowledged)],
  ['Messages in', count(info.messagesIn)],
  ['Bytes out', bytes(bytesOut)],
  ['Bytes in', bytes(info.bytesIn)],
  ['Kept', `${bytes(info.keptBytes)}, ${bytes(info.waitingBytes)} still to leave`],
  ['Sent again', bytes(info.resentBytes)],
  ['Not understood', count(info.unknownKinds)],
]

const pieceRows = ({ fragments: of }: ConnectionSheet): Rows => [
  ['Under way', `${count(of.sending)} out, ${count(of.receiving)} in`],
  ['Sent', `${count(of.messagesSent)} in ${count(of.sent)} pieces`],
  ['Received', `${count(of.messagesReceived)} in ${count(of.received)} pieces`],
  ['Given up', count(of.gaveUp)],
]

const packed = (times: number, now: number, before: number): string =>
  times === 0
    ? 'none yet'
    : `${count(times)}, ${bytes(before)} as ${bytes(now)}: ${percent(now / before)}`

const compressionRows = ({ compression: of }: ConnectionSheet): Rows => [
  // `Infinity` comes as its name over HTTP.
  ['From', Number.isFinite(Number(of.aboveBytes)) ? bytes(of.aboveBytes) : 'off'],
  ['Sent', packed(of.sent, of.sentBytes, of.sentOriginalBytes)],
  ['Received', packed(of.received, of.receivedBytes, of.receivedOriginalBytes)],
]

/** The window. */
export function ConnectionWindow({
  node,
  other,
}: {
  readonly node: string
  readonly other: string
}): VNode {
  const live = useSubject<ConnectionSheet>(nodeAddress(node, 'connection', { node: other }))
  const { sheet, problem } = live
  const close = (): void => go(nodePath(node, 'network'))
  return (
    <Dialog
      title={
        <>
          <span class="mono">{node}</span> – <span class="mono">{other}</span>{' '}
          <State state={sheet?.info.state ?? 'asking'} />
        </>
      }
      onClose={close}
      actions={
        <Action
          node={node}
          label="Disconnect"
          order={{ do: 'disconnect', node: other }}
          confirm={other}
          words="What is open with it ends as no-connection; what was sent before still leaves."
          onDone={close}
        />
      }
      wide
    >
      {problem !== undefined && <ProblemBox problem={problem} />}
      {sheet === undefined && problem === undefined && <Skeleton height={560} />}
      {sheet !== undefined && <Traffic live={{ ...live, sheet }} />}
      {sheet !== undefined && <Whole sheet={sheet} />}
    </Dialog>
  )
}

/** What it carries, since the window is open. */
function Traffic({
  live,
}: {
  readonly live: { readonly sheet: ConnectionSheet; readonly atMs: number }
}): VNode {
  const rates = useBetween(live, connectionRates)
  const seen = useGathered(rates, live.atMs)
  const { untilMs, stepMs, points } = seen
  const values = (name: 'messagesOut' | 'messagesIn' | 'bytesOut' | 'bytesIn') =>
    points.map((point) => point?.[name] ?? null)
  const axis = { untilMs, stepMs, spanMs: points.length * stepMs, height: 110 }
  return (
    <div class="charts">
      <Chart
        {...{ title: 'Messages', format: rate, ...axis }}
        lines={[
          { label: 'out', values: values('messagesOut') },
          { label: 'in', values: values('messagesIn') },
        ]}
      />
      <Chart
        {...{ title: 'Bytes', format: byteRate, ...axis }}
        lines={[
          { label: 'out', values: values('bytesOut') },
          { label: 'in', values: values('bytesIn') },
        ]}
      />
    </div>
  )
}

function Whole({ sheet }: { readonly sheet: ConnectionSheet }): VNode {
  return (
    <div class="masonry">
      <Group title="Line" rows={lineRows(sheet)} />
      <Group title="Large messages in pieces" rows={pieceRows(sheet)} />
      <Group title="Traffic" rows={trafficRows(sheet)} />
      <Held sheet={sheet} />
      <Group title="Compression" rows={compressionRows(sheet)} />
      <Buffers sheet={sheet} />
      <Flags sheet={sheet} />
    </div>
  )
}

const Group = ({ title, rows }: { readonly title: string; readonly rows: Rows }): VNode => (
  <section>
    <h3>{title}</h3>
    <KeyValue rows={rows} />
  </section>
)

const Buffers = ({ sheet: { sendBuffer, dictionaries } }: { sheet: ConnectionSheet }): VNode => (
  <section>
    <h3>Buffer and dictionaries</h3>
    <Usage label="Kept to be sent" {...sendBuffer} format={bytes} />
    <Usage label="Names we sent" {...dictionaries.namesSent} format={count} calm />
    <Usage label="Shapes we sent" {...dictionaries.shapesSent} format={count} calm />
    <Usage label="Names it sent" {...dictionaries.namesReceived} format={count} calm />
    <Usage label="Shapes it sent" {...dictionaries.shapesReceived} format={count} calm />
  </section>
)

/** Mailboxes that wait for credit. */
const Held = ({ sheet: { heldMailboxes } }: { readonly sheet: ConnectionSheet }): VNode => (
  <section>
    <h3>Mailboxes held for want of credit</h3>
    {heldMailboxes.length === 0 ? (
      <p class="aside">None is held.</p>
    ) : (
      <KeyValue
        rows={heldMailboxes.map(({ to, direction, waiting, heldMs }) => [
          <span key={to} class="mono">
            {to}
          </span>,
          [
            direction === 'ours' ? 'ours, it waits' : 'its own, we wait',
            ...(waiting === undefined ? [] : [`${count(waiting)} in it`]),
            `for ${duration(heldMs)}`,
          ].join(', '),
        ])}
      />
    )}
  </section>
)

/** What both can do, and where they speak differently. */
const Flags = ({ sheet: { flags, info } }: { readonly sheet: ConnectionSheet }): VNode => (
  <section>
    <h3>Both can do</h3>
    <p class="badges">
      {flags.map((flag) => (
        <Badge key={flag}>{flag}</Badge>
      ))}
      {flags.length === 0 && <span class="aside">It has not answered yet.</span>}
    </p>
    {info.protocolsDiffer.length > 0 && (
      <>
        <h3>Protocols that differ</h3>
        <ul>
          {info.protocolsDiffer.map((each) => (
            <li key={each.protocol}>
              <span class="mono words-warn">{each.protocol}</span>: only here{' '}
              {each.onlyHere.join(', ') || 'nothing'}, only there{' '}
              {each.onlyThere.join(', ') || 'nothing'}
            </li>
          ))}
        </ul>
      </>
    )}
  </section>
)
