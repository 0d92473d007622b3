/**
 * page/pages/parts/value-tree: any value that came as JSON, as a tree that can be folded.
 *
 * What stands in it is foreign: it is only ever shown as text.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { type Toggled, type ValueLine, valueLines } from '#page/model/value-tree'

export function ValueTree({
  value,
  label = 'Value',
}: {
  readonly value: unknown
  readonly label?: string
}): VNode {
  const toggled = useSignal<Toggled>(new Set())
  const toggle = (path: string): void => {
    const next = new Set(toggled.value)
    if (!next.delete(path)) next.add(path)
    toggled.value = next
  }
  return (
    <ul class="value-tree mono" aria-label={label}>
      {valueLines(value, toggled.value).map((line) => (
        <Line key={line.path} line={line} onToggle={() => toggle(line.path)} />
      ))}
    </ul>
  )
}

function Line({
  line: { depth, key, kind, text, entries, open },
  onToggle,
}: {
  readonly line: ValueLine
  readonly onToggle: () => void
}): VNode {
  const words = (
    <>
      {key !== undefined && <span class="value-key">{key}</span>}
      {!open && <span class={`value-text value-${kind}`}>{text}</span>}
      {open && kind === 'list' && <span class="value-text value-list">{text}</span>}
    </>
  )
  return (
    <li class="value-line" style={{ '--depth': Math.min(depth, 12) }}>
      {entries === 0 ? (
        <span class="value-plain">{words}</span>
      ) : (
        <button type="button" class="value-fold" aria-expanded={open} onClick={onToggle}>
          {words}
        </button>
      )}
    </li>
  )
}
