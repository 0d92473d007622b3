/**
 * page/pages/node/figures: every figure of a node, in groups.
 */
import type { ComponentChildren, VNode } from 'preact'
import type { FiguresSheet, NodeSheet, SpreadSheet } from 'troupe'
import type { RateFigures } from '#observer/contract/api'
import { byteRate, bytes, count, duration, percent, rate } from '#page/base/format'
import { Card, KeyValue, Skeleton } from '#page/kit/basics'
import { Zombies } from './zombies.js'

type Rows = readonly (readonly [string, ComponentChildren])[]

interface Known {
  readonly figures: FiguresSheet
  readonly rates: RateFigures | undefined
  readonly sheet: NodeSheet | undefined
}

const withRate = (total: number, perSecond: number | undefined): ComponentChildren => (
  <>
    {count(total)} <span class="aside">{perSecond === undefined ? '' : rate(perSecond)}</span>
  </>
)

const processes = ({ figures, rates }: Known): Rows => [
  ['Alive', count(figures.processes)],
  ['Zombies', count(figures.zombies)],
  ['Spawned', withRate(figures.spawned, rates?.spawned)],
  ['Ended', withRate(figures.ended, rates?.ended)],
  ['Spawns that failed', count(figures.spawnFailed)],
  ['Registered names', count(figures.names)],
  ['Aliases', count(figures.aliases)],
  ['Applications', `${figures.applicationsRunning} of ${figures.applications} run`],
]

const messages = ({ figures, rates }: Known): Rows => [
  ['Sent', withRate(figures.sent, rates?.sent)],
  ['Handled', withRate(figures.handled, rates?.handled)],
  ['Waiting', count(figures.waiting)],
  ['Being handled', count(figures.handling)],
  [
    'Sends that failed',
    `${count(figures.sendFailed.local)} here, ${count(figures.sendFailed.remote)} far`,
  ],
  ['Calls that wait', count(figures.calls)],
  [
    'Calls that failed',
    `${count(figures.callFailed.local)} here, ${count(figures.callFailed.remote)} far`,
  ],
  ['Answers nobody wanted', count(figures.unwantedReplies)],
  ['Rejections nobody heard', count(figures.floatingRejections)],
]

const events = ({ figures, rates }: Known): Rows => [
  ['Topics', count(figures.events)],
  ['Published', withRate(figures.published, rates?.published)],
  ['Delivered', count(figures.eventsDelivered)],
  ['Sent to other nodes', count(figures.eventsSentAway)],
  ['From other nodes', count(figures.eventsReceived)],
]

const scheduler = ({ figures: { scheduler: of, loop } }: Known): Rows => [
  ['Run queue', count(of.runQueue)],
  ['Suspended', count(of.suspended)],
  ['Turns', count(of.turns)],
  ['Loop delay, mean', duration(loop.delayMs)],
  ['Loop delay, 99 of 100', duration(loop.delayP99Ms)],
  ['Loop delay, highest', duration(loop.delayMaxMs)],
  ['Loop busy', percent(loop.utilisation)],
]

const program = ({ figures, rates, sheet }: Known): Rows => [
  ['Resident memory', bytes(figures.memory.rssBytes)],
  ['Heap', `${bytes(figures.memory.heapUsedBytes)} of ${bytes(figures.memory.heapTotalBytes)}`],
  ['Outside the heap', bytes(figures.memory.externalBytes)],
  ['CPU, of one core', percent(rates?.cpu)],
  ['CPU, user', duration(figures.cpuUserMs)],
  ['CPU, system', duration(figures.cpuSystemMs)],
  ['Cores', count(figures.cores)],
  ['Process', sheet === undefined ? '–' : count(sheet.program.osPid)],
]

const network = ({ figures: { network: of }, rates }: Known): Rows => [
  ['Connected', count(of.connected)],
  ['Established since the start', count(of.established)],
  ['Lost', count(of.lost)],
  ['Handshakes refused', count(of.handshakesRefused)],
  ['Messages in', withRate(of.messagesIn, rates?.messagesIn)],
  ['Messages out', withRate(of.messagesOut, rates?.messagesOut)],
  ['Bytes in', `${bytes(of.bytesIn)}  ${byteRate(rates?.bytesIn)}`],
  ['Bytes out', `${bytes(of.bytesOut)}  ${byteRate(rates?.bytesOut)}`],
  ['Kept until acknowledged', bytes(of.keptBytes)],
]

const countsOf = (counts: Readonly<Record<string, number>>): Rows =>
  Object.entries(counts).map(([name, value]) => [name, count(value)])

/** All of them. */
export function NodeFigures(given: {
  readonly figures: FiguresSheet | undefined
  readonly rates: RateFigures | undefined
  readonly sheet: NodeSheet | undefined
}): VNode {
  const { figures } = given
  if (figures === undefined) return <Skeleton height={900} />
  const known: Known = { ...given, figures }
  const groups: readonly (readonly [string, Rows])[] = [
    ['Processes', processes(known)],
    ['Messages and calls', messages(known)],
    ['Scheduler and event loop', scheduler(known)],
    ['Program', program(known)],
    ['Network', network(known)],
    ['Events', events(known)],
    ['Dropped, by cause', countsOf(figures.dropped)],
    ['Log records, by level', countsOf(figures.logCounts)],
  ]
  return (
    <>
      <div class="columns">
        <Spread title="How long turns took" spread={figures.scheduler.turnMs} />
        <Spread title="How long messages waited" spread={figures.scheduler.waitMs} />
      </div>
      <Zombies count={figures.zombies} sheet={given.sheet} />
      <div class="masonry masonry-cards">
        {groups.map(([title, rows]) => (
          <Card key={title} title={title}>
            <KeyValue rows={rows} />
          </Card>
        ))}
      </div>
    </>
  )
}

/** How many fell below each bound, as bars. */
function Spread({
  title,
  spread,
}: {
  readonly title: string
  readonly spread: SpreadSheet
}): VNode {
  const highest = Math.max(1, ...spread.counts)
  const mean = spread.count === 0 ? undefined : spread.sumMs / spread.count
  return (
    <Card
      title={title}
      note={`mean ${duration(mean)}, highest of a minute ${duration(spread.maxMs)}; sampled`}
    >
      <ul class="spread">
        {spread.counts.map((value, place) => {
          const bound = spread.boundsMs[place]
          const last = spread.boundsMs.at(-1)
          const words = bound === undefined ? `> ${duration(last)}` : `≤ ${duration(bound)}`
          return (
            <li key={words}>
              <span class="spread-bound">{words}</span>
              <span class="spread-track">
                {value > 0 && (
                  <span class="spread-bar" style={{ width: `${(value / highest) * 100}%` }} />
                )}
              </span>
              <span class="spread-count figure-end">{count(value)}</span>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
