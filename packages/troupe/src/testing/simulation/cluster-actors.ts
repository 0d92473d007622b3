/**
 * testing/simulation/cluster-actors: the processes of the workload; they write the journal.
 *
 * On each node: two that answer at once, one that takes its time, one with a narrow mailbox, one
 * that notes what the node is told of others, and leaves, which are only watched and ended.
 */
import { actor } from '#actor'
import {
  type AnySpawnable,
  DEAD_LETTER_EVENT,
  type DeadLetter,
  type Down,
  type EventGap,
  type EventMessage,
  type Exit,
  type ExitReason,
  eventName,
  message,
  NODE_EVENT,
  NoReply,
  type PeerNotice,
  type ProcessContext,
  protocol,
  request,
} from '#contract'
import type { ClusterMember } from './cluster.js'
import type { ClusterJournal, Leaf, Listening, Relation } from './cluster-journal.js'

/** What travels. */
export interface Parcel {
  readonly id: number
  readonly pad?: Uint8Array
}

export const Desk = protocol('desk', {
  note: message<Parcel>(),
  ask: request<Parcel, number>(),
  never: request<Parcel, number>(),
})

/** The narrowest mailbox of a node holds so many. */
const NARROW_MAX = 16
const SLOW_MS = 3

/** Where the processes of one life leave their contexts, by name. */
export type Contexts = Map<string, ProcessContext>

/** Processes that take parcels. */
export function deskActor(
  journal: ClusterJournal,
  member: () => ClusterMember | undefined,
  contexts: Contexts,
  name: 'quick' | 'second' | 'slow' | 'narrow',
): AnySpawnable {
  const isSlow = name === 'slow' || name === 'narrow'
  const take = ({ id }: Parcel): boolean => {
    const self = member()
    if (self === undefined || !self.isAlive) return false
    journal.handle(self)
    journal.receive(id, `${self.key}/${name}`)
    return true
  }
  return actor(Desk, {
    name,
    options: name === 'narrow' ? { mailbox: { lengthMax: NARROW_MAX, policy: 'fail' } } : {},
    started: (_state, context) => void contexts.set(name, context),
    on: {
      note: (_state, parcel, context) =>
        take(parcel) && isSlow ? context.sleep(SLOW_MS) : undefined,
      ask: async (_state, parcel, context) => {
        take(parcel)
        if (isSlow) await context.sleep(SLOW_MS)
        return parcel.id
      },
      never: (_state, parcel, context) => {
        take(parcel)
        context.replyLater()
        return NoReply
      },
    },
  })
}

/** Notes what a node is told of others. */
export function observerActor(
  journal: ClusterJournal,
  member: () => ClusterMember | undefined,
  nowMs: () => number,
): AnySpawnable {
  const Observer = protocol('observer', {})
  return actor(Observer, {
    started: (_state, context) => {
      void context.subscribe(eventName(NODE_EVENT))
      void context.subscribe(eventName(DEAD_LETTER_EVENT))
    },
    on: {},
    handleEvent: (_state, event) => {
      const self = member()
      if (self === undefined || !self.isAlive) return
      journal.handle(self)
      const notice = noticeOf(event)
      if (notice !== undefined) journal.noticesOf(self).push({ ...notice, atMs: nowMs() })
    },
  })
}

function noticeOf({ message: told }: EventMessage) {
  const notice = told as PeerNotice | DeadLetter
  switch (notice.kind) {
    case 'node-up':
      return { kind: 'up', about: notice.node, creation: notice.creation, ...NO_LETTER } as const
    case 'node-down': {
      const { node: about, creation, reason } = notice
      return { kind: 'down', about, creation, count: 0, reason } as const
    }
    case 'node-suspect':
      return { kind: 'suspect', about: notice.node, creation: 0, ...NO_LETTER } as const
    case 'dead-letter': {
      if (notice.cause !== 'connection-lost') return undefined
      const about = (notice.to as { readonly node: string }).node
      return { kind: 'letters', about, creation: 0, count: notice.count, reason: '' } as const
    }
    default:
      return undefined
  }
}
const NO_LETTER = Object.freeze({ count: 0, reason: '' })

/** What a leaf is told belongs to the relations and subscriptions it has. */
export interface LeafDuties {
  readonly leaf: Leaf
  context: ProcessContext | undefined
  readonly relations: Relation[]
  listening: Listening | undefined
}

