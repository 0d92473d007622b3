/**
 * page/pages/process/exits: how earlier lives of a process ended, and how its children did.
 */
import type { VNode } from 'preact'
import type { ChildWaitSheet, ExitSheet } from 'troupe'
import { clockTime, dateTime, duration } from '#page/base/format'
import { Badge } from '#page/kit/basics'
import type { Tone } from '#page/kit/states'
import { shortPid } from '#page/model/pid-text'
import type { Told, ToldInsight } from '#page/model/told'
import { Nothing, Pane } from './pane.js'

const VERDICTS: Readonly<Record<ExitSheet['verdict'], readonly [string, Tone]>> = {
  restarted: ['restarted', 'good'],
  'backing-off': ['backing off', 'warn'],
  left: ['left ended', 'quiet'],
  'gave-up': ['gave up', 'bad'],
}

export function ExitCard({
  insight,
  kind,
}: {
  readonly insight: ToldInsight | undefined
  readonly kind: string
}): VNode {
  const exits = insight?.exits ?? []
  const childExits = insight?.childExits ?? []
  return (
    <Pane title="Restarts and exits">
      <Waits waits={insight?.childWaits ?? []} />
      {exits.length === 0 && childExits.length === 0 && (
        <Nothing>Its supervisor remembers no end of an earlier life.</Nothing>
      )}
      <Exits exits={exits} title={kind === 'supervisor' ? 'Of itself' : undefined} />
      <Exits exits={childExits} title="Of its children" />
    </Pane>
  )
}

/** Children that are to come back, after a wait. */
function Waits({ waits }: { readonly waits: readonly Told<ChildWaitSheet>[] }): VNode {
  return (
    <ul class="exits">
      {waits.map(({ child, attempt, leftMs, reason }) => (
        <li key={child} class="exit">
          <div class="exit-head">
            <span>{child}</span>
            <Badge tone="warn">comes back in {duration(leftMs)}</Badge>
            <span class="quiet">after {attempt} failures in a row</span>
          </div>
          <pre class="exit-reason">{reason}</pre>
        </li>
      ))}
    </ul>
  )
}

function Exits({
  exits,
  title,
}: {
  readonly exits: readonly Told<ExitSheet>[]
  readonly title: string | undefined
}): VNode | null {
  if (exits.length === 0) return null
  return (
    <>
      {title !== undefined && <h3 class="pane-title">{title}</h3>}
      <ul class="exits">
        {exits.map((exit, place) => {
          const [words, tone] = VERDICTS[exit.verdict] ?? [exit.verdict, 'quiet']
          return (
            <li key={place} class="exit">
              <div class="exit-head">
                <time class="figure" title={dateTime(exit.timeMs)}>
                  {clockTime(exit.timeMs)}
                </time>
                <span>{exit.child}</span>
                {exit.pid !== undefined && <span class="mono quiet">{shortPid(exit.pid)}</span>}
                <Badge tone={tone}>{words}</Badge>
              </div>
              <pre class="exit-reason">{exit.reason}</pre>
            </li>
          )
        })}
      </ul>
    </>
  )
}
