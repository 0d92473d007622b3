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
import { nodePath } from '#page/place'
import { ValueTree } from '../parts/value-tree.js'

export function LogRecord({
  record,
  onClose,
}: {
  readonly record: OfNode<ToldLog>
  readonly onClose: () => void
}): VNode {
  const { node, level, timeMs, source, message, fields, number } = record
  const stack = stackOf(fields)
  return (
    <Dialog title={`Record ${number}`} wide onClose={onClose}>
      <p class="record-message">{message}</p>
      <KeyValue
        rows={[
          ['Time', <time title={exactTime(timeMs)}>{dateTime(timeMs)}</time>],
          ['Level', <span class={`level level-${level}`}>{level}</span>],
          ['Node', <NodeLink node={node} />],
          [
            'Source',
            source.pid === undefined ? (
              sourceName(record)
            ) : (
              <PidLink pid={source.pid} name={source.name} />
            ),
          ],
          ['Behaviour', source.behaviour ?? '–'],
          ['Application', source.application ?? '–'],
          [
            'More',
            source.pid === undefined ? (
              '–'
            ) : (
              <a href={nodePath(node, 'logs', [], { pid: source.pid })}>Only of this process</a>
            ),
          ],
        ]}
      />
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
