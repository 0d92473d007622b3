/**
 * page/pages/network/connection: all that is known of one connection.
 */
import type { ComponentChildren, VNode } from 'preact'
import type { ConnectionSheet } from 'troupe'
import { bytes, count, duration, percent } from '#page/base/format'
import { Action } from '#page/kit/action'
import { Badge, Empty, KeyValue, ProblemBox, Skeleton, State, Usage } from '#page/kit/basics'
import { Dialog } from '#page/kit/dialog'
import { nodeAddress } from '#page/live/api'
import { useSubject } from '#page/live/use'
import { nodePath } from '#page/place'
import { go } from '#page/router'

type Rows = readonly (readonly [string, ComponentChildren])[]

const ratio = (now: number, before: number): string =>
  before === 0 ? '–' : `${bytes(now)} of ${bytes(before)}, ${percent(now / before)}`

const lineRows = ({ info, clockAheadMs }: ConnectionSheet): Rows => [
  ['State', <State key="state" state={info.state} />],
  ['Reached at', `${info.transport} ${info.remote}`],
  ['Up for', duration(info.uptimeMs)],
  ['Lines so far', count(info.lines)],
  ['Round trip', info.roundTripMs < 0 ? '–' : duration(info.roundTripMs)],
  ['Its loop delay', duration(info.loopDelayMs)],
  ['Its clock is ahead', duration(clockAheadMs)],
  ['Our calls it owes', count(info.calls)],
]

const trafficRows = ({ info, bytesOut }: ConnectionSheet): Rows => [
  ['Messages out', `${count(info.messagesOut)}, ${count(info.acknowledged)} acknowledged`],
  ['Messages in', count(info.messagesIn)],
  ['Bytes out', bytes(bytesOut)],
  ['Bytes in', bytes(info.bytesIn)],
  ['Kept', bytes(info.keptBytes)],
  ['Of these, to leave', bytes(info.waitingBytes)],
  ['Sent again', bytes(info.resentBytes)],
  ['Kinds not understood', count(info.unknownKinds)],
]

const pieceRows = ({ fragments: of }: ConnectionSheet): Rows => [
  ['Under way', `${count(of.sending)} out, ${count(of.receiving)} in`],
  ['Pieces sent', `${count(of.sent)} of ${count(of.messagesSent)} messages`],
  ['Pieces received', `${count(of.received)} of ${count(of.messagesReceived)} messages`],
  ['Given up', count(of.gaveUp)],
]

const compressionRows = ({ compression: of }: ConnectionSheet): Rows => [
  ['From', of.aboveBytes === undefined ? 'off' : bytes(of.aboveBytes)],
  ['Sent', `${count(of.sent)}: ${ratio(of.sentBytes, of.sentOriginalBytes)}`],
  ['Received', `${count(of.received)}: ${ratio(of.receivedBytes, of.receivedOriginalBytes)}`],
]

/** The window. */
export function ConnectionWindow({
  node,
  other,
}: {
  readonly node: string
  readonly other: string
}): VNode {
  const { sheet, problem } = useSubject<ConnectionSheet>(
    nodeAddress(node, 'connection', { node: other }),
  )
  const close = (): void => go(nodePath(node, 'network'))
  return (
    <Dialog title={`${node} – ${other}`} onClose={close} wide>
      {problem !== undefined && <ProblemBox problem={problem} />}
      {sheet === undefined && problem === undefined && <Skeleton height={610} />}
      {sheet !== undefined && <Whole sheet={sheet} />}
      <div class="form-actions">
        <Action
          node={node}
          label="Disconnect"
          order={{ do: 'disconnect', node: other }}
          confirm={other}
          words="What is open with it ends as no-connection; what was sent before still leaves."
          onDone={close}
        />
      </div>
    </Dialog>
  )
}

function Whole({ sheet }: { readonly sheet: ConnectionSheet }): VNode {
  const groups: readonly (readonly [string, Rows])[] = [
    ['Line', lineRows(sheet)],
    ['Traffic', trafficRows(sheet)],
    ['Large messages in pieces', pieceRows(sheet)],
    ['Compression', compressionRows(sheet)],
  ]
  const { sendBuffer, dictionaries } = sheet
  return (
    <div class="flow">
      <div class="columns">
        {groups.map(([title, rows]) => (
          <section key={title}>
            <h3>{title}</h3>
            <KeyValue rows={rows} />
          </section>
        ))}
        <section>
          <h3>Limits</h3>
          <Usage label="Kept to be sent" {...sendBuffer} format={bytes} />
          <Usage label="Names we sent" {...dictionaries.namesSent} format={count} calm />
          <Usage label="Shapes we sent" {...dictionaries.shapesSent} format={count} calm />
          <Usage label="Names it sent" {...dictionaries.namesReceived} format={count} calm />
          <Usage label="Shapes it sent" {...dictionaries.shapesReceived} format={count} calm />
        </section>
        <Held sheet={sheet} />
      </div>
      <p class="badges">
        {sheet.flags.map((flag) => (
          <Badge key={flag}>{flag}</Badge>
        ))}
      </p>
    </div>
  )
}

/** Mailboxes that wait for credit. */
function Held({ sheet }: { readonly sheet: ConnectionSheet }): VNode {
  return (
    <section>
      <h3>Mailboxes held for want of credit</h3>
      {sheet.heldMailboxes.length === 0 ? (
        <Empty title="None is held" />
      ) : (
        <KeyValue
          rows={sheet.heldMailboxes.map(({ to, direction, waiting, heldMs }) => [
            to,
            `${direction}, ${count(waiting)} wait, for ${duration(heldMs)}`,
          ])}
        />
      )}
    </section>
  )
}
