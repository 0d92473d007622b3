/**
 * page/pages/events/stream: what is published on one topic, as it happens.
 */
import type { VNode } from 'preact'
import { clockTime, count, exactTime } from '#page/base/format'
import { Button, Card, Empty, ProblemBox } from '#page/kit/basics'
import { SearchField } from '#page/kit/fields'
import { nodeAddress } from '#page/live/api'
import type { NumberedRecord } from '#page/model/record-list'
import { nodePath } from '#page/place'
import { setQuery } from '#page/router'
import { StormCard } from '../logs/storm.js'
import { useRecords } from '../parts/use-records.js'
import { ValueTree } from '../parts/value-tree.js'

/** One publication. */
interface Publication extends NumberedRecord {
  readonly payload?: unknown
}

const PER_SECOND_MAX = 50
const SHOWN = 50

export function EventStream({
  node,
  event,
  query,
}: {
  readonly node: string
  readonly event: string
  readonly query: URLSearchParams
}): VNode {
  const search = query.get('text') ?? ''
  const { list, storm, problem, paused, missed } = useRecords<Publication>(
    node,
    undefined,
    nodeAddress(node, 'follow', { of: 'event', event, search, perSecondMax: PER_SECOND_MAX }),
  )
  return (
    <Card
      title={event}
      note={
        <span class="figure">
          {count(list.rows.length)} seen{missed > 0 && `, ${count(missed)} while it stood still`}
          {list.leftOut > 0 && `, ${count(list.leftOut)} left out`}
        </span>
      }
      actions={
        <>
          <SearchField
            label="Text in what is published"
            value={search}
            onValue={(text) => setQuery({ text: text.trim() || undefined })}
          />
          <Button
            icon="pause"
            pressed={paused.value}
            onPress={() => {
              paused.value = !paused.value
            }}
          >
            {paused.value ? 'Go on' : 'Pause'}
          </Button>
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
        {list.rows.length === 0 && (
          <Empty title="Nothing published yet">What is published from now on shows up here.</Empty>
        )}
        <ol class="messages">
          {list.rows.slice(0, SHOWN).map(({ number, timeMs, payload }) => (
            <li key={number} class="message">
              <div class="message-head">
                <time class="figure" title={exactTime(timeMs)}>
                  {clockTime(timeMs)}
                </time>
                <span class="quiet figure">{count(number)}</span>
              </div>
              {payload === undefined ? (
                <span class="quiet">The node does not show payloads.</span>
              ) : (
                <ValueTree value={payload} label="Payload" />
              )}
            </li>
          ))}
        </ol>
      </div>
    </Card>
  )
}
