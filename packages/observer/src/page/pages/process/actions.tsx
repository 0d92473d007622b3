/**
 * page/pages/process/actions: what can be done to a process: a message, an exit, a kill, its log
 * level, its traces.
 */
import { type Signal, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { LogThreshold } from 'troupe'
import { Action } from '#page/kit/action'
import { Dialog } from '#page/kit/dialog'
import { Choice, Field } from '#page/kit/fields'
import { callOrder, exitOrder, killOrder, type Prepared, sendOrder } from '#page/model/orders'
import { shortPid } from '#page/model/pid-text'
import type { ToldProcess } from '#page/model/told'
import { SAMPLERS } from '#page/pages/parts/sampler-choices'
import { ValueTree } from '#page/pages/parts/value-tree'

interface Of {
  readonly node: string
  readonly sheet: ToldProcess
}

/** Troupe's own processes are the node: the node takes no order that is about them. */
export const isOwn = ({ kind, application }: ToldProcess): boolean =>
  kind === 'system' || application === 'system'

/** What ends it stands apart from what does not. */
export function ProcessActions(of: Of): VNode {
  return (
    <>
      <SendAction {...of} />
      <CallAction {...of} />
      <LevelAction {...of} />
      <SamplerAction {...of} />
      <span class="actions-apart">
        <ExitAction {...of} />
        <KillAction {...of} />
      </span>
    </>
  )
}

const requestOf = (prepared: Prepared): { order: { do: string }; confirm?: string } =>
  prepared.kind === 'ready' ? prepared.request : { order: { do: 'send' } }

function SendAction({ node, sheet: { pid } }: Of): VNode {
  const message = useSignal('')
  const payload = useSignal('')
  const prepared = sendOrder(pid, { message: message.value, payload: payload.value })
  return (
    <Action
      node={node}
      label="Send"
      order={requestOf(prepared).order}
      notYet={prepared.kind === 'wrong' ? prepared.problem : undefined}
      words={`A message for ${shortPid(pid)}, sent in the name of the node that is observed.`}
    >
      <Field label="Message" value={message.value} onValue={setting(message)} />
      <Field label={PAYLOAD} value={payload.value} onValue={setting(payload)} />
    </Action>
  )
}

/** A request: what is answered is shown. */
function CallAction({ node, sheet: { pid } }: Of): VNode {
  const request = useSignal('')
  const payload = useSignal('')
  const answer = useSignal<{ readonly value: unknown; readonly to: string } | undefined>(undefined)
  const prepared = callOrder(pid, { request: request.value, payload: payload.value })
  return (
    <>
      <Action
        node={node}
        label="Call"
        order={requestOf(prepared).order}
        notYet={prepared.kind === 'wrong' ? prepared.problem : undefined}
        words={`A request to ${shortPid(pid)}; its answer is shown. The node waits for 5 s.`}
        onDone={(value, { request: to }) => {
          answer.value = { value, to: String(to) }
        }}
      >
        <Field label="Request" value={request.value} onValue={setting(request)} />
        <Field label={PAYLOAD} value={payload.value} onValue={setting(payload)} />
      </Action>
      {answer.value !== undefined && (
        <Dialog
          title={`Answer to ${answer.value.to}`}
          onClose={() => {
            answer.value = undefined
          }}
        >
          <ValueTree value={answer.value.value} label="Answer" />
        </Dialog>
      )}
    </>
  )
}

const PAYLOAD = 'Payload (JSON, or empty)'

const setting =
  <T,>(signal: Signal<T>) =>
  (value: T): void => {
    signal.value = value
  }

function ExitAction({ node, sheet: { pid } }: Of): VNode {
  const reason = useSignal('shutdown')
  const prepared = exitOrder(pid, reason.value)
  return (
    <Action
      node={node}
      label="Exit"
      kind="plain"
      order={requestOf(prepared).order}
      notYet={prepared.kind === 'wrong' ? prepared.problem : undefined}
      confirm={pid}
      words="An exit signal: who traps exits may go on. Its supervisor may bring it back."
    >
      <Field label="Reason" value={reason.value} onValue={setting(reason)} />
    </Action>
  )
}

function KillAction({ node, sheet: { pid } }: Of): VNode {
  return (
    <Action
      node={node}
      label="Kill"
      order={requestOf(killOrder(pid)).order}
      confirm={pid}
      words="Ends it without asking: its terminate is not called, what waits is lost and counted."
    />
  )
}

const LEVELS: readonly (readonly [LogThreshold, string])[] = [
  ['trace', 'trace: all'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['warning', 'warning'],
  ['error', 'error'],
  ['silent', 'silent: nothing'],
]

function LevelAction({ node, sheet: { pid } }: Of): VNode {
  const level = useSignal<LogThreshold>('debug')
  return (
    <Action
      node={node}
      label="Log level"
      order={{ do: 'log-level', pid, level: level.value }}
      words="The level of this process alone, until it ends."
    >
      <Choice label="Level" value={level.value} choices={LEVELS} onValue={setting(level)} />
    </Action>
  )
}

function SamplerAction({ node, sheet: { pid } }: Of): VNode {
  const sampler = useSignal('per-second 5')
  return (
    <Action
      node={node}
      label="Trace"
      order={{ do: 'sampler', scope: 'process', of: pid, sampler: sampler.value }}
      needs="trace"
      words="Which messages of this process begin a trace; see the page Tracing."
    >
      <Choice label="Traces" value={sampler.value} choices={SAMPLERS} onValue={setting(sampler)} />
    </Action>
  )
}
