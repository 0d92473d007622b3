/**
 * actor/supervisor-management: what people and programs may ask of a running supervisor.
 *
 * Each function carries out one request of `supervisorProtocol`; the answers are sent by
 * `supervisor`. Throws coded errors, which become rejections of the caller.
 *
 * @source ergo-features 9, Dynamic API
 */
import {
  describeReason,
  formatTarget,
  Pid,
  printed,
  readObject,
  requireOption,
  TroupeError,
} from '#contract'
import { Child } from './child.js'
import { type ChildSpec, checkChild } from './child-spec.js'
import type { Supervision } from './supervision.js'
import type { ChildInfo, StartChild, SupervisorCounters } from './supervisor-protocol.js'

/** Runs an operation in its turn; refused while a group of children is being restarted. */
export function inTurn<T>(supervision: Supervision, operation: () => Promise<T>): Promise<T> {
  const { spec, operations } = supervision
  if (supervision.recovering) {
    return Promise.reject(new TroupeError('STRATEGY_ACTIVE', {}))
  }
  // Dynamic children have nothing to do with each other: their starts need no order.
  return spec.surroundings.dynamic ? operation() : operations.run(operation)
}

export async function startChild(supervision: Supervision, given: StartChild): Promise<Pid> {
  const asked = readObject('startChild', given)
  const { args, as } = asked
  requireOption(args === undefined || Array.isArray(args), 'args', args, 'give a list')
  requireOption(as === undefined || typeof as === 'string', 'as', as, 'give a name')
  if (supervision.spec.surroundings.dynamic) return startDynamic(supervision, asked)
  const child = childOf(supervision, asked.name)
  if (child.state === 'disabled') throw new TroupeError('CHILD_DISABLED', { name: asked.name })
  if (child.alive) throw new TroupeError('CHILD_RUNNING', { name: asked.name })
  // Whoever asks for it does not want to wait for the back-off.
  await supervision.offspring.stop(child)
  if (asked.args !== undefined) child.args = asked.args
  return launch(supervision, child)
}

async function startDynamic(supervision: Supervision, asked: StartChild): Promise<Pid> {
  const { name, args, as } = asked
  const template = supervision.spec.children.find((spec) => spec.name === name)
  if (template === undefined) throw new TroupeError('CHILD_UNKNOWN', { name: printed(name) })
  if (supervision.disabled.has(name)) throw new TroupeError('CHILD_DISABLED', { name })
  const child = new Child(template, args, as)
  supervision.children.add(child)
  try {
    return await launch(supervision, child)
  } catch (refused) {
    supervision.children.delete(child)
    throw refused
  }
}

export async function addChild(supervision: Supervision, given: ChildSpec): Promise<Pid> {
  const { surroundings } = supervision.spec
  if (surroundings.dynamic) {
    const problem = 'its children are made from templates; use startChild'
    throw new TroupeError('NOT_ALLOWED', { operation: 'addChild', problem })
  }
  const checked = checkChild(readObject('addChild', given), surroundings)
  const isTaken = [...supervision.children].some((child) => child.spec.name === checked.name)
  if (isTaken) throw new TroupeError('CHILD_TAKEN', { name: checked.name })
  const child = new Child(checked)
  supervision.children.add(child)
  try {
    return await launch(supervision, child)
  } catch (refused) {
    supervision.children.delete(child)
    throw refused
  }
}

/** Starts a child for somebody who waits for its pid. */
async function launch(supervision: Supervision, child: Child): Promise<Pid> {
  child.attempt = 0
  const launched = await supervision.offspring.launch(child)
  if (launched.kind === 'running') return launched.pid
  if (launched.kind === 'ended') {
    // It did start; that it is over already is treated like any other end.
    supervision.launchFailed(child, launched)
    return launched.pid
  }
  child.state = 'stopped'
  if (TroupeError.is(launched.error)) throw launched.error
  const problem = describeReason(launched.reason)
  const detail = { supervisor: supervision.spec.name, child: child.spec.name, problem }
  throw new TroupeError('CHILD_START_FAILED', detail, launched.error)
}

export async function stopChild(supervision: Supervision, target: string | Pid): Promise<void> {
  const child = Pid.is(target) ? childByPid(supervision, target) : childOf(supervision, target)
  await stopForGood(supervision, child)
  if (supervision.spec.surroundings.dynamic) supervision.children.delete(child)
}

/** Stops a child; what a killed one has left is nobody's. */
async function stopForGood(supervision: Supervision, child: Child): Promise<void> {
  await supervision.offspring.stop(child)
  child.giveUp()
}

export async function deleteChild(supervision: Supervision, name: string): Promise<void> {
  const child = childOf(supervision, name)
  await stopForGood(supervision, child)
  supervision.children.delete(child)
}

export async function disableChild(supervision: Supervision, name: string): Promise<void> {
  if (!supervision.spec.surroundings.dynamic) {
    const child = childOf(supervision, name)
    await stopForGood(supervision, child)
    child.state = 'disabled'
    return
  }
  requireTemplate(supervision, name)
  supervision.disabled.add(name)
  const made = [...supervision.children].filter((child) => child.spec.name === name)
  await supervision.stopAll(made)
  for (const child of made) {
    child.giveUp()
    supervision.children.delete(child)
  }
}

export async function enableChild(
  supervision: Supervision,
  name: string,
): Promise<Pid | undefined> {
  if (supervision.spec.surroundings.dynamic) {
    requireTemplate(supervision, name)
    supervision.disabled.delete(name)
    return undefined
  }
  const child = childOf(supervision, name)
  if (child.alive) return child.pid
  child.window?.clear()
  await supervision.offspring.stop(child)
  return launch(supervision, child)
}

export function childInfos(supervision: Supervision): readonly ChildInfo[] {
  return [...supervision.children].map((child) => child.info())
}

export function counters(supervision: Supervision): SupervisorCounters {
  const infos = childInfos(supervision)
  const { spec, context, window, restarts } = supervision
  const supervisors = infos.filter((info) => info.kind === 'supervisor').length
  return Object.freeze({
    specs: spec.surroundings.dynamic ? spec.children.length : infos.length,
    running: infos.filter((info) => info.state === 'running').length,
    supervisors,
    workers: infos.length - supervisors,
    restarts,
    restartsInWindow: window.count(context.nowMs()),
  })
}

function requireTemplate(supervision: Supervision, name: string): void {
  const isKnown = supervision.spec.children.some((template) => template.name === name)
  if (!isKnown) throw new TroupeError('CHILD_UNKNOWN', { name: printed(name) })
}

/** The child of a name; of dynamic ones, that registered under it. */
function childOf(supervision: Supervision, name: string): Child {
  for (const child of supervision.children) {
    if (supervision.spec.surroundings.dynamic ? child.as === name : child.spec.name === name) {
      return child
    }
  }
  throw new TroupeError('CHILD_UNKNOWN', { name: printed(name) })
}

function childByPid(supervision: Supervision, pid: Pid): Child {
  const child = supervision.offspring.childOf(pid)
  if (child === undefined) throw new TroupeError('CHILD_UNKNOWN', { name: formatTarget(pid) })
  return child
}
