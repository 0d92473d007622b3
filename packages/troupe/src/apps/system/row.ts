/**
 * apps/system/row: one process as a line of a list: plain data that holds nothing of the node.
 */

import type { ProcessRow } from '#contract'
import { Pid, type ProcessGlance } from '#contract'
import { NAME_CHARS_MAX } from './limits.js'

/** The address alone: a process must not be kept alive by a list that names it. */
export const addressOf = (pid: Pid): Pid => Pid.of(pid.node, pid.id, pid.creation)

export const maybeAddress = (pid: Pid | undefined): Pid | undefined =>
  pid === undefined ? undefined : addressOf(pid)

/** A name as it is told: cut to its length. */
export const nameOf = (text: string): string =>
  text.length > NAME_CHARS_MAX ? `${text.slice(0, NAME_CHARS_MAX)}…` : text

export function rowOf(glance: ProcessGlance): ProcessRow {
  const { name, application } = glance
  return {
    pid: addressOf(glance.pid),
    name: name === undefined ? undefined : nameOf(name),
    behaviour: nameOf(glance.behaviour),
    kind: glance.kind,
    application: application === undefined ? undefined : nameOf(application),
    state: glance.state,
    parent: maybeAddress(glance.parent),
    leader: maybeAddress(glance.leader),
    mailbox: glance.mailbox,
    oldestWaitMs: glance.oldestWaitMs,
    messagesIn: glance.messagesIn,
    messagesOut: glance.messagesOut,
    wakeUps: glance.wakeUps,
    runningMs: glance.runningMs,
    uptimeMs: glance.uptimeMs,
    restarts: glance.restarts,
  }
}
