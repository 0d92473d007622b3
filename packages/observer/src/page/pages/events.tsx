/**
 * page/pages/events: the topics of a node or of all nodes; behind the name of one what is
 * published there, as it happens.
 */
import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import type { Merged } from '#observer/contract/api'
import { count, rate } from '#page/base/format'
import { Badge, Card, Empty, PageHead, ProblemBox } from '#page/kit/basics'
import { SearchField } from '#page/kit/fields'
import { NodeLink, PidLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { address, nodeAddress } from '#page/live/api'
import type { Live } from '#page/live/stream'
import { useSteadySubject } from '#page/live/use'
import { type EventLook, eventLook, NO_EVENTS, nameOfEvent, useOf } from '#page/model/event-rates'
import type { ToldEvent } from '#page/model/told'
import type { PageProps } from '#page/pages'
import { nodePath } from '#page/place'
import { go, setQuery } from '#page/router'
import { EventStream } from './events/stream.js'
import { Missing } from './parts/missing.js'
import { useQuiet } from './parts/use-quiet.js'

const LIMIT = 500

type Row = ToldEvent & { readonly node?: string }
type Answer = { readonly rows: readonly Row[] } & Partial<Merged<ToldEvent>>

export function EventsPage({ node, rest, query }: PageProps): VNode {
  const [opened] = rest
  const live = useSteadySubject<Answer>(
    node === undefined
      ? address(['cluster', 'events'], { limit: LIMIT })
      : nodeAddress(node, 'events', { limit: LIMIT }),
  )
  const { sheet, problem } = live
  const words = `${count(sheet?.rows.length)} topics on ${node ?? 'all nodes'}`
  return (
    <>
      <PageHead
        title="Events"
        subtitle={<span class="figure">{sheet === undefined ? 'Looking…' : words}</span>}
      />
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Missing missing={sheet?.missing ?? []} />
      {node !== undefined && opened !== undefined && (
        <EventStream key={opened} node={node} event={opened} query={query} />
      )}
      <Topics node={node} live={live} search={query.get('search') ?? ''} />
    </>
  )
}

function Topics({
  node,
  live,
  search,
}: {
  readonly node: string | undefined
  readonly live: Live<Answer>
  readonly search: string
}): VNode {
  const seen = useLook(live)
  const look = useQuiet(live.atMs) ? undefined : seen
  const wanted = search.toLowerCase()
  return (
    <Card
      title="Topics"
      actions={
        <SearchField
          label="Name of the topic"
          value={search}
          onValue={(text) => setQuery({ search: text.trim() || undefined })}
        />
      }
      flush
    >
      <Table
        label="Topics"
        heightMax={620}
        columns={columnsOf(node, look)}
        rows={live.sheet?.rows.filter(({ event }) => event.toLowerCase().includes(wanted))}
        keyOf={keyOf}
        onOpen={(row) => openTopic(row, node)}
        empty={<Empty title={search === '' ? 'There is no topic' : 'No topic is like that'} />}
      />
    </Card>
  )
}

/** What the node tells of itself has pages of its own; only events of programs are followed. */
const OWN: ReadonlySet<string> = new Set(['node', 'registrar', 'membership'])

function openTopic(row: Row, node = row.node): void {
  const name = nameOfEvent(row.event)
  if (node !== undefined && !OWN.has(name)) go(nodePath(node, 'events', [name]))
}

const keyOf = ({ event, node = '' }: Row): string => `${node} ${event}`

function useLook({ sheet, atMs }: Live<Answer>): EventLook {
  const kept = useRef<{ readonly sheet: Answer | undefined; readonly look: EventLook }>({
    sheet: undefined,
    look: NO_EVENTS,
  })
  if (sheet !== undefined && sheet !== kept.current.sheet) {
    const counters = sheet.rows.map((row) => ({ ...row, key: keyOf(row) }))
    kept.current = { sheet, look: eventLook(kept.current.look, counters, atMs) }
  }
  return kept.current.look
}

/** Without a look nothing has been published for a while. */
function columnsOf(node: string | undefined, look: EventLook | undefined): readonly Column<Row>[] {
  const rateOf = (row: Row): number | undefined =>
    look === undefined ? 0 : look.rates.get(keyOf(row))?.published
  return [
    {
      id: 'event',
      title: 'Topic',
      width: 'minmax(140px, 2fr)',
      cell: (row) => <Topic row={row} node={node ?? row.node} />,
    },
    ...(node === undefined ? [NODE_COLUMN] : []),
    {
      id: 'producer',
      title: 'Producer',
      width: 'minmax(140px, 1fr)',
      wide: true,
      cell: ({ owner, open }) => (
        <>
          {owner === undefined ? <span class="quiet">the node</span> : <PidLink pid={owner} />}{' '}
          {open && <Badge title="Anybody on the node may publish">open</Badge>}
        </>
      ),
    },
    figure('subscribers', 'Subscribers', (row) => row.subscribers, count),
    { ...figure('published', 'Published', (row) => row.published, count), wide: true },
    figure('rate', 'Rate', rateOf, rate),
    { ...figure('delivered', 'Delivered', (row) => row.delivered, count), wide: true },
    { ...figure('buffer', 'Buffer', (row) => row.buffer, count), wide: true },
    { id: 'use', title: 'Use', width: '112px', wide: true, cell: (row) => <Use row={row} /> },
  ]
}

const NODE_COLUMN: Column<Row> = {
  id: 'node',
  title: 'Node',
  width: 'minmax(90px, 1fr)',
  wide: true,
  cell: ({ node }) => (node === undefined ? null : <NodeLink node={node} page="events" />),
}

const figure = (
  id: string,
  title: string,
  of: (row: Row) => number | undefined,
  written: (value: number | undefined) => string,
): Column<Row> => ({
  ...{ id, title, width: '74px', align: 'end' },
  cell: (row) => {
    const value = of(row)
    return <span class={value ? 'figure' : 'figure quiet'}>{written(value)}</span>
  },
})

function Topic({ row, node }: { readonly row: Row; readonly node: string | undefined }): VNode {
  const name = nameOfEvent(row.event)
  if (node === undefined || OWN.has(name)) return <span class="word">{name}</span>
  return (
    <a class="word" href={nodePath(node, 'events', [name])} title={row.event}>
      {name}
    </a>
  )
}

function Use({ row }: { readonly row: Row }): VNode {
  const { words, tone } = useOf(row)
  return <Badge tone={tone}>{words}</Badge>
}
