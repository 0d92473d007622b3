/**
 * page/pages/dead-letters: what nobody handled: by cause, and one by one.
 */
import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import type { DropCause } from 'troupe'
import type { Merged } from '#observer/contract/api'
import { count, rate } from '#page/base/format'
import { Button, Card, PageHead, ProblemBox, Skeleton } from '#page/kit/basics'
import { SearchField } from '#page/kit/fields'
import { address, nodeAddress } from '#page/live/api'
import type { Live } from '#page/live/stream'
import { useSteadySubject } from '#page/live/use'
import { addedUp, type CauseLook, type CauseRow, causeRows } from '#page/model/cause-rates'
import type { ToldDeadLetter, ToldDeadLetters } from '#page/model/told'
import type { PageProps } from '#page/pages'
import { setQuery } from '#page/router'
import { type Letter, Letters } from './dead-letters/letters.js'
import { Missing } from './parts/missing.js'
import { useQuiet } from './parts/use-quiet.js'

const LIMIT = 200

type Answer = Partial<ToldDeadLetters> & Partial<Merged<ToldDeadLetter>>
type Dropped = Readonly<Partial<Record<DropCause, number>>>

/** Of one node, or added up over all that answered. */
const droppedOf = ({ dropped, sheets = [] }: Answer): Dropped =>
  dropped ?? addedUp(sheets.map((sheet) => (sheet['dropped'] ?? {}) as Dropped))

export function DeadLettersPage({ node, query }: PageProps): VNode {
  const [cause, search] = [query.get('cause') ?? undefined, query.get('search') ?? undefined]
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
        // Drawn when it is known how many causes there are: what stands below does not move.
        <>
          <Card title="By cause" flush note={causes.length === 0 ? 'none so far' : undefined}>
            <Causes causes={causes} chosen={cause} />
          </Card>
          <LetterFilters cause={cause} search={search} />
          <Letters
            node={node}
            rows={sheet.rows as readonly Letter[] | undefined}
            gone={sheet.gone ?? 0}
            isFiltered={cause !== undefined || search !== undefined}
            query={query}
          />
        </>
      )}
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
  const quiet = useQuiet(atMs)
  return quiet ? kept.current.rows.map((row) => ({ ...row, perSecond: 0 })) : kept.current.rows
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
