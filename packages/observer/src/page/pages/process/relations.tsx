/**
 * page/pages/process/relations: who is above and below a process, and who is tied to it.
 */
import type { VNode } from 'preact'
import type { PidText } from '#observer/contract/api'
import { count } from '#page/base/format'
import { ProblemBox } from '#page/kit/basics'
import { PidLink } from '#page/kit/links'
import { nodeAddress } from '#page/live/api'
import { useAnswer } from '#page/live/use'
import { pidParts } from '#page/model/pid-text'
import type { ToldProcess } from '#page/model/told'
import { Nothing, Pane } from './pane.js'

export function RelationsCard({ sheet }: { readonly sheet: ToldProcess }): VNode {
  const { ancestors, links, monitors, watchedBy, watchers, relationsLeftOut } = sheet
  const beyond = watchers - watchedBy.length
  return (
    <Pane title="Relations">
      <dl class="relations">
        <dt>Above it</dt>
        <dd>
          <Pids pids={ancestors} nothing="the node itself" />
        </dd>
        <dt>Children</dt>
        <dd>
          <Children key={sheet.pid} pid={sheet.pid} />
        </dd>
        <dt>Links</dt>
        <dd>
          <Pids pids={links} nothing="none" />
        </dd>
        <dt>Monitors</dt>
        <dd>
          <Pids pids={monitors} nothing="nobody" />
        </dd>
        <dt>Monitored by</dt>
        <dd>
          <Pids pids={watchedBy} nothing={watchers === 0 ? 'nobody' : ''} />
          {beyond > 0 && <span class="quiet">{count(beyond)} by name or left out</span>}
        </dd>
      </dl>
      {relationsLeftOut > 0 && <Nothing>{count(relationsLeftOut)} more are left out.</Nothing>}
    </Pane>
  )
}

function Pids({
  pids,
  nothing,
}: {
  readonly pids: readonly PidText[]
  readonly nothing: string
}): VNode {
  if (pids.length === 0) return <span class="quiet">{nothing}</span>
  return (
    <ul class="pids">
      {pids.map((pid) => (
        <li key={pid}>
          <PidLink pid={pid} />
        </li>
      ))}
    </ul>
  )
}

const CHILDREN_SHOWN = 100

/** Asked once and not each second: to find them the node looks at all its processes. */
function Children({ pid }: { readonly pid: PidText }): VNode {
  const node = pidParts(pid)?.node ?? ''
  const { answer, again } = useAnswer<ToldProcess>(
    nodeAddress(node, 'process', { pid, children: true, messages: 0 }),
  )
  if (answer === undefined) return <span class="quiet">looking…</span>
  if (answer.kind === 'problem') return <ProblemBox problem={answer.problem} />
  const children = answer.value.children ?? []
  return (
    <>
      {children.length === 0 && <span class="quiet">none</span>}
      <ul class="pids">
        {children.slice(0, CHILDREN_SHOWN).map((child) => (
          <li key={child.pid}>
            <PidLink pid={child.pid} name={child.name} />
          </li>
        ))}
      </ul>
      {children.length > CHILDREN_SHOWN && (
        <span class="quiet">{count(children.length - CHILDREN_SHOWN)} more</span>
      )}{' '}
      <button type="button" class="look-again" onClick={again}>
        Look again
      </button>
    </>
  )
}
