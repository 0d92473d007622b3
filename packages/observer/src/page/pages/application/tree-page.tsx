/**
 * page/pages/application/tree-page: a supervision tree with what is chosen of it: colour, search,
 * focus, what is folded. All of that stands in the address.
 */
import type { ComponentChildren, VNode } from 'preact'
import { useMemo, useRef } from 'preact/hooks'
import { count } from '#page/base/format'
import { Button, Card, Empty, PageHead, ProblemBox, Skeleton } from '#page/kit/basics'
import { Choice, SearchField } from '#page/kit/fields'
import { nodeAddress } from '#page/live/api'
import type { Live } from '#page/live/stream'
import { useAnswer, useSteadySubject } from '#page/live/use'
import { pidParts, pidWithin } from '#page/model/pid-text'
import { type Look, NO_LOOK, nextLook } from '#page/model/row-rates'
import type { ToldApplication, ToldTree, ToldTreeRow } from '#page/model/told'
import { isTreeColour, TREE_COLOURS, type TreeColour } from '#page/model/tree-colour'
import { foldTree } from '#page/model/tree-fold'
import { matching } from '#page/model/tree-steps'
import { nodePath } from '#page/place'
import { setQuery } from '#page/router'
import { TreeLegend } from './tree-legend.js'
import { TreeView, type TreeViewProps } from './tree-view.js'

/** Processes that are asked for: the most a node tells. */
const TOLD_MAX = 2_000
const LISTED_MAX = 60
/** Levels below the roots that a node tells at most. */
const DEPTH_MAX = 64

export interface TreePageProps {
  readonly node: string
  /** Undefined: all processes of the node. */
  readonly application: string | undefined
  readonly query: URLSearchParams
}

export function TreePage({ node, application, query }: TreePageProps): VNode {
  const below = query.get('below') ?? undefined
  const live = useSteadySubject<ToldTree>(nodeAddress(node, 'tree', questionOf(application, query)))
  const { sheet, problem } = live
  const look = useTreeLook(live)
  const search = query.get('search') ?? ''
  const found = useMemo(() => matching(sheet?.rows ?? [], search), [sheet, search])
  const [folded, spread] = [idsOf(query, 'fold', sheet?.rows), idsOf(query, 'spread', sheet?.rows)]
  const tree = foldTree(found.rows, { folded, spread })
  return (
    <>
      <TreeHead node={node} application={application} below={below}>
        <Told
          sheet={sheet}
          drawn={tree.boxes.length}
          leftOut={tree.leftOut}
          found={found.matches}
        />
      </TreeHead>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <TreeFilters query={query} />
      <Card title="Supervision tree" flush>
        {sheet === undefined && <Skeleton height={560} />}
        {sheet !== undefined && tree.boxes.length === 0 && (
          <NoTree node={node} application={application} searched={search !== ''} />
        )}
        {tree.boxes.length > 0 && (
          <TreeView
            node={node}
            boxes={tree.boxes}
            colour={colourOf(query)}
            look={look}
            matches={found.matches}
            {...foldingOf(query, below)}
          />
        )}
      </Card>
    </>
  )
}

const questionOf = (application: string | undefined, query: URLSearchParams) => ({
  ...{ application, below: query.get('below') ?? undefined },
  ...{ depthMax: depthOf(query) ?? DEPTH_MAX, limit: TOLD_MAX },
})

/** What folds, spreads and focuses: all of it is a change of the address. */
const foldingOf = (
  query: URLSearchParams,
  below: string | undefined,
): Pick<TreeViewProps, 'onFold' | 'onSpread' | 'onFocus'> => ({
  onFold: (pid) => toggle(query, 'fold', pid),
  onSpread: (pid) => toggle(query, 'spread', pid),
  onFocus: (pid) => setQuery({ below: pid === below ? undefined : pid }),
})

function TreeFilters({ query }: { readonly query: URLSearchParams }): VNode {
  const colour = colourOf(query)
  return (
    <div class="filters">
      <SearchField
        label="Name, behaviour or pid"
        value={query.get('search') ?? ''}
        onValue={(text) => setQuery({ search: text.trim() || undefined })}
      />
      <Choice
        label="Coloured by"
        value={colour}
        choices={TREE_COLOURS.map((each) => [each, each] as const)}
        onValue={(each) => setQuery({ colour: each === 'state' ? undefined : each })}
      />
      <Choice
        label="Depth"
        value={String(depthOf(query) ?? '')}
        choices={DEPTHS}
        onValue={(depth) => setQuery({ depth: depth || undefined })}
      />
      <TreeLegend colour={colour} />
    </div>
  )
}

