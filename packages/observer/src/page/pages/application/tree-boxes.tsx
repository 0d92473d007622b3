/**
 * page/pages/application/tree-boxes: the boxes of a tree over their lines. Foreign names are text.
 */
import type { VNode } from 'preact'
import type { PidText } from '#observer/contract/api'
import { count, duration, percent, rate, short } from '#page/base/format'
import { pidWithin } from '#page/model/pid-text'
import type { Look } from '#page/model/row-rates'
import type { ToldTreeRow } from '#page/model/told'
import { boxClass, type TreeColour, throughputOf } from '#page/model/tree-colour'
import type { TreeBox } from '#page/model/tree-fold'
import type { PlacedBox, PlacedLine } from '#page/model/tree-layout'
import { depthsOf } from '#page/model/tree-steps'
import type { Size, Viewport } from '#page/model/viewport'
import { nodePath } from '#page/place'

export interface BoxesProps {
  readonly node: string
  readonly placed: readonly PlacedBox[]
  readonly lines: readonly PlacedLine[]
  readonly view: Viewport
  readonly size: Size
  readonly chosen: string | undefined
  readonly colour: TreeColour
  readonly look: Look
  readonly matches: ReadonlySet<PidText>
  readonly onChoose: (key: string) => void
  readonly onOpen: (box: TreeBox) => void
  readonly onFold: (pid: PidText) => void
}

export function Boxes(props: BoxesProps): VNode {
  const { placed, lines, view, size } = props
  const depths = depthsOf(placed.map(({ box }) => box))
  const transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`
  return (
    <div class="tree-plane" style={{ transform }}>
      <svg class="tree-lines" width={size.width} height={size.height} aria-hidden="true">
        {lines.map(({ key, path }) => (
          <path key={key} d={path} />
        ))}
      </svg>
      {placed.map((each) => (
        <Box
          key={each.box.key}
          {...props}
          each={each}
          level={(depths.get(each.box.key) ?? 0) + 1}
        />
      ))}
    </div>
  )
}

function Box(props: BoxesProps & { readonly each: PlacedBox; readonly level: number }): VNode {
  const { each, level, chosen, onChoose, onOpen } = props
  const { box, x, y, width, height } = each
  const words = box.kind === 'more' ? `${count(box.count)} more` : wordsOf(box.row)
  return (
    <div
      id={`box-${box.key}`}
      role="treeitem"
      class={classOf(props)}
      style={{ left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` }}
      title={words}
      aria-level={level}
      aria-selected={chosen === box.key}
      aria-expanded={box.kind === 'process' && box.row.children > 0 ? !box.folded : undefined}
      onClick={() => (box.kind === 'more' ? onOpen(box) : onChoose(box.key))}
      onDblClick={() => onOpen(box)}
    >
      {box.kind === 'more' ? (
        <span class="tree-more">{words}</span>
      ) : (
        <Process {...props} row={box.row} folded={box.folded} leftOut={box.childrenLeftOut} />
      )}
    </div>
  )
}

function classOf({
  each: { box },
  colour,
  look,
  matches,
  chosen,
}: BoxesProps & { readonly each: PlacedBox }): string {
  const own = box.kind === 'more' ? 'tree-rest' : boxClass(colour, box.row, look.rates.get(box.key))
  const faded = matches.size > 0 && !matches.has(box.key)
  return `tree-item ${own}${chosen === box.key ? ' chosen' : ''}${faded ? ' faded' : ''}`
}

const wordsOf = ({ name, behaviour, pid, state, mailbox, kind }: ToldTreeRow): string =>
  `${name ?? behaviour} ${pid}: ${kind}, ${state}, ${count(mailbox)} waiting`

function Process({
  row,
  folded,
  leftOut,
  node,
  colour,
  look,
  onFold,
}: BoxesProps & {
  readonly row: ToldTreeRow
  readonly folded: boolean
  readonly leftOut: number
}): VNode {
  return (
    <>
      <span class="tree-mark" />
      <a
        class="tree-name"
        href={nodePath(node, 'processes', [row.pid])}
        tabIndex={-1}
        draggable={false}
      >
        {row.name ?? row.behaviour}
      </a>
      <span class="tree-words">
        <span class="mono">{pidWithin(row.pid, node)}</span> {figureOf(row, colour, look)}
      </span>
      {row.children > 0 && (
        <FoldMark
          text={folded ? `+${short(row.children)}` : leftOut > 0 ? short(leftOut) : '−'}
          title={folded ? 'Unfold' : 'Fold'}
          onFold={() => onFold(row.pid)}
        />
      )}
    </>
  )
}

/** Space in the tree does the same. */
function FoldMark({
  text,
  title,
  onFold,
}: {
  readonly text: string
  readonly title: string
  readonly onFold: () => void
}): VNode {
  return (
    <span
      class="tree-fold"
      title={title}
      onClick={(event) => {
        event.stopPropagation()
        onFold()
      }}
    >
      {text}
    </span>
  )
}

/** The figure that the colour tells, as text. */
function figureOf(row: ToldTreeRow, colour: TreeColour, look: Look): string {
  switch (colour) {
    case 'state':
      return row.mailbox > 0 ? `${row.state}, ${short(row.mailbox)} waiting` : row.state
    case 'kind':
      return row.kind
    case 'mailbox':
      return `${short(row.mailbox)} waiting`
    case 'wait':
      return row.oldestWaitMs > 0 ? `waits ${duration(row.oldestWaitMs)}` : 'nothing waits'
    case 'utilisation':
      return `${percent(look.rates.get(row.pid)?.utilisation)} busy`
    case 'throughput':
      return `${rate(throughputOf(look.rates.get(row.pid)))} in and out`
  }
}
