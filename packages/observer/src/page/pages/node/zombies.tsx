/**
 * page/pages/node/zombies: handlers that go on though their processes were killed, and in what.
 */
import type { VNode } from 'preact'
import type { NodeSheet } from 'troupe'
import { count as countText, duration } from '#page/base/format'
import { Card, KeyValue } from '#page/kit/basics'
import { PidLink } from '#page/kit/links'
import type { Told } from '#page/model/told'

/** Nothing where there are none. */
export function Zombies({
  count,
  sheet,
}: {
  readonly count: number
  readonly sheet: NodeSheet | undefined
}): VNode | null {
  // A node of an earlier version counts them alone.
  const told = (sheet as Told<NodeSheet> | undefined)?.lastZombies ?? []
  if (told.length === 0) return null
  const all = Math.max(count, told.length)
  const note = all > told.length ? `the newest ${told.length} of ${countText(all)}` : undefined
  return (
    <Card title="Zombies" note={note ?? 'killed, while a handler goes on; what it does is void'}>
      <KeyValue
        rows={told.map(({ pid, name, behaviour, message, handlingMs, endedForMs }) => [
          <PidLink key={pid} pid={pid} name={name ?? behaviour} />,
          <span key={pid}>
            {name === undefined ? '' : `${behaviour}, `}in <code>{message}</code> for{' '}
            <span class="figure">{duration(handlingMs)}</span>, killed{' '}
            <span class="figure">{duration(endedForMs)}</span> ago
          </span>,
        ])}
      />
    </Card>
  )
}
