/**
 * page/pages/processes: the first processes by an order, of a node or of all nodes.
 *
 * The node sorts and filters: of a million processes the page is told the few that are shown.
 * Behind a pid or a name in the address is the page of that one process.
 */
import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import type { ProcessOrder, ProcessQuery } from 'troupe'
import type { Merged } from '#observer/contract/api'
import { count, duration } from '#page/base/format'
import { isNarrow } from '#page/frame/theme'
import { Button, Card, Empty, PageHead, ProblemBox } from '#page/kit/basics'
import { Choice, Field, SearchField } from '#page/kit/fields'
import { Table } from '#page/kit/table'
import { address, nodeAddress } from '#page/live/api'
import type { Live } from '#page/live/stream'
import { useSteadySubject } from '#page/live/use'
import { pidParts } from '#page/model/pid-text'
import { type ColumnId, columnsOf, columnsText, type Whose } from '#page/model/process-columns'
import {
  addressOf,
  changed,
  isFiltered,
  KINDS,
  LIMITS,
  ORDERS,
  queryOf,
  questionOf,
  STATES,
} from '#page/model/process-query'
import { type Look, NO_LOOK, nextLook } from '#page/model/row-rates'
import type { ToldProcesses, ToldProcessRow } from '#page/model/told'
import type { PageProps } from '#page/pages'
import { nodePath, addressOf as placeAddress } from '#page/place'
import { go } from '#page/router'
import { ColumnChoice } from './parts/column-choice.js'
import { Missing } from './parts/missing.js'
import { type Figures, processColumns } from './parts/process-columns.js'
import { ProcessPage } from './process.js'

type Answer = Partial<ToldProcesses> & Partial<Merged<ToldProcessRow>>

export function ProcessesPage(props: PageProps): VNode {
  const [which] = props.rest
  if (props.node !== undefined && which !== undefined) {
    return (
      <ProcessPage
        key={`${props.node} ${which}`}
        node={props.node}
        which={which}
        query={props.query}
      />
    )
  }
  return <ProcessList {...props} />
}

/** What the address says of how they are shown. */
function useChosen({ node, query: given }: PageProps) {
  const query = queryOf(given)
  const figures: Figures = given.get('figures') === 'total' ? 'total' : 'rate'
  const whose: Whose = node === undefined ? 'cluster' : 'node'
  const chosen = columnsOf(given.get('columns'), whose)
  const show: Show = (next, { kind = figures, columns = chosen } = {}) => {
    const search = addressOf(next)
    const text = columnsText(columns, whose)
    if (kind === 'total') search.set('figures', 'total')
    if (text !== undefined) search.set('columns', text)
    go(placeAddress({ node, page: 'processes' }, Object.fromEntries(search)), { replace: true })
  }
  return { query, figures, whose, chosen, show }
}

function ProcessList(props: PageProps): VNode {
  const { node } = props
  const { query, figures, whose, chosen, show } = useChosen(props)
  const question = Object.fromEntries(new URLSearchParams(questionOf(query)))
  const live = useSteadySubject<Answer>(
    node === undefined
      ? address(['cluster', 'processes'], question)
      : nodeAddress(node, 'processes', question),
  )
  const { rates } = useLook(live)
  const choose = (columns: readonly ColumnId[]): void => show(query, { columns })
  return (
    <>
      <PageHead title="Processes" subtitle={<Told answer={live.sheet} query={query} />}>
        <ListChoices query={query} figures={figures} onShow={show} />
        <ColumnChoice chosen={chosen} whose={whose} onChosen={choose} />
      </PageHead>
      <Filters query={query} onQuery={show} />
      {live.problem !== undefined && <ProblemBox problem={live.problem} />}
      <Missing missing={live.sheet?.missing ?? []} />
      <Card title="Processes" flush>
        <Table
          label="Processes"
          heightMax={640}
          rows={live.sheet?.rows}
          keyOf={({ pid }) => pid}
          columns={processColumns({ node, rates, figures, chosen })}
          sorted={query.top}
          onSort={(order) => show(changed(query, 'top', order as ProcessOrder))}
          onOpen={open}
          empty={<NoRows filtered={isFiltered(query)} onAll={() => show({})} />}
        />
      </Card>
    </>
  )
}

function open({ pid }: ToldProcessRow): void {
  const node = pidParts(pid)?.node
  if (node !== undefined) go(nodePath(node, 'processes', [pid]))
}

/** Shows a view, in the address. */
type Show = (
  query: ProcessQuery,
  of?: { readonly kind?: Figures; readonly columns?: readonly ColumnId[] },
) => void

