/**
 * page/pages/node/cron: the calendar of a node.
 */
import type { VNode } from 'preact'
import type { CronJobInfo, CronSheet } from 'troupe'
import { count, dateTime, duration } from '#page/base/format'
import { Action } from '#page/kit/action'
import { Card, Empty, ProblemBox, State } from '#page/kit/basics'
import { type Column, Table } from '#page/kit/table'
import { nodeAddress } from '#page/live/api'
import { clock } from '#page/live/stream'
import { useSubject } from '#page/live/use'

const TITLES = { runs: 'Runs', failures: 'Failures', missed: 'Missed', skipped: 'Skipped' }

/** Counts of a job, a column each. */
const COUNTS = (['runs', 'failures', 'missed', 'skipped'] as const).map(
  (name): Column<CronJobInfo> => ({
    ...{ id: name, title: TITLES[name], width: '54px', align: 'end', wide: name !== 'failures' },
    cell: (job) => (
      <span
        class={name === 'failures' && job.failures > 0 ? 'words-warn' : ''}
        title={name === 'failures' ? job.lastError : undefined}
      >
        {count(job[name])}
      </span>
    ),
  }),
)

const columnsOf = (node: string): readonly Column<CronJobInfo>[] => [
  { id: 'name', title: 'Job', width: 'minmax(100px, 2fr)', cell: ({ name }) => name },
  {
    ...{ id: 'spec', title: 'When', width: 'minmax(112px, 1fr)', wide: true },
    cell: ({ spec, timeZone }) => (
      <span class="mono" title={timeZone}>
        {spec}
      </span>
    ),
  },
  {
    ...{ id: 'state', title: 'State', width: '86px' },
    cell: ({ enabled, running }) => (
      <State state={running > 0 ? 'running' : enabled ? 'waiting' : 'disabled'} />
    ),
  },
  {
    ...{ id: 'next', title: 'Next in', width: '76px', align: 'end', wide: true },
    cell: ({ nextRunMs }) =>
      nextRunMs === undefined ? '–' : duration(Math.max(0, nextRunMs - clock.value)),
  },
  {
    ...{ id: 'last', title: 'Last run', width: '140px', align: 'end', wide: true },
    cell: ({ lastRunMs }) => dateTime(lastRunMs),
  },
  ...COUNTS,
  {
    ...{ id: 'do', title: '', width: '72px', align: 'end', below: true },
    cell: ({ name, enabled }) => (
      <Action
        // Who asks to disable it is not made to enable it when another one was faster.
        key={enabled ? 'disable' : 'enable'}
        node={node}
        label={enabled ? 'Disable' : 'Enable'}
        order={{ do: enabled ? 'cron-disable' : 'cron-enable', name }}
        {...(enabled ? { confirm: name, words: `${name} does not run until it is enabled.` } : {})}
      />
    ),
  },
]

/** All jobs. */
export function NodeCron({ node }: { readonly node: string }): VNode {
  const { sheet, problem } = useSubject<CronSheet>(nodeAddress(node, 'cron', { limit: 500 }))
  return (
    <Card title="Cron" flush>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Table
        label="Jobs of the calendar"
        columns={columnsOf(node)}
        rows={sheet?.rows}
        keyOf={({ name }) => name}
        empty={<Empty title="No job is in the calendar of this node" />}
      />
    </Card>
  )
}
