/**
 * page/pages/events/stream: what is published on one topic, as it happens.
 */
import type { VNode } from 'preact'
import { clockTime, count, exactTime } from '#page/base/format'
import { Card, Empty, ProblemBox } from '#page/kit/basics'
import { SearchField } from '#page/kit/fields'
import { nodeAddress } from '#page/live/api'
import type { NumberedRecord } from '#page/model/record-list'
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
const SHOWN = 50

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
  const { list, storm, problem, paused } = told
  return (
    <Card
      title={event}
      note={<Seen told={told} />}
      actions={
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
      }
      flush
    >
      <StormCard storm={storm} />
      {problem !== undefined && <ProblemBox problem={problem} />}
      <div class="pane" tabIndex={0}>
        {list.rows.length === 0 && <NothingYet />}
        <ol class="messages">
          {list.rows.slice(0, SHOWN).map((publication) => (
            <PublicationLine key={publication.number} publication={publication} />
          ))}
        </ol>
      </div>
    </Card>
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

function PublicationLine({
  publication: { number, timeMs, payload },
}: {
  readonly publication: Publication
}): VNode {
  return (
    <li class="message">
      <div class="message-head">
        <time class="figure" title={exactTime(timeMs)}>
          {clockTime(timeMs)}
        </time>
        <span class="quiet figure">{count(number)}</span>
      </div>
      {payload === undefined ? (
        <span class="quiet">Payloads are not shown here.</span>
      ) : (
        <ValueTree value={payload} label="Payload" />
      )}
    </li>
  )
}
