/**
 * page/pages/process/rates: what a process did with messages of each name since it is looked at.
 */
import type { VNode } from 'preact'
import { count, duration, rate } from '#page/base/format'
import type { ToldInsight } from '#page/model/told'
import { Word } from '#page/pages/parts/process-columns'
import { Heads, Nothing, Pane } from './pane.js'

export function RateCard({ insight }: { readonly insight: ToldInsight | undefined }): VNode {
  const rates = insight?.rates ?? []
  return (
    <Pane
      title="By message"
      note={insight === undefined ? undefined : `counted for ${duration(insight.watchedForMs)}`}
    >
      {rates.length === 0 ? (
        <Nothing>It has handled no message since it is looked at.</Nothing>
      ) : (
        <table class="plain-table">
          <Heads words={['Message']} figures={['Count', 'Rate', 'Mean', 'Longest', 'Failed']} />
          <tbody>
            {rates.map(({ message, count: counted, perSecond, meanMs, maxMs, failed }) => (
              <tr key={message}>
                <td class="mono">
                  <Word text={message} />
                </td>
                <td class="end figure-end">{count(counted)}</td>
                <td class="end figure-end">{rate(perSecond)}</td>
                <td class="end figure-end">{duration(meanMs)}</td>
                <td class="end figure-end">{duration(maxMs)}</td>
                <td class={failed > 0 ? 'end figure-end tone-bad' : 'end figure-end'}>
                  {count(failed)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Pane>
  )
}
