/**
 * An actor that does what the test sends it, and writes down what it was told.
 */

import { actor } from '#actor'
import {
  describeReason,
  type ExitReason,
  message,
  type Node,
  type Pid,
  type ProcessContext,
  ProcessName,
  protocol,
  request,
  type SpawnOptions,
  type Target,
} from '#contract'

/** Something to do in the name of the actor. */
export type Script = (context: ProcessContext) => unknown

export const Scripted = protocol('scripted', {
  act: message<Script>(),
  ask: request<Script, unknown>(),
  note: message<unknown>(),
})

/** A target by its kind, and by its name where it has one, so that lines are the same each run. */
export function told(target: Target): string {
  if (ProcessName.is(target) || target.kind === 'event') return `${target.kind} ${target.name}`
  return target.kind
}

/** Its state is the list the test gave it; lines are pushed as things happen. */
export const scripted = actor(Scripted, {
  init: (seen: string[] = []) => seen,
  on: {
    act: (_seen, run, context) => run(context),
    ask: (_seen, run, context) => run(context),
    note(seen, what) {
      seen.push(String(what))
    },
  },
  handleDown(seen, { target, reason }) {
    seen.push(`down of ${told(target)}: ${describeReason(reason)}`)
  },
  handleExit(seen, { from, reason }) {
    seen.push(`exit of ${told(from)}: ${describeReason(reason)}`)
  },
  handleEvent(seen, { event, message: published }) {
    seen.push(`event ${event.name}: ${String(published)}`)
  },
  handleLog(seen, record) {
    seen.push(`log ${record.message}`)
  },
  terminate(seen, reason) {
    seen.push(`terminate: ${describeReason(reason)}`)
  },
})

export type ScriptedPid = Pid<typeof Scripted>

/** One scripted process and what it has seen. */
export interface Player {
  readonly pid: ScriptedPid
  readonly seen: string[]
}

export async function play(node: Node, options: SpawnOptions = {}): Promise<Player> {
  const seen: string[] = []
  return { pid: await node.spawn(scripted, { ...options, args: [seen] }), seen }
}

/** A promise that the test settles by hand. */
export interface Gate {
  readonly closed: Promise<void>
  open(): void
  fail(error: unknown): void
}

export function makeGate(): Gate {
  let open: () => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const closed = new Promise<void>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { closed, open, fail }
}

/** The end of a process in words, as soon as it is known. */
export function endOf(node: Node, pid: Pid): { reason: ExitReason | undefined } {
  const end: { reason: ExitReason | undefined } = { reason: undefined }
  void node.ended(pid).then((reason) => {
    end.reason = reason
  })
  return end
}
