/**
 * page/pages/process/ended: a process that is not there any more: why, and who came after it.
 */
import type { VNode } from 'preact'
import type { Problem } from '#observer/contract/api'
import { dateTime } from '#page/base/format'
import { Icon } from '#page/kit/icon'
import { nodeAddress } from '#page/live/api'
import { useAnswer } from '#page/live/use'
import type { ToldInsight, ToldProcess } from '#page/model/told'
import { nodePath } from '#page/place'

export function Ended({
  node,
  sheet,
  problem,
}: {
  readonly node: string
  readonly sheet: ToldProcess | undefined
  readonly problem: Problem
}): VNode {
  const parent = sheet?.parent
  const { answer } = useAnswer<ToldInsight>(
    parent === undefined ? undefined : nodeAddress(node, 'insight', { pid: parent }),
  )
  const exit =
    answer?.kind === 'value'
      ? answer.value.childExits.find(({ pid }) => pid === sheet?.pid)
      : undefined
  return (
    <div class="problem ended" role="alert">
      <Icon name="warning" />
      <div>
        <p class="problem-title">
          {sheet === undefined ? 'There is no such process.' : 'This process has ended.'}{' '}
          <code>{problem.code}</code>
        </p>
        {exit === undefined ? (
          <p class="problem-remedy">
            {sheet === undefined ? problem.message : 'What was last known of it stands below.'}
          </p>
        ) : (
          <div class="problem-remedy">
            At {dateTime(exit.timeMs)}; its supervisor: {exit.verdict.replace('-', ' ')}.
            <pre class="exit-reason">{exit.reason}</pre>
          </div>
        )}
        <p class="ended-links">
          {sheet?.name !== undefined && (
            <a class="button button-plain" href={nodePath(node, 'processes', [sheet.name])}>
              Whoever is called {sheet.name} now
            </a>
          )}
          {parent !== undefined && (
            <a class="button button-plain" href={nodePath(node, 'processes', [parent])}>
              Its parent
            </a>
          )}
          <a class="button button-plain" href={nodePath(node, 'processes')}>
            All processes
          </a>
        </p>
      </div>
    </div>
  )
}
