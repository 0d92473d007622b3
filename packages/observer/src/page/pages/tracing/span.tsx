/**
 * page/pages/tracing/span: one span, whole.
 */
import type { ComponentChildren, VNode } from 'preact'
import { duration, exactTime } from '#page/base/format'
import { Badge, KeyValue } from '#page/kit/basics'
import { Dialog } from '#page/kit/dialog'
import { NodeLink, PidLink } from '#page/kit/links'
import type { SpanRow } from '#page/model/waterfall'
import { ValueTree } from '#page/pages/parts/value-tree'

export function SpanDetail({
  row,
  onClose,
}: {
  readonly row: SpanRow
  readonly onClose: () => void
}): VNode {
  const { name, attributes } = row.span
  return (
    <Dialog title={name} wide onClose={onClose}>
      <KeyValue rows={factsOf(row)} />
      <h3>Attributes</h3>
      {Object.keys(attributes).length === 0 ? (
        <p class="quiet">None.</p>
      ) : (
        <ValueTree value={attributes} label="Attributes" />
      )}
    </Dialog>
  )
}

type Fact = readonly [string, ComponentChildren]

function factsOf({ span, sentMs, deliveredMs, endMs, orphan, open }: SpanRow): readonly Fact[] {
  const process = (pid: string | undefined) => (pid === undefined ? '–' : <PidLink pid={pid} />)
  const parent = `${span.parentId ?? 'none'}${orphan ? ' (no node has told it)' : ''}`
  return [
    ['Kind', span.kind],
    ['Node', <NodeLink node={span.node} />],
    ['From', process(span.from)],
    ['To', process(span.to)],
    ['Behaviour', span.behaviour ?? '–'],
    ['Sent', exactTime(span.sentMs)],
    ['Waited in the mailbox', duration(deliveredMs - sentMs)],
    ['In the handler', open ? 'not seen to end' : duration(endMs - deliveredMs)],
    ['Outcome', <Outcome failed={span.failed} />],
    ['Span', <span class="mono">{span.spanId}</span>],
    ['Parent', <span class="mono">{parent}</span>],
  ]
}

const Outcome = ({ failed }: { readonly failed: string | undefined }): VNode =>
  failed === undefined ? (
    <Badge tone="good">well</Badge>
  ) : (
    <span>
      <Badge tone="bad">failed</Badge> {failed}
    </span>
  )
