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

interface Of {
  readonly node: string
  readonly sheet: ToldProcess | undefined
}

export function Ended({ node, sheet, problem }: Of & { readonly problem: Problem }): VNode {
  return (
    <div class="problem ended" role="alert">
      <Icon name="warning" />
      <div>
        <p class="problem-title">
          {sheet === undefined ? 'There is no such process.' : 'This process has ended.'}{' '}
          <code>{problem.code}</code>
        </p>
        {sheet === undefined ? (
          <p class="problem-remedy">{problem.message}</p>
        ) : (
          <Reason node={node} sheet={sheet} />
        )}
        <Ways node={node} sheet={sheet} />
      </div>
    </div>
  )
}

/** Its supervisor knows why it ended, and what it did about that. */
function Reason({ node, sheet }: { readonly node: string; readonly sheet: ToldProcess }): VNode {
  const { answer } = useAnswer<ToldInsight>(
    sheet.parent === undefined ? undefined : nodeAddress(node, 'insight', { pid: sheet.parent }),
  )
  const exits = answer?.kind === 'value' ? answer.value.childExits : []
  const exit = exits.find(({ pid }) => pid === sheet.pid)
  if (exit === undefined) {
    return <p class="problem-remedy">What was last known of it stands below.</p>
  }
  return (
    <div class="problem-remedy">
      At {dateTime(exit.timeMs)}; its supervisor: {exit.verdict.replace('-', ' ')}.
      <pre class="exit-reason">{exit.reason}</pre>
    </div>
  )
}

/** Where to go from here. */
function Ways({ node, sheet }: Of): VNode {
  return (
    <p class="ended-links">
      {sheet?.name !== undefined && (
        <a class="button button-plain" href={nodePath(node, 'processes', [sheet.name])}>
          Whoever is called {sheet.name} now
        </a>
      )}
      {sheet?.parent !== undefined && (
        <a class="button button-plain" href={nodePath(node, 'processes', [sheet.parent])}>
          Its parent
        </a>
      )}
      <a class="button button-plain" href={nodePath(node, 'processes')}>
        All processes
      </a>
    </p>
  )
}
