/**
 * page/pages/dead-letters: what nobody handled: by cause, and one by one.
 */
import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import type { DropCause } from 'troupe'
import type { Merged } from '#observer/contract/api'
import { clockTime, count, exactTime, rate } from '#page/base/format'
import { Badge, Button, Card, Empty, PageHead, ProblemBox, Skeleton } from '#page/kit/basics'
import { SearchField } from '#page/kit/fields'
import { NodeLink, PidLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { address, nodeAddress } from '#page/live/api'
import type { Live } from '#page/live/stream'
import { useSteadySubject } from '#page/live/use'
import { addedUp, type CauseLook, type CauseRow, causeRows } from '#page/model/cause-rates'
import { pidWithin } from '#page/model/pid-text'
import type { ToldDeadLetter, ToldDeadLetters } from '#page/model/told'
import type { PageProps } from '#page/pages'
import { setQuery } from '#page/router'
import { Missing } from './parts/missing.js'
import { Word } from './parts/process-columns.js'

const LIMIT = 200

type Row = ToldDeadLetter & { readonly node?: string }
type Answer = Partial<ToldDeadLetters> & Partial<Merged<ToldDeadLetter>>
type Dropped = Readonly<Partial<Record<DropCause, number>>>

/** Of one node, or added up over all that answered. */
const droppedOf = ({ dropped, sheets = [] }: Answer): Dropped =>
  dropped ?? addedUp(sheets.map((sheet) => (sheet['dropped'] ?? {}) as Dropped))

export function DeadLettersPage({ node, query }: PageProps): VNode {
  const cause = query.get('cause') ?? undefined
  const search = query.get('search') ?? undefined
  const question = { cause, search, limit: LIMIT }
  const live = useSteadySubject<Answer>(
    node === undefined
      ? address(['cluster', 'dead-letters'], question)
      : nodeAddress(node, 'dead-letters', question),
  )
  const { sheet, problem } = live
  const causes = useCauses(live)
  const total = count(causes.reduce((sum, each) => sum + each.total, 0))
  const words = `${total} messages that nobody handled, on ${node ?? 'all nodes'}`
  return (
    <>
      <PageHead
        title="Dead letters"
        subtitle={<span class="figure">{sheet === undefined ? 'Looking…' : words}</span>}
      />
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Missing missing={sheet?.missing ?? []} />
      {sheet === undefined && problem === undefined && <Skeleton height={320} />}
      {sheet !== undefined && (
        <Letters node={node} sheet={sheet} causes={causes} cause={cause} search={search} />
      )}
    </>
  )
}

/** Drawn when it is known how many causes there are: what stands below them does not move. */
function Letters({
  node,
  sheet,
  causes,
  cause,
  search,
}: {
  readonly node: string | undefined
  readonly sheet: Answer
  readonly causes: readonly CauseRow[]
  readonly cause: string | undefined
  readonly search: string | undefined
}): VNode {
  return (
    <>
      <Card title="By cause" flush note={causes.length === 0 ? 'none so far' : undefined}>
        <Causes causes={causes} chosen={cause} />
      </Card>
      <LetterFilters cause={cause} search={search} />
      <Card title="The newest" note={<Gone sheet={sheet} />} flush>
        <Table
          label="Dead letters"
          heightMax={620}
          columns={columnsOf(node)}
          rows={sheet.rows as readonly Row[] | undefined}
          keyOf={({ node: of = '', number }) => `${of} ${number}`}
          empty={<NoLetters filtered={cause !== undefined || search !== undefined} />}
        />
      </Card>
    </>
  )
}

function LetterFilters({
  cause,
  search = '',
}: {
  readonly cause: string | undefined
  readonly search: string | undefined
}): VNode {
  return (
    <div class="filters">
      <SearchField
        label="Message or address"
        value={search}
        onValue={(text) => setQuery({ search: text.trim() || undefined })}
      />
      {cause !== undefined && (
        <Button icon="close" onPress={() => setQuery({ cause: undefined })}>
          Only {cause}
        </Button>
      )}
    </div>
  )
}

const NoLetters = ({ filtered }: { readonly filtered: boolean }): VNode => (
  <Empty title="No dead letter is kept">
    {filtered ? 'None is like that.' : 'Each message was handled, or waits.'}
  </Empty>
)

/** Counters of now, and what came since the look before. */
function useCauses({ sheet, atMs }: Live<Answer>): readonly CauseRow[] {
  const kept = useRef<{
    readonly sheet: Answer | undefined
    readonly look: CauseLook | undefined
    readonly rows: readonly CauseRow[]
  }>({ sheet: undefined, look: undefined, rows: [] })
  if (sheet !== undefined && sheet !== kept.current.sheet) {
    const look = { timeMs: atMs, dropped: droppedOf(sheet) }
    kept.current = { sheet, look, rows: causeRows(kept.current.look, look) }
  }
  return kept.current.rows
}

function Causes({
  causes,
  chosen,
}: {
  readonly causes: readonly CauseRow[]
  readonly chosen: string | undefined
}): VNode {
  return (
    <ul class="causes" aria-label="Dead letters by cause" tabIndex={0}>
      {causes.map(({ cause, total, perSecond }) => (
        <li key={cause}>
          <button
            type="button"
            class="cause"
            aria-pressed={cause === chosen}
            onClick={() => setQuery({ cause: cause === chosen ? undefined : cause })}
          >
            <span class="cause-name">{cause}</span>
            <span class="cause-total figure-end">{count(total)}</span>
            <span class="cause-rate figure-end">{rate(perSecond)}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function Gone({ sheet }: { readonly sheet: Answer | undefined }): VNode | null {
  if (sheet?.gone === undefined || sheet.gone === 0) return null
  return <span class="figure">{count(sheet.gone)} more were counted and are not kept</span>
}

const TIME: Column<Row> = {
  id: 'time',
  title: 'Time',
  width: '68px',
  cell: ({ timeMs }) => <span title={exactTime(timeMs)}>{clockTime(timeMs)}</span>,
}

const NODE_COLUMN: Column<Row> = {
  id: 'node',
  title: 'Node',
  width: 'minmax(90px, 1fr)',
  wide: true,
  cell: ({ node }) => (node === undefined ? null : <NodeLink node={node} page="dead-letters" />),
}

const columnsOf = (node: string | undefined): readonly Column<Row>[] => [
  TIME,
  ...(node === undefined ? [NODE_COLUMN] : []),
  {
    id: 'cause',
    title: 'Cause',
    width: '132px',
    cell: ({ cause }) => <Badge tone="warn">{cause}</Badge>,
  },
  {
    id: 'message',
    title: 'Message',
    width: 'minmax(90px, 1.4fr)',
    cell: ({ message }) => <Word text={message} />,
  },
  {
    id: 'count',
    title: 'Count',
    width: '52px',
    align: 'end',
    wide: true,
    cell: (row) => (
      <span class={row.count > 1 ? 'figure' : 'figure quiet'}>{count(row.count)}</span>
    ),
  },
  ...endsOf(node),
]

/** On the page of one node its pids need not name it. */
const endsOf = (node: string | undefined): readonly Column<Row>[] => [
  {
    id: 'from',
    title: 'From',
    width: 'minmax(90px, 1fr)',
    wide: true,
    cell: ({ from, node: of }) =>
      from === undefined ? (
        <span class="quiet">a node</span>
      ) : (
        <PidLink pid={from} name={pidWithin(from, of ?? node ?? '')} />
      ),
  },
  {
    id: 'to',
    title: 'To',
    width: 'minmax(90px, 1.6fr)',
    cell: ({ to, node: of }) => <PidLink pid={to} name={pidWithin(to, of ?? node ?? '')} />,
  },
]
