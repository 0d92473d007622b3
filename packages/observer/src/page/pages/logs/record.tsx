/**
 * page/pages/logs/record: one record of a log, whole: its fields as a tree, its stack.
 */
import type { VNode } from 'preact'
import { dateTime, exactTime } from '#page/base/format'
import { KeyValue } from '#page/kit/basics'
import { Dialog } from '#page/kit/dialog'
import { NodeLink, PidLink } from '#page/kit/links'
import { sourceName } from '#page/model/log-storm'
import type { OfNode } from '#page/model/record-list'
import type { ToldLog } from '#page/model/told'
import { ValueTree } from '#page/pages/parts/value-tree'
import { nodePath } from '#page/place'

export function LogRecord({
  record,
  onClose,
}: {
  readonly record: OfNode<ToldLog>
  readonly onClose: () => void
}): VNode {
  const { message, fields, number } = record
  const stack = stackOf(fields)
  return (
    <Dialog title={`Record ${number}`} wide onClose={onClose}>
      <p class="record-message">{message}</p>
      <Origin record={record} />
      <h3>Fields</h3>
      {Object.keys(fields).length === 0 ? (
        <p class="quiet">None.</p>
      ) : (
        <ValueTree value={fields} label="Fields" />
      )}
      {stack !== undefined && (
        <>
          <h3>Stack</h3>
          <pre class="stack">{stack}</pre>
        </>
      )}
    </Dialog>
  )
}

function Origin({ record }: { readonly record: OfNode<ToldLog> }): VNode {
  const { node, level, timeMs, source } = record
  const { pid, name, behaviour, application } = source
  const only = pid === undefined ? undefined : nodePath(node, 'logs', [], { pid })
  return (
    <KeyValue
      rows={[
        ['Time', <time title={exactTime(timeMs)}>{dateTime(timeMs)}</time>],
        ['Level', <span class={`level level-${level}`}>{level}</span>],
        ['Node', <NodeLink node={node} />],
        ['Source', pid === undefined ? sourceName(record) : <PidLink pid={pid} name={name} />],
        ['Behaviour', behaviour ?? '–'],
        ['Application', application ?? '–'],
        ['More', only === undefined ? '–' : <a href={only}>Only of this process</a>],
      ]}
    />
  )
}

const DEPTH_MAX = 4

/** The first stack in the fields of a record: of an error, or of a reason that holds one. */
function stackOf(value: unknown, depth = 0): string | undefined {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return undefined
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'stack' && typeof inner === 'string' && inner !== '') return inner
    const found = stackOf(inner, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}
