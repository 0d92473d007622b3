/**
 * Traces as trees of text, over one node or several.
 */
import assert from 'node:assert/strict'
import type { Node, Span } from 'troupe'

/** All spans that some nodes keep, the oldest first. */
export const spansOf = (...nodes: readonly Node[]): readonly Span[] =>
  nodes.flatMap((node) => [...node.tracing.spans()].reverse())

/** The points of a span, by their first letters. */
const pointsOf = ({ sentMs, deliveredMs, processedMs }: Span): string =>
  [
    sentMs === undefined ? '' : 's',
    deliveredMs === undefined ? '' : 'd',
    processedMs === undefined ? '' : 'p',
  ].join('')

function lineOf(span: Span, isAcross: boolean): string {
  const at = isAcross ? `${span.node.slice(0, span.node.indexOf('@'))}: ` : ''
  const failed = span.failed === undefined ? '' : ` !${span.failed}`
  return `${at}${span.kind} ${span.name} ${pointsOf(span)}${failed}`
}

/** Each span below its parent, as lines; those without one that is known stand at the edge. */
export function treeOf(spans: readonly Span[], isAcross = false): readonly string[] {
  const known = new Set(spans.map(({ spanId }) => spanId))
  const lines: string[] = []
  const put = (span: Span, depth: number): void => {
    lines.push(`${'  '.repeat(depth)}${lineOf(span, isAcross)}`)
    for (const child of spans) if (child.parentId === span.spanId) put(child, depth + 1)
  }
  for (const span of spans) if (!known.has(span.parentId ?? '')) put(span, 0)
  assert.equal(lines.length, spans.length, 'each span has one place')
  return lines
}

/** How many traces these spans are of. */
export const tracesIn = (spans: readonly Span[]): number =>
  new Set(spans.map(({ traceId }) => traceId)).size
