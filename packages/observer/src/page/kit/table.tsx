/**
 * page/kit/table: rows of any number: only those in sight are drawn. Sorted by who asks.
 *
 * Keys while it is there: `j` and `k` choose a row, Enter opens it.
 */
import { useSignal } from '@preact/signals'
import type { ComponentChildren, VNode } from 'preact'
import { useRef } from 'preact/hooks'
import { isNarrow } from '#page/frame/theme'
import { Skeleton } from './basics.js'
import { useKeys } from './keys.js'

/** One column. */
export interface Column<R> {
  readonly id: string
  readonly title: string
  /** Of the CSS grid: `80px`, `minmax(120px, 2fr)`. */
  readonly width: string
  readonly align?: 'end'
  /** Told by this name to `onSort`; undefined: it cannot be sorted by. */
  readonly sort?: string
  /** Left out where the screen is narrow. */
  readonly wide?: boolean
  /** Where the screen is narrow it stands below the others, on a line of its own. */
  readonly below?: boolean
  readonly cell: (row: R) => ComponentChildren
}

export interface TableProps<R> {
  /** What it lists, for readers of screens. */
  readonly label: string
  readonly columns: readonly Column<R>[]
  /** Undefined: not there yet. */
  readonly rows: readonly R[] | undefined
  readonly keyOf: (row: R) => string
  /** Opens a row: by click, or by Enter. */
  readonly onOpen?: (row: R) => void
  readonly sorted?: string | undefined
  readonly onSort?: (name: string) => void
  /** What stands there when there are no rows. */
  readonly empty: ComponentChildren
  /** Pixels before it scrolls; default 520. */
  readonly heightMax?: number
  /** It keeps its full height with few rows, so that nothing moves when rows come. */
  readonly steady?: boolean
  readonly toneOf?: (row: R) => string | undefined
}

const ROW_HEIGHT = 34
/** What a row needs more for a second line. */
const BELOW_HEIGHT = 32
const HEAD_HEIGHT = 32
/** Rows drawn above and below what is in sight. */
const MARGIN = 8

/** A table. */
export function Table<R>(props: TableProps<R>): VNode {
  const { rows, columns, heightMax = 520, steady = false } = props
  const top = useSignal(0)
  const chosen = useSignal<string | undefined>(undefined)
  const box = useRef<HTMLDivElement>(null)
  const shown = shownOf(columns, isNarrow.value)
  useRowKeys(props, chosen, box, shown.rowHeight)
  if (rows === undefined) return <Skeleton height={steady ? heightMax : 200} />
  if (rows.length === 0) {
    return <div style={steady ? { minHeight: `${heightMax}px` } : {}}>{props.empty}</div>
  }
  const height = Math.min(heightMax, HEAD_HEIGHT + rows.length * shown.rowHeight + 1)
  return (
    <div
      class="table"
      role="table"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      tabIndex={0}
      ref={box}
      style={{
        height: `${steady ? heightMax : height}px`,
        '--columns': shown.columns.map(({ width }) => width).join(' '),
      }}
      onScroll={(event) => {
        top.value = event.currentTarget.scrollTop
      }}
    >
      <Head shown={shown.columns} sorted={props.sorted} onSort={props.onSort} />
      <Rows {...props} rows={rows} shown={shown} top={top.value} chosen={chosen.value} />
    </div>
  )
}

/** The columns of a screen, those that stand below them, and how high a row is. */
interface Shown<R> {
  readonly columns: readonly Column<R>[]
  readonly below: readonly Column<R>[]
  readonly rowHeight: number
}

function shownOf<R>(columns: readonly Column<R>[], narrow: boolean): Shown<R> {
  if (!narrow) return { columns, below: [], rowHeight: ROW_HEIGHT }
  const left = columns.filter(({ wide }) => wide !== true)
  const below = left.filter((column) => column.below === true)
  const rowHeight = below.length === 0 ? ROW_HEIGHT : ROW_HEIGHT + BELOW_HEIGHT
  return { columns: left.filter((column) => column.below !== true), below, rowHeight }
}