/** A process to be watched, linked and ended. */
export function leafActor(
  journal: ClusterJournal,
  duties: () => LeafDuties,
  nowMs: () => number,
): AnySpawnable {
  const Leaves = protocol('leaf', {})
  const isOver = (): boolean => !duties().leaf.member.isAlive
  const count = (): void => journal.handle(duties().leaf.member)
  return actor(Leaves, {
    options: { trapExit: true },
    started: (_state, context) => {
      duties().context = context
    },
    on: {},
    terminate: (_state, reason) => {
      if (!isOver()) ended(duties().leaf, reason, nowMs())
    },
    handleDown: (_state, down) => {
      if (isOver()) return
      count()
      tellDown(journal, duties(), down, nowMs())
    },
    handleExit: (_state, exit, context) => {
      if (isOver()) return
      count()
      tellExit(journal, duties(), exit, context, nowMs())
    },
    handleEvent: (_state, event) => {
      if (isOver()) return
      count()
      tellEvent(journal, duties(), (event.message as { readonly n: number }).n)
    },
    handleEventGap: (_state, gap) => {
      if (isOver()) return
      count()
      tellGap(journal, duties(), gap)
    },
  })
}

/** A leaf has ended. */
export function ended(
  leaf: { -readonly [K in keyof Leaf]: Leaf[K] },
  reason: ExitReason,
  atMs: number,
): void {
  leaf.endedMs ??= atMs
  leaf.reason ??= reason
}

function tellDown(
  journal: ClusterJournal,
  { leaf, relations, listening }: LeafDuties,
  down: Down,
  atMs: number,
): void {
  const relation = relations.find(({ ref }) => ref?.id === down.ref.id)
  if (relation !== undefined) {
    tell(journal, relation, down.reason, atMs)
    return
  }
  if (listening === undefined || !listening.refs.some(({ id }) => id === down.ref.id)) {
    // The notice may overtake the answer of the subscription that it belongs to.
    if (listening === undefined) journal.violate('foreign down', `leaf ${leaf.id}`)
    else listening.downs += 1
    return
  }
  listening.downs += 1
  if (listening.state === 'joined') listening.state = 'lost'
}

function tellExit(
  journal: ClusterJournal,
  { leaf, relations }: LeafDuties,
  { from, reason }: Exit,
  context: ProcessContext,
  atMs: number,
): void {
  // The end of a linked leaf, which had such an order itself, is none for this one.
  const isOrder =
    typeof reason === 'object' &&
    reason.kind === 'custom' &&
    reason.name === 'order' &&
    reason.detail === leaf.id
  if (isOrder) {
    context.stop(reason)
    return
  }
  const other = from as { readonly node: string; readonly id: number; readonly creation: number }
  const relation = relations.find(
    ({ kind, target: { pid } }) =>
      kind !== 'monitor' &&
      pid.node === other.node &&
      pid.id === other.id &&
      pid.creation === other.creation,
  )
  if (relation === undefined) journal.violate('foreign exit', `leaf ${leaf.id} from ${other.id}`)
  else tell(journal, relation, reason, atMs)
}

function tell(journal: ClusterJournal, relation: Relation, reason: ExitReason, atMs: number): void {
  relation.told.push({ atMs, reason })
  if (relation.told.length > 1 || relation.withdrawn) {
    journal.violate('told twice', describeRelation(relation))
  }
}

function tellEvent(journal: ClusterJournal, { leaf, listening }: LeafDuties, n: number): void {
  if (listening === undefined) return
  listening.events += 1
  if (listening.state === 'joining') {
    listening.early.push(n)
    return
  }
  const where = `leaf ${leaf.id} at ${leaf.member.key} hears ${listening.host}`
  if (listening.state === 'lost') journal.violate('event after loss', `${where}: ${n}`)
  else if (listening.last !== undefined && n !== listening.last + 1) {
    journal.violate('event order', `${where}: ${n} after ${listening.last}`)
  }
  listening.last = n
}

function tellGap(
  journal: ClusterJournal,
  { leaf, listening }: LeafDuties,
  { missed, ref }: EventGap,
): void {
  if (listening === undefined) return
  if (!listening.resubscribe || listening.state !== 'lost') {
    const told = `${listening.state}, ${listening.downs} downs, ${listening.gaps} gaps`
    const where = `leaf ${leaf.id} hears ${listening.host}`
    journal.violate('gap without a loss', `${where}: ${told}, ${listening.resubscribe}`)
  }
  listening.state = 'joined'
  listening.gaps += 1
  listening.refs.push(ref)
  const latest = missed.at(-1)?.message as { readonly n: number } | undefined
  listening.last = latest?.n ?? listening.last
  if (latest === undefined) listening.last = undefined
}

/** One line about a monitor or a link. */
export const describeRelation = ({ kind, watcher, target, atMs, told }: Relation): string =>
  `${kind} of leaf ${target.id} at ${target.member.key} by leaf ${watcher.id} at ` +
  `${watcher.member.key}, made at ${atMs.toFixed(1)} ms, told ` +
  (told.map((one) => `${JSON.stringify(one.reason)} at ${one.atMs.toFixed(1)}`).join(', ') ||
    'nothing')
