/**
 * page/pages/events/stream: what is published on one topic, as it happens: a line each, and one of
 * them whole.
 */
import type { VNode } from 'preact'
import { clockTime, count, exactTime } from '#page/base/format'
import { Card, Empty, KeyValue, ProblemBox } from '#page/kit/basics'
import { Dialog } from '#page/kit/dialog'
import { SearchField } from '#page/kit/fields'
import { type Column, Table } from '#page/kit/table'
import { nodeAddress } from '#page/live/api'
import type { NumberedRecord } from '#page/model/record-list'
import { valueInShort } from '#page/model/value-tree'
import { StormCard } from '#page/pages/logs/storm'
import { PauseButton } from '#page/pages/parts/pause-button'
import { type LiveRecords, useRecords } from '#page/pages/parts/use-records'
import { ValueTree } from '#page/pages/parts/value-tree'
import { nodePath } from '#page/place'
import { setQuery } from '#page/router'

/** One publication. */
interface Publication extends NumberedRecord {
  readonly payload?: unknown
}

const PER_SECOND_MAX = 50

export interface EventStreamProps {
  readonly node: string
  readonly event: string
  readonly query: URLSearchParams
}

export function EventStream({ node, event, query }: EventStreamProps): VNode {
  const search = query.get('text') ?? ''
  const told = useRecords<Publication>(
    node,
    undefined,
    nodeAddress(node, 'follow', { of: 'event', event, search, perSecondMax: PER_SECOND_MAX }),
  )
  const { list, storm, problem } = told
  const opened = list.rows.find(({ number }) => String(number) === query.get('publication'))
  return (
    <Card
      title={event}
      note={<Seen told={told} />}
      actions={<StreamActions node={node} search={search} told={told} />}
      flush
    >
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Table
        label={`Published on ${event}`}
        steady
        heightMax={272}
        columns={COLUMNS}
        rows={list.rows}
        keyOf={({ number }) => String(number)}
        onOpen={({ number }) => setQuery({ publication: number })}
        empty={<NothingYet />}
      />
      <StormCard storm={storm} />
      {opened !== undefined && <Opened publication={opened} />}
    </Card>
  )
}

function StreamActions({
  node,
  search,
  told: { paused },
}: {
  readonly node: string
  readonly search: string
  readonly told: LiveRecords<Publication>
}): VNode {
  return (
    <>
      <SearchField
        label="Text in it"
        value={search}
        onValue={(text) => setQuery({ text: text.trim() || undefined })}
      />
      <PauseButton paused={paused} />
      <a class="button button-plain" href={nodePath(node, 'events')}>
        Close
      </a>
    </>
  )
}

const NothingYet = (): VNode => (
  <Empty title="Nothing published yet">What is published from now on shows up here.</Empty>
)

function Seen({ told: { list, missed } }: { readonly told: LiveRecords<Publication> }): VNode {
  const stood = missed > 0 ? `, ${count(missed)} while it stood still` : ''
  const left = list.leftOut > 0 ? `, ${count(list.leftOut)} left out` : ''
  return <span class="figure">{`${count(list.rows.length)} seen${stood}${left}`}</span>
}

const COLUMNS: readonly Column<Publication>[] = [
  {
    id: 'time',
    title: 'Time',
    width: '94px',
    cell: ({ timeMs }) => <span class="figure">{exactTime(timeMs)}</span>,
  },
  {
    id: 'number',
    title: 'Number',
    width: '64px',
    align: 'end',
    cell: ({ number }) => <span class="figure quiet">{count(number)}</span>,
  },
  {
    id: 'payload',
    title: 'Payload',
    width: 'minmax(120px, 1fr)',
    cell: ({ payload }) =>
      payload === undefined ? (
        <span class="quiet">not shown here</span>
      ) : (
        <span class="word mono">{valueInShort(payload)}</span>
      ),
  },
]

/** Whole, with what can be unfolded. */
function Opened({ publication }: { readonly publication: Publication }): VNode {
  const { number, timeMs, payload } = publication
  return (
    <Dialog
      title={`Publication ${number}`}
      wide
      onClose={() => setQuery({ publication: undefined })}
    >
      <KeyValue rows={[['Time', <time title={exactTime(timeMs)}>{clockTime(timeMs)}</time>]]} />
      <h3>Payload</h3>
      {payload === undefined ? (
        <p class="quiet">Payloads are not shown here.</p>
      ) : (
        <ValueTree value={payload} label="Payload" />
      )}
    </Dialog>
  )
}
