/**
 * page/pages/process/actions: what can be done to a process: a message, an exit, a kill, its log
 * level, its traces.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { LogThreshold } from 'troupe'
import { Action } from '#page/kit/action'
import { Choice, Field } from '#page/kit/fields'
import { exitOrder, killOrder, type Prepared, sendOrder } from '#page/model/orders'
import { shortPid } from '#page/model/pid-text'
import type { ToldProcess } from '#page/model/told'
import { SAMPLERS } from '#page/pages/parts/sampler-choices'

interface Of {
  readonly node: string
  readonly sheet: ToldProcess
}

/** Troupe's own processes are the node: whoever ends them ends it. */
const isOwn = ({ kind }: ToldProcess): boolean => kind === 'system'

export function ProcessActions(of: Of): VNode {
  return (
    <>
      <SendAction {...of} />
      <LevelAction {...of} />
      <SamplerAction {...of} />
      {!isOwn(of.sheet) && <ExitAction {...of} />}
      {!isOwn(of.sheet) && <KillAction {...of} />}
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
      <Field
        label="Message"
        value={message.value}
        onValue={(text) => {
          message.value = text
        }}
      />
      <Field
        label="Payload (JSON, or empty)"
        value={payload.value}
        onValue={(text) => {
          payload.value = text
        }}
      />
    </Action>
  )
}

function ExitAction({ node, sheet: { pid } }: Of): VNode {
  const reason = useSignal('shutdown')
  const prepared = exitOrder(pid, reason.value)
  return (
    <Action
      node={node}
      label="Exit"
      order={requestOf(prepared).order}
      notYet={prepared.kind === 'wrong' ? prepared.problem : undefined}
      confirm={pid}
      words="An exit signal: who traps exits may go on. Its supervisor may bring it back."
    >
      <Field
        label="Reason"
        value={reason.value}
        onValue={(text) => {
          reason.value = text
        }}
      />
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
      <Choice
        label="Level"
        value={level.value}
        choices={LEVELS}
        onValue={(chosen) => {
          level.value = chosen
        }}
      />
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
      <Choice
        label="Traces"
        value={sampler.value}
        choices={SAMPLERS}
        onValue={(chosen) => {
          sampler.value = chosen
        }}
      />
    </Action>
  )
}