/** The rows that are in sight, each at its place. */
function Rows<R>({
  rows,
  shown,
  top,
  chosen,
  keyOf,
  toneOf,
  onOpen,
  heightMax = 520,
}: TableProps<R> & {
  readonly rows: readonly R[]
  readonly shown: Shown<R>
  readonly top: number
  readonly chosen: string | undefined
}): VNode {
  const { rowHeight } = shown
  const first = Math.max(0, Math.floor(top / rowHeight) - MARGIN)
  const seen = Math.ceil(heightMax / rowHeight) + 2 * MARGIN
  return (
    <div class="table-rows" role="rowgroup" style={{ height: `${rows.length * rowHeight}px` }}>
      {rows.slice(first, first + seen).map((row, index) => (
        <Row
          key={keyOf(row)}
          row={row}
          place={first + index}
          shown={shown}
          chosen={chosen === keyOf(row)}
          tone={toneOf?.(row)}
          onOpen={onOpen}
        />
      ))}
    </div>
  )
}

function Head<R>({
  shown,
  sorted,
  onSort,
}: {
  readonly shown: readonly Column<R>[]
  readonly sorted: string | undefined
  readonly onSort: ((name: string) => void) | undefined
}): VNode {
  return (
    <div class="table-head" role="rowgroup">
      <div class="table-line" role="row" aria-rowindex={1}>
        {shown.map(({ id, title, align, sort }) => (
          <div
            key={id}
            role="columnheader"
            class={align === 'end' ? 'cell cell-end' : 'cell'}
            aria-sort={sort !== undefined && sort === sorted ? 'descending' : undefined}
          >
            {title === '' && <span class="unseen">Actions</span>}
            {sort === undefined || onSort === undefined ? (
              title
            ) : (
              <button
                type="button"
                class={sort === sorted ? 'sort sort-on' : 'sort'}
                onClick={() => onSort(sort)}
              >
                {title}
              </button>
            )}
          </div>
        ))}
      </div>
    </div>
  )
}

interface RowProps<R> {
  readonly row: R
  readonly place: number
  readonly shown: Shown<R>
  readonly chosen: boolean
  readonly tone: string | undefined
  readonly onOpen: ((row: R) => void) | undefined
}

function Row<R>({ row, place, shown, chosen, tone, onOpen }: RowProps<R>): VNode {
  const { columns, below, rowHeight } = shown
  const open = (event: MouseEvent): void => {
    const inner = event.target instanceof Element ? event.target.closest('a, button, input') : null
    if (inner === null) onOpen?.(row)
  }
  const names = ['table-line', 'table-row', onOpen && 'opens', chosen && 'chosen', tone]
  return (
    <div
      role="row"
      aria-rowindex={place + 2}
      class={names.filter(Boolean).join(' ')}
      style={{ height: `${rowHeight}px`, transform: `translateY(${place * rowHeight}px)` }}
      onClick={open}
    >
      {columns.map(({ id, align, cell }) => (
        <div key={id} role="cell" class={align === 'end' ? 'cell cell-end' : 'cell'}>
          {cell(row)}
        </div>
      ))}
      {below.map(({ id, cell }) => (
        <div key={id} role="cell" class="cell cell-below">
          {cell(row)}
        </div>
      ))}
    </div>
  )
}

function useRowKeys<R>(
  { rows, keyOf, onOpen }: TableProps<R>,
  chosen: { value: string | undefined },
  box: { readonly current: HTMLDivElement | null },
  rowHeight: number,
): void {
  const move = (by: number): void => {
    if (rows === undefined || rows.length === 0) return
    const before = rows.findIndex((row) => keyOf(row) === chosen.value)
    const place = Math.min(rows.length - 1, Math.max(0, before + by))
    const row = rows[place]
    if (row !== undefined) chosen.value = keyOf(row)
    scrollTo(box.current, place, rowHeight)
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: (event) => {
      if (event.target instanceof Element && event.target.closest('a, button') !== null) return
      const row = rows?.find((each) => keyOf(each) === chosen.value)
      if (row !== undefined) onOpen?.(row)
    },
  })
}

function scrollTo(box: HTMLDivElement | null, place: number, rowHeight: number): void {
  if (box === null) return
  const [top, room] = [place * rowHeight, box.clientHeight - HEAD_HEIGHT - rowHeight]
  if (top < box.scrollTop) box.scrollTop = top
  else if (top > box.scrollTop + room) box.scrollTop = top - room
}
