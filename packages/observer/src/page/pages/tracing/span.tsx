/**
 * page/pages/tracing/span: one span, whole.
 */
import type { VNode } from 'preact'
import { duration, exactTime } from '#page/base/format'
import { Badge, KeyValue } from '#page/kit/basics'
import { Dialog } from '#page/kit/dialog'
import { NodeLink, PidLink } from '#page/kit/links'
import type { SpanRow } from '#page/model/waterfall'
import { ValueTree } from '../parts/value-tree.js'

export function SpanDetail({
  row,
  onClose,
}: {
  readonly row: SpanRow
  readonly onClose: () => void
}): VNode {
  const { span, sentMs, deliveredMs, endMs, orphan, open } = row
  return (
    <Dialog title={span.name} wide onClose={onClose}>
      <KeyValue
        rows={[
          ['Kind', span.kind],
          ['Node', <NodeLink node={span.node} />],
          ['From', span.from === undefined ? '–' : <PidLink pid={span.from} />],
          ['To', span.to === undefined ? '–' : <PidLink pid={span.to} />],
          ['Behaviour', span.behaviour ?? '–'],
          ['Sent', exactTime(span.sentMs)],
          ['Waited in the mailbox', duration(deliveredMs - sentMs)],
          ['In the handler', open ? 'not seen to end' : duration(endMs - deliveredMs)],
          [
            'Outcome',
            span.failed === undefined ? (
              <Badge tone="good">well</Badge>
            ) : (
              <span>
                <Badge tone="bad">failed</Badge> {span.failed}
              </span>
            ),
          ],
          ['Span', <span class="mono">{span.spanId}</span>],
          [
            'Parent',
            <span class="mono">
              {span.parentId ?? 'none'}
              {orphan && ' (no node has told it)'}
            </span>,
          ],
        ]}
      />
      <h3>Attributes</h3>
      {Object.keys(span.attributes).length === 0 ? (
        <p class="quiet">None.</p>
      ) : (
        <ValueTree value={span.attributes} label="Attributes" />
      )}
    </Dialog>
  )
}
