/**
 * hub/subject: a subject of a stream, read and found good: what is looked at or followed for it.
 */
import { type Asked, readAddress } from '#observer/ask/asked'
import { costOfAsked } from '#observer/ask/costs'
import { jsonOf } from '#observer/text/plain'
import { refused } from '#observer/text/problem'
import { ClusterFollowTopic } from './cluster-follow-topic.js'
import { FollowTopic } from './follow-topic.js'
import type { Subject } from './hub.js'
import { isSeenRecord } from './narrow.js'
import { NodeFollow } from './node-follow.js'
import { withoutPayload } from './payloads.js'
import type { Teller } from './teller.js'
import { type News, Topic } from './topic.js'
import { may, type Verbs, type View, type Who } from './verbs.js'

/** Between two looks of a stream at all nodes, and at their histories. */
const MERGED_MS = 2_000
const HISTORY_MS = 5_000
/** Questions whose answers change when the node tells of it, and only then. */
const TOLD_BY: Readonly<Record<string, string>> = Object.freeze({
  registrar: 'registrar',
  members: 'membership',
})

/** What answers, and who is there. */
export interface SubjectParts {
  readonly teller: Teller
  readonly verbs: Verbs
  readonly nodes: () => Promise<readonly string[]>
}

/** Throws `Refused`. */
export function subjectOf(text: string, view: View, parts: SubjectParts): Subject {
  const { teller } = parts
  const asked = readAddress(text)
  teller.check(asked, view)
  requireStreamed(asked)
  const make = () => topicOf(text, asked, view, parts)
  return { key: `${view.id} ${text}`, cost: costOfAsked(asked), make }
}

function topicOf(
  subject: string,
  asked: Asked,
  view: View,
  { teller, verbs, nodes }: SubjectParts,
) {
  if (asked.kind === 'follow') {
    const { node, payload } = asked
    return new FollowTopic({ subject, node, payload, verbs, shown: shownTo(view) })
  }
  if (asked.kind === 'cluster-follow') {
    const { payload = {} } = asked
    const shown = shownTo(view)
    return new ClusterFollowTopic({
      ...{ subject, payload, verbs },
      nodes: async () => (await nodes()).filter((node) => view.mayLookAt(node)),
      shown: (record, node) => ofNode(shown(record), node),
    })
  }
  const node = asked.kind === 'question' ? asked.node : undefined
  const look = async (by: Who): Promise<string> => jsonOf(await teller.tell(asked, { ...view, by }))
  const news = newsOf(asked, verbs)
  const cost = costOfAsked(asked)
  const parts = { subject, node, look, cost, leastMs: leastMsOf(asked), verbs }
  return new Topic(news === undefined ? parts : { ...parts, news })
}

/** A record as this viewer may see it; undefined: it is not for him. */
const shownTo =
  (view: View) =>
  (record: unknown): unknown => {
    if (!isSeenRecord(record, view)) return undefined
    return may(view, 'payloads') ? record : withoutPayload(record)
  }

/** A record with the node that told it; what it calls its node itself is who asked. */
function ofNode(record: unknown, node: string): unknown {
  if (typeof record !== 'object' || record === null) return undefined
  const { node: own } = record as { readonly node?: unknown }
  return { ...record, ...(own === undefined ? {} : { asker: own }), node }
}

/** What costs all nodes is asked less often. */
function leastMsOf(asked: Asked): number {
  switch (asked.kind) {
    case 'question':
      return asked.spec.leastMs
    case 'merged':
      return Math.max(MERGED_MS, asked.spec.leastMs)
    case 'cluster-services':
    case 'cluster-leaders':
      return MERGED_MS
    case 'cluster-metrics':
    case 'cluster-history':
      return HISTORY_MS
    default:
      return 0
  }
}

function newsOf(asked: Asked, verbs: Verbs): ((fresh: () => void) => News) | undefined {
  const of = asked.kind === 'question' ? TOLD_BY[asked.spec.request] : undefined
  if (asked.kind !== 'question' || of === undefined) return undefined
  const { node } = asked
  return (fresh) =>
    new NodeFollow({
      ...{ node, payload: { of }, verbs },
      ...{ begun: fresh, told: fresh },
      // It is looked at as often as anything else until it can be followed.
      failed: fresh,
    })
}

function requireStreamed(asked: Asked): void {
  if (!('spec' in asked) || !asked.spec.once) return
  const { request } = asked.spec
  throw refused(400, 'OPTION_INVALID', `${request} is asked once`, 'ask with GET, not by a stream')
}
