/**
 * apps/system/topic-sheet: one event of the program: who owns it, and who listens.
 */
import type { TopicMember, TopicQuestion, TopicSheet } from '#cluster'
import { type NodeInspection, type Pid, printable, requireOption, TroupeError } from '#contract'
import { NAME_CHARS_MAX } from './limits.js'
import { readQuestion, readText } from './reading.js'
import { addressOf, maybeAddress } from './row.js'

const SUBSCRIBERS_MAX = 100
const KNOWN: Readonly<Record<keyof TopicQuestion, true>> = Object.freeze({ event: true })

/** OPTION_INVALID, EVENT_UNKNOWN. */
export function topicSheet(given: unknown, inspection: NodeInspection): TopicSheet {
  const event = readText('event', readQuestion<TopicQuestion>('topic', given, KNOWN).event)
  requireOption(event !== undefined, 'event', 'nothing', 'name one')
  const view = inspection.event(event as string, SUBSCRIBERS_MAX)
  if (view === undefined) {
    const { name: node } = inspection.node
    throw new TroupeError('EVENT_UNKNOWN', { event: printable(event as string), node })
  }
  const { info, subscribers, nodes } = view
  const { owner } = info
  return {
    info: { ...info, owner: maybeAddress(owner) },
    owner: owner === undefined ? undefined : memberOf(inspection, owner),
    subscribers: subscribers.map((pid) => memberOf(inspection, pid)),
    nodes,
  }
}

function memberOf(inspection: NodeInspection, pid: Pid): TopicMember {
  const glance = inspection.glance(pid)
  const name = glance?.name
  return {
    pid: addressOf(pid),
    name: name === undefined ? undefined : printable(name, NAME_CHARS_MAX),
    behaviour: printable(glance?.behaviour ?? '', NAME_CHARS_MAX),
  }
}
