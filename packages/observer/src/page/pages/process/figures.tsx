/**
 * page/pages/process/figures: the figures of a process with how they went while it is looked at,
 * and its facts that seldom change.
 */
import type { ComponentChildren, VNode } from 'preact'
import { count, duration, percent, rate } from '#page/base/format'
import { KeyValue } from '#page/kit/basics'
import { PidLink } from '#page/kit/links'
import { Tile, Tiles } from '#page/kit/tile'
import type { Look } from '#page/model/row-rates'
import type { ToldInsight, ToldProcess } from '#page/model/told'
import { ValueTree } from '../parts/value-tree.js'
import { Pane } from './pane.js'

/** Tiles with small charts. */
export function ProcessFigures({
  sheet,
  insight,
  look,
  atMs,
}: {
  readonly sheet: ToldProcess
  readonly insight: ToldInsight | undefined
  readonly look: Look
  readonly atMs: number
}): VNode {
  const rates = look.rates.get(sheet.pid)
  const { urgent, system, main, log, oldestWaitMs } = sheet.mailbox
  const waiting = urgent + system + main + log
  return (
    <Tiles>
      <Tile label="Mailbox" value={waiting} format={count} atMs={atMs} note="messages waiting" />
      <Tile
        label="Wait"
        value={oldestWaitMs}
        format={(ms) => (ms === 0 ? '0 ms' : duration(ms))}
        atMs={atMs}
        note="of the oldest"
      />
      <Tile
        label="In"
        value={rates?.messagesIn}
        format={rate}
        atMs={atMs}
        note={`${count(sheet.messagesIn)} in all`}
      />
      <Tile
        label="Out"
        value={rates?.messagesOut}
        format={rate}
        atMs={atMs}
        note={`${count(sheet.messagesOut)} in all`}
      />
      <Tile
        label="Utilisation"
        value={insight?.utilisation ?? rates?.utilisation}
        format={percent}
        atMs={atMs}
        note={`${duration(sheet.runningMs)} in handlers`}
      />
      <Tile
        label="Wake-ups"
        value={rates?.wakeUps}
        format={rate}
        atMs={atMs}
        note={`${count(sheet.wakeUps)} in all`}
      />
      <Tile label="Restarts" value={sheet.restarts} format={count} note="by its supervisor" />
      <Tile label="Uptime" value={sheet.uptimeMs} format={duration} note="since its spawn" />
    </Tiles>
  )
}

/** What it is, rather than what it does. */
export function ProcessFacts({ sheet }: { readonly sheet: ToldProcess }): VNode {
  const rows: readonly (readonly [string, ComponentChildren])[] = [
    ['Pid', <span class="mono">{sheet.pid}</span>],
    ['Name', sheet.name ?? 'none'],
    ['Behaviour', sheet.behaviour],
    ['Kind', sheet.kind],
    ['Protocol', sheet.protocol ?? 'none'],
    ['Application', sheet.application ?? 'none'],
    ['Leader', sheet.leader === undefined ? 'none' : <PidLink pid={sheet.leader} />],
    ['Traps exits', sheet.trapExit ? 'yes' : 'no'],
    ['Aliases', count(sheet.aliases)],
    ['Events it owns', sheet.events.length === 0 ? 'none' : sheet.events.join(', ')],
    [
      'Environment',
      sheet.env === undefined ? (
        sheet.envKeys.join(', ') || 'none'
      ) : (
        <ValueTree value={sheet.env} />
      ),
    ],
  ]
  return (
    <Pane title="Facts">
      <div class="pane-padded">
        <KeyValue rows={rows} />
      </div>
    </Pane>
  )
}
