/**
 * page/pages/process/figures: the figures of a process with how they went while it is looked at,
 * and its facts that seldom change.
 */
import type { ComponentChildren, VNode } from 'preact'
import type { PidText } from '#observer/contract/api'
import { count, duration, percent, rate } from '#page/base/format'
import { KeyValue } from '#page/kit/basics'
import { PidLink } from '#page/kit/links'
import { Tile, Tiles } from '#page/kit/tile'
import { pidParts } from '#page/model/pid-text'
import type { Look, RowRates } from '#page/model/row-rates'
import type { ToldInsight, ToldProcess } from '#page/model/told'
import { ValueTree } from '#page/pages/parts/value-tree'
import { nodePath } from '#page/place'
import { Pane } from './pane.js'

/** One tile: its name, its value, how that is written, what stands below. */
type Figure = readonly [
  label: string,
  value: number | undefined,
  format: (value: number | undefined) => string,
  note: string,
]

function figuresOf(
  sheet: ToldProcess,
  insight: ToldInsight | undefined,
  rates: RowRates | undefined,
): readonly Figure[] {
  const { urgent, system, main, log, oldestWaitMs } = sheet.mailbox
  const utilisation = insight?.utilisation ?? rates?.utilisation
  const all = (total: number): string => `${count(total)} in all`
  return [
    ['Mailbox', urgent + system + main + log, count, 'messages'],
    ['Wait', oldestWaitMs, (ms) => (ms === 0 ? '0 ms' : duration(ms)), 'of the oldest'],
    ['In', rates?.messagesIn, rate, all(sheet.messagesIn)],
    ['Out', rates?.messagesOut, rate, all(sheet.messagesOut)],
    ['Utilisation', utilisation, percent, `${duration(sheet.runningMs)} in all`],
    ['Wake-ups', rates?.wakeUps, rate, all(sheet.wakeUps)],
  ]
}

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
  return (
    <Tiles>
      {figuresOf(sheet, insight, look.rates.get(sheet.pid)).map(([label, value, format, note]) => (
        <Tile key={label} label={label} value={value} format={format} atMs={atMs} note={note} />
      ))}
      <Tile label="Restarts" value={sheet.restarts} format={count} note="by its supervisor" />
      <Tile label="Uptime" value={sheet.uptimeMs} format={duration} note="since its spawn" />
    </Tiles>
  )
}

/** What else is told of it. */
function Elsewhere({ pid }: { readonly pid: PidText }): VNode {
  const node = pidParts(pid)?.node ?? ''
  return (
    <>
      <a href={nodePath(node, 'logs', [], { pid })}>its log</a>,{' '}
      <a href={nodePath(node, 'tracing', [], { pid })}>its traces</a>
    </>
  )
}

/** With the tree it stands in. */
function Application({ sheet: { application, pid } }: { readonly sheet: ToldProcess }): VNode {
  if (application === undefined) return <>none</>
  const node = pidParts(pid)?.node ?? ''
  return <a href={nodePath(node, 'applications', [application])}>{application}</a>
}

/** Most are below a millisecond, and of those only some are timed. */
const initTime = (ms: number): string => (ms === 0 ? 'less than 1 ms' : duration(ms))

/** What it is, rather than what it does. */
export function ProcessFacts({
  sheet,
  insight,
}: {
  readonly sheet: ToldProcess
  readonly insight: ToldInsight | undefined
}): VNode {
  const rows: readonly (readonly [string, ComponentChildren])[] = [
    ['Pid', <span class="mono">{sheet.pid}</span>],
    ['Registered as', sheet.name ?? 'no name'],
    ['Behaviour', `${sheet.behaviour} (${sheet.kind})`],
    ['Protocol', sheet.protocol ?? 'none'],
    ['Application', <Application sheet={sheet} />],
    ['Leader', sheet.leader === undefined ? 'none' : <PidLink pid={sheet.leader} />],
    ['Its init took', insight === undefined ? '–' : initTime(insight.initMs)],
    ['Sends with priority', insight?.priority ?? '–'],
    ['Traps exits', sheet.trapExit ? 'yes' : 'no'],
    ['Aliases', count(sheet.aliases)],
    ['See also', <Elsewhere pid={sheet.pid} />],
    ['Events it owns', sheet.events.length === 0 ? 'none' : sheet.events.join(', ')],
    [
      'Environment',
      sheet.env === undefined || sheet.envKeys.length === 0 ? (
        sheet.envKeys.join(', ') || 'none'
      ) : (
        <ValueTree value={sheet.env} />
      ),
    ],
  ]
  return (
    <Pane title="Facts" height="whole">
      <div class="pane-padded">
        <KeyValue rows={rows} />
      </div>
    </Pane>
  )
}
