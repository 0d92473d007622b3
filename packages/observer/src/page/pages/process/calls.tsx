/**
 * page/pages/process/calls: the calls a process waits for, and the answers that it owes.
 */
import type { VNode } from 'preact'
import type { CallSheet, SendSheet } from 'troupe'
import type { Problem } from '#observer/contract/api'
import { duration } from '#page/base/format'
import { ProblemBox } from '#page/kit/basics'
import { PidLink } from '#page/kit/links'
import type { Told, ToldInsight } from '#page/model/told'
import { Heat, Word } from '#page/pages/parts/process-columns'
import { Heads, Nothing, Pane } from './pane.js'

type ToldCall = Told<CallSheet>

export function CallCards({
  insight,
  problem,
}: {
  readonly insight: ToldInsight | undefined
  readonly problem: Problem | undefined
}): VNode {
  return (
    <>
      <Pane title="Waits for" note={told(insight?.calls)}>
        {problem !== undefined && insight === undefined && <ProblemBox problem={problem} />}
        {insight?.handling !== undefined && (
          <p class="handling">
            In the handler of <span class="mono">{insight.handling.message}</span> for{' '}
            <Heat
              of="wait"
              value={insight.handling.sinceMs}
              text={duration(insight.handling.sinceMs)}
            />
          </p>
        )}
        <Sends sends={insight?.sends ?? []} />
        <Calls calls={insight?.calls ?? []} which="to" nothing="It waits for no answer." />
      </Pane>
      <Pane title="Owes answers to" note={told(insight?.owes)}>
        <Calls calls={insight?.owes ?? []} which="from" nothing="It owes no answer." />
      </Pane>
    </>
  )
}

/** Sends that wait for room, or until they are known to have come. */
function Sends({ sends }: { readonly sends: readonly Told<SendSheet>[] }): VNode {
  return (
    <ul>
      {sends.map(({ to, message, waitedMs }, place) => (
        <li key={place} class="handling">
          Sends <span class="mono">{message}</span> to <PidLink pid={to} /> for{' '}
          <Heat of="wait" value={waitedMs} text={duration(waitedMs)} />
        </li>
      ))}
    </ul>
  )
}

const told = (calls: readonly unknown[] | undefined): string | undefined =>
  calls === undefined ? undefined : `${calls.length === 50 ? 'the first 50' : calls.length}`

function Calls({
  calls,
  which,
  nothing,
}: {
  readonly calls: readonly ToldCall[]
  readonly which: 'to' | 'from'
  readonly nothing: string
}): VNode {
  if (calls.length === 0) return <Nothing>{nothing}</Nothing>
  return (
    <table class="plain-table">
      <Heads words={['Request', which === 'to' ? 'To' : 'From']} figures={['Waits', 'Left']} />
      <tbody>
        {calls.map((call, place) => (
          <tr key={place}>
            <td class="mono">
              <Word text={call.request} />
            </td>
            <td>{which === 'to' ? <Callee call={call} /> : <Caller call={call} />}</td>
            <td class="end">
              <Heat of="wait" value={call.waitedMs} text={duration(call.waitedMs)} />
            </td>
            <td class="end figure-end">{duration(call.leftMs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Callee({ call }: { readonly call: ToldCall }): VNode {
  return call.toPid === undefined ? (
    <span class="mono">
      <PidLink pid={call.to} />
    </span>
  ) : (
    <PidLink pid={call.toPid} name={call.to.startsWith('<') ? undefined : call.to} />
  )
}

const Caller = ({ call }: { readonly call: ToldCall }): VNode =>
  call.from === undefined ? <span class="quiet">the node</span> : <PidLink pid={call.from} />
