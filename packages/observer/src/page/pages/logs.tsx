/**
 * page/pages/logs: the log of a node as it is written, or the newest records of all nodes.
 *
 * The node filters. When more is written than can be read the lines stop and counts are shown, see
 * `log-storm`.
 */
import type { VNode } from 'preact'
import type { LogLevel } from 'troupe'
import { clockTime, count, exactTime } from '#page/base/format'
import { Button, Card, Empty, PageHead, ProblemBox } from '#page/kit/basics'
import { Choice, Field, SearchField } from '#page/kit/fields'
import { NodeLink, PidLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { address } from '#page/live/api'
import { sourceName } from '#page/model/log-storm'
import type { OfNode, RecordList } from '#page/model/record-list'
import type { ToldLog } from '#page/model/told'
import { fieldsInShort } from '#page/model/value-tree'
import type { PageProps } from '#page/pages'
import { setQuery } from '#page/router'
import { LogRecord } from './logs/record.js'
import { StormCard } from './logs/storm.js'
import { Missing } from './parts/missing.js'
import { PauseButton } from './parts/pause-button.js'
import { Word } from './parts/process-columns.js'
import { useRecords } from './parts/use-records.js'

const KEPT = 200
const PER_SECOND_MAX = 200
export const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warning', 'error']

type Row = OfNode<ToldLog>

/** The filter that the address means. */
function filterOf(query: URLSearchParams): {
  readonly level: LogLevel
  readonly search: string | undefined
  readonly application: string | undefined
  readonly pid: string | undefined
} {
  const text = (key: string): string | undefined => query.get(key)?.slice(0, 200) || undefined
  return {
    level: LEVELS.find((level) => level === query.get('level')) ?? 'info',
    search: text('search'),
    application: text('application'),
    pid: text('pid'),
  }
}

/** Those that were kept, and from there on those that come; of one node, or of all as one. */
export function LogsPage({ node, query }: PageProps): VNode {
  const filter = filterOf(query)
  // A process belongs to one node.
  const { pid, ...ofAll } = filter
  const asked = node === undefined ? ofAll : { pid, ...ofAll }
  const of = node === undefined ? ['cluster'] : ['nodes', node]
  const { list, storm, problem, loading, paused, missed, missing } = useRecords<ToldLog>(
    node,
    address([...of, 'logs'], { ...asked, limit: KEPT }),
    address([...of, 'follow'], { of: 'logs', ...asked, perSecondMax: PER_SECOND_MAX }),
  )
  return (
    <>
      <PageHead title="Logs" subtitle={<span class="figure">{wordsOf(node, list, missed)}</span>}>
        <PauseButton paused={paused} />
      </PageHead>
      <LogFilters filter={filter} />
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Missing missing={missing} />
      <LogTable
        key={JSON.stringify(filter)}
        rows={loading && list.rows.length === 0 ? undefined : list.rows}
        query={query}
        ofNode={node}
      />
      <StormCard storm={storm} />
    </>
  )
}

function wordsOf(node: string | undefined, list: RecordList<ToldLog>, missed: number): string {
  const { rows, leftOut } = list
  const left = leftOut > 0 ? `, ${count(leftOut)} left out` : ''
  const stood = missed > 0 ? `, ${count(missed)} came while it stood still` : ''
  const records = rows.length === 1 ? 'record' : 'records'
  return `${count(rows.length)} ${records} of ${node ?? 'all nodes'}${left}${stood}`
}

function LogFilters({ filter }: { readonly filter: ReturnType<typeof filterOf> }): VNode {
  return (
    <div class="filters">
      <SearchField
        label="Text of the message"
        value={filter.search ?? ''}
        onValue={(text) => setQuery({ search: text.trim() || undefined })}
      />
      <Choice
        label="From level"
        value={filter.level}
        choices={LEVELS.map((level) => [level, level] as const)}
        onValue={(level) => setQuery({ level: level === 'info' ? undefined : level })}
      />
      <Field
        label="Application"
        value={filter.application ?? ''}
        onValue={(text) => setQuery({ application: text.trim() || undefined })}
      />
      {filter.pid !== undefined && (
        <Button icon="close" onPress={() => setQuery({ pid: undefined })}>
          Only {filter.pid}
        </Button>
      )}
    </div>
  )
}

const keyOf = ({ node, number }: Row): string => `${node} ${number}`

const COLUMNS: readonly Column<Row>[] = [
  {
    id: 'time',
    title: 'Time',
    width: '68px',
    cell: ({ timeMs }) => <span title={exactTime(timeMs)}>{clockTime(timeMs)}</span>,
  },
  {
    id: 'level',
    title: 'Level',
    width: '58px',
    cell: ({ level }) => <span class={`level level-${level}`}>{level}</span>,
  },
  {
    id: 'source',
    title: 'Source',
    width: 'minmax(90px, 0.8fr)',
    wide: true,
    cell: (row) => <Source row={row} />,
  },
  {
    id: 'message',
    title: 'Message',
    width: 'minmax(160px, 4fr)',
    cell: ({ message, fields }) => (
      <span class="word" title={message}>
        {message} <span class="log-fields mono">{fieldsInShort(fields)}</span>
      </span>
    ),
  },
]

const NODE_COLUMN: Column<Row> = {
  id: 'node',
  title: 'Node',
  width: 'minmax(90px, 1fr)',
  wide: true,
  cell: ({ node }) => <NodeLink node={node} page="logs" />,
}

function Source({ row }: { readonly row: Row }): VNode {
  const { pid, name } = row.source
  if (pid === undefined) return <Word text={sourceName(row)} />
  return <PidLink pid={pid} name={name} />
}

function LogTable({
  rows,
  query,
  ofNode,
}: {
  readonly rows: readonly Row[] | undefined
  readonly query: URLSearchParams
  readonly ofNode: string | undefined
}): VNode {
  const opened = query.get('record')
  const record = rows?.find((row) => keyOf(row) === opened)
  const [time, ...others] = COLUMNS
  const columns =
    ofNode !== undefined || time === undefined ? COLUMNS : [time, NODE_COLUMN, ...others]
  return (
    <>
      <Card title="Records" note="the newest first" flush>
        <Table
          label="Records of the log"
          heightMax={620}
          columns={columns}
          rows={rows}
          keyOf={keyOf}
          toneOf={({ level }) => `log-${level}`}
          onOpen={(row) => setQuery({ record: keyOf(row) })}
          empty={
            <Empty title="No record is like that">
              Ask for a lower level, or wait: what is written shows up here.
            </Empty>
          }
        />
      </Card>
      {record !== undefined && (
        <LogRecord record={record} onClose={() => setQuery({ record: undefined })} />
      )}
    </>
  )
}
