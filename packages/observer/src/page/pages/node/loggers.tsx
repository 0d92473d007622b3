/**
 * page/pages/node/loggers: where the log of a node goes, and from which level on.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import type { LogThreshold, NodeSheet } from 'troupe'
import { count } from '#page/base/format'
import { whyNot } from '#page/kit/action'
import { Card, Empty, KeyValue, Skeleton } from '#page/kit/basics'
import { tell } from '#page/kit/toast'
import { manage } from '#page/live/api'

const LEVELS: readonly LogThreshold[] = ['trace', 'debug', 'info', 'warning', 'error', 'silent']

/** The level of the node and of each sink. */
export function NodeLoggers({
  node,
  sheet,
}: {
  readonly node: string
  readonly sheet: NodeSheet | undefined
}): VNode {
  if (sheet === undefined) return <Skeleton height={240} />
  const levels = [
    { name: 'The node', level: sheet.logLevel, order: 'log-level' },
    ...sheet.logSinks.map((sink) => ({ ...sink, order: 'log-sink-level', sink: sink.name })),
  ].map(
    (each) =>
      [
        each.name,
        <LevelChoice key={each.name} node={node} label={`Level of ${each.name}`} {...each} />,
      ] as const,
  )
  return (
    <div class="columns">
      <Card title="Levels" note="from which on records are kept">
        <KeyValue rows={levels} />
        {sheet.logSinks.length === 0 && <Empty title="Its log goes nowhere" />}
      </Card>
      <Card title="Records since the start">
        <KeyValue
          rows={Object.entries(sheet.logCounts).map(([name, value]) => [name, count(value)])}
        />
      </Card>
    </div>
  )
}

function LevelChoice({
  node,
  label,
  level,
  order,
  sink,
}: {
  readonly node: string
  readonly label: string
  readonly level: string
  readonly order: string
  readonly sink?: string
}): VNode {
  const refused = whyNot(node)
  const [shown, choose] = useChosen(level, async (chosen) => {
    const about = sink === undefined ? {} : { sink }
    const answer = await manage(node, { order: { do: order, level: chosen, ...about } })
    if (answer.kind === 'problem') tell({ tone: 'bad', text: answer.problem.message })
    else tell({ tone: 'good', text: `${label}: ${chosen}` })
    return answer.kind === 'value'
  })
  return (
    <select
      class="input"
      aria-label={label}
      value={shown}
      disabled={refused !== undefined}
      title={refused}
      onChange={(event) => void choose(event.currentTarget.value)}
    >
      {LEVELS.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  )
}

/**
 * What was chosen stands there until the node tells of it, or refuses: a look that was on its way
 * does not take it back.
 */
function useChosen(
  told: string,
  give: (chosen: string) => Promise<boolean>,
): readonly [shown: string, choose: (chosen: string) => Promise<void>] {
  const asked = useSignal<string | undefined>(undefined)
  useEffect(() => {
    asked.value = undefined
  }, [told])
  const choose = async (chosen: string): Promise<void> => {
    asked.value = chosen
    if (!(await give(chosen)) && asked.value === chosen) asked.value = undefined
  }
  return [asked.value ?? told, choose]
}
