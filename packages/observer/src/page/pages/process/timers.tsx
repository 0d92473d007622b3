/**
 * page/pages/process/timers: the timers of a process, with what they will do.
 */
import type { VNode } from 'preact'
import { count, duration } from '#page/base/format'
import { PidLink } from '#page/kit/links'
import type { ToldInsight } from '#page/model/told'
import { Word } from '#page/pages/parts/process-columns'
import { Heads, Nothing, Pane } from './pane.js'

export function TimerCard({
  insight,
  timers: total,
}: {
  readonly insight: ToldInsight | undefined
  readonly timers: number
}): VNode {
  const timers = insight?.timers ?? []
  const note = timers.length < total ? `${timers.length} of ${count(total)}` : count(total)
  return (
    <Pane title="Timers" note={note}>
      {timers.length === 0 ? (
        <Nothing>It has no timer.</Nothing>
      ) : (
        <table class="plain-table">
          <Heads words={['What', 'To']} figures={['In', 'Every']} />
          <tbody>
            {timers.map(({ kind, what, to, leftMs, everyMs }, place) => (
              <tr key={place}>
                <td>
                  <span class="quiet">{kind}</span> <Word text={what} />
                </td>
                <td>
                  {to === undefined ? <span class="quiet">itself</span> : <PidLink pid={to} />}
                </td>
                <td class="end figure-end">{duration(leftMs)}</td>
                <td class="end figure-end">{everyMs === undefined ? 'once' : duration(everyMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Pane>
  )
}