/** In which order, how many, and of what time. */
function ListChoices({
  query,
  figures,
  onShow,
}: {
  readonly query: ProcessQuery
  readonly figures: Figures
  readonly onShow: Show
}): VNode {
  return (
    <>
      <Choice
        label="Order"
        hideLabel
        value={query.top ?? ANY}
        choices={[
          ...ORDERS.map((order) => [order, `By ${ORDER_WORDS[order]}`] as const),
          [ANY, 'In no order'],
        ]}
        onValue={(order) => onShow(changed(query, 'top', order === ANY ? undefined : order))}
      />
      <Choice
        label="Rows"
        hideLabel
        value={String(query.limit)}
        choices={LIMITS.map((limit) => [String(limit), `${limit} rows`])}
        onValue={(limit) => onShow(changed(query, 'limit', Number(limit)))}
      />
      <Choice
        label="Figures"
        hideLabel
        value={figures}
        choices={FIGURES}
        onValue={(kind) => onShow(query, { kind })}
      />
    </>
  )
}

const FIGURES: readonly (readonly [Figures, string])[] = [
  ['rate', 'Per second'],
  ['total', 'In all'],
]

/** Two looks make rates; the one before is kept between two drawings. */
function useLook({ sheet, atMs }: Live<Answer>): Look {
  const kept = useRef<{ readonly sheet: Answer | undefined; readonly look: Look }>({
    sheet: undefined,
    look: NO_LOOK,
  })
  if (sheet !== undefined && sheet !== kept.current.sheet) {
    kept.current = { sheet, look: nextLook(kept.current.look, sheet.rows ?? [], atMs) }
  }
  return kept.current.look
}

/** How much of what there is can be seen. */
function Told({
  answer,
  query,
}: {
  readonly answer: Answer | undefined
  readonly query: ProcessQuery
}): VNode {
  if (answer === undefined) return <>Looking…</>
  const shown = answer.rows?.length ?? 0
  const { matched, total = 0, ageMs } = answer
  const of = isFiltered(query) && matched !== undefined ? matched : total
  const order =
    query.top === undefined ? 'as they lie in the table' : `by ${ORDER_WORDS[query.top]}`
  const all = isFiltered(query) && matched !== undefined ? `; ${count(total)} in all` : ''
  const age = ageMs !== undefined && ageMs > 2_000 ? `; looked ${duration(ageMs)} ago` : ''
  const words = `${count(shown)} of ${count(of)} shown, ${order}${all}${age}`
  return <span class="figure">{words}</span>
}

const ORDER_WORDS: Readonly<Record<ProcessOrder, string>> = {
  mailbox: 'mailbox',
  wait: 'wait',
  running: 'running time',
  'messages-in': 'messages in',
  'messages-out': 'messages out',
  restarts: 'restarts',
  age: 'age',
}

const ANY = ''

/** The words of a list, and one for none of them. */
const withAny = <T extends string>(
  list: readonly T[],
  any: string,
): readonly (readonly [T | typeof ANY, string])[] => [
  [ANY, any],
  ...list.map((word) => [word, word] as const),
]

const TEXT_FIELDS = [
  ['application', 'Application'],
  ['behaviour', 'Behaviour'],
  ['name', 'Name begins with'],
] as const

function Filters({
  query,
  onQuery,
}: {
  readonly query: ProcessQuery
  readonly onQuery: (query: ProcessQuery) => void
}): VNode {
  // A narrow screen has the search alone, and what an address has chosen.
  const shown = TEXT_FIELDS.filter(([key]) => !isNarrow.value || query[key] !== undefined)
  const texts = shown.map(([key, label]) => (
    <Field
      key={key}
      label={label}
      value={query[key] ?? ''}
      onValue={(text) => onQuery(changed(query, key, text.trim() || undefined))}
    />
  ))
  return (
    <div class="filters">
      <SearchField
        label="Name, behaviour or pid"
        value={query.search ?? ''}
        onValue={(text) => onQuery(changed(query, 'search', text.trim() || undefined))}
      />
      <Choice
        label="State"
        value={query.state ?? ANY}
        choices={withAny(STATES, 'any state')}
        onValue={(state) => onQuery(changed(query, 'state', state === ANY ? undefined : state))}
      />
      <Choice
        label="Kind"
        value={query.kind ?? ANY}
        choices={withAny(KINDS, 'any kind')}
        onValue={(kind) => onQuery(changed(query, 'kind', kind === ANY ? undefined : kind))}
      />
      {texts}
    </div>
  )
}

function NoRows({
  filtered,
  onAll,
}: {
  readonly filtered: boolean
  readonly onAll: () => void
}): VNode {
  if (!filtered) return <Empty title="No processes">The node told none.</Empty>
  return (
    <Empty title="No process is like that">
      <Button onPress={onAll}>Show all</Button>
    </Empty>
  )
}