const DEPTHS = [
  ['', 'all of it'],
  ...[1, 2, 3, 5, 8].map((depth) => [String(depth), `${depth} below`] as const),
] as const

/** How many levels below the roots; undefined: as many as a node tells. */
function depthOf(query: URLSearchParams): number | undefined {
  const depth = Number(query.get('depth') ?? '')
  return Number.isInteger(depth) && depth > 0 && depth <= DEPTH_MAX ? depth : undefined
}

/** That an application does not run, and that there is none of that name, are two things. */
function NoTree({
  node,
  application,
  searched,
}: Omit<TreePageProps, 'query'> & { readonly searched: boolean }): VNode {
  const { answer } = useAnswer<{ readonly rows: readonly ToldApplication[] }>(
    nodeAddress(node, 'applications', { limit: 500 }),
  )
  const found =
    answer?.kind !== 'value' || answer.value.rows.some(({ name }) => name === application)
  if (searched) {
    return <EmptyTree title="No process is like that">Only what was told is searched.</EmptyTree>
  }
  if (found || application === undefined) {
    return <EmptyTree title="No process here">The application does not run.</EmptyTree>
  }
  return (
    <EmptyTree title="There is no such application">
      No application of this name is loaded on {node}.
    </EmptyTree>
  )
}

const EmptyTree = ({
  title,
  children,
}: {
  readonly title: string
  readonly children: ComponentChildren
}): VNode => (
  <div class="tree-empty">
    <Empty title={title}>{children}</Empty>
  </div>
)

function TreeHead({
  node,
  application,
  below,
  children,
}: Omit<TreePageProps, 'query'> & {
  readonly below: string | undefined
  readonly children: VNode
}): VNode {
  return (
    <PageHead title={application ?? `All of ${node}`} subtitle={children}>
      {below !== undefined && (
        <Button icon="close" onPress={() => setQuery({ below: undefined })}>
          Below {pidWithin(below, node)}
        </Button>
      )}
      <a class="button button-plain" href={nodePath(node, 'applications')}>
        All applications
      </a>
    </PageHead>
  )
}

/** Nothing is left out silently. */
function Told({
  sheet,
  drawn,
  leftOut,
  found,
}: {
  readonly sheet: ToldTree | undefined
  readonly drawn: number
  readonly leftOut: number
  readonly found: ReadonlySet<string>
}): VNode {
  if (sheet === undefined) return <>Looking…</>
  const { rows, total, complete } = sheet
  const all = complete
    ? `${count(total)} processes`
    : `${count(rows.length)} of ${count(total)} told`
  const hits = found.size > 0 ? `, ${count(found.size)} match` : ''
  const left = leftOut > 0 ? `, ${count(drawn)} drawn: fold or focus to see the others` : ''
  return <span class="figure">{`${all}${hits}${left}`}</span>
}

const colourOf = (query: URLSearchParams): TreeColour => {
  const given = query.get('colour') ?? undefined
  return isTreeColour(given) ? given : 'state'
}

const listOf = (query: URLSearchParams, key: string): readonly string[] =>
  (query.get(key) ?? '').split('.').filter((id) => /^\d{1,16}$/.test(id))

/** The processes an address means by their numbers. */
function idsOf(
  query: URLSearchParams,
  key: 'fold' | 'spread',
  rows: readonly ToldTreeRow[] = [],
): ReadonlySet<string> {
  const ids = new Set(listOf(query, key))
  if (ids.size === 0) return ids
  return new Set(rows.map(({ pid }) => pid).filter((pid) => ids.has(String(pidParts(pid)?.id))))
}

function toggle(query: URLSearchParams, key: 'fold' | 'spread', pid: string): void {
  const id = String(pidParts(pid)?.id)
  const ids = listOf(query, key)
  const next = ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id]
  setQuery({ [key]: next.slice(-LISTED_MAX).join('.') || undefined })
}

function useTreeLook({ sheet, atMs }: Live<ToldTree>): Look {
  const kept = useRef<{ readonly sheet: ToldTree | undefined; readonly look: Look }>({
    sheet: undefined,
    look: NO_LOOK,
  })
  if (sheet !== undefined && sheet !== kept.current.sheet) {
    kept.current = { sheet, look: nextLook(kept.current.look, sheet.rows, atMs) }
  }
  return kept.current.look
}
