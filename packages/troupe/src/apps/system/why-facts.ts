/**
 * apps/system/why-facts: what is read of one process to explain what holds it up.
 *
 * Decides nothing. Limit: `WAITS_MAX` of its calls and sends; of a pool or a router the first
 * `MEMBERS_MAX` processes linked with it are looked through for a request, a slice at a time.
 */
import {
  type Address,
  type BehaviourKind,
  type CallFact,
  type NodeInspection,
  type OwedFact,
  Pid,
  type ProcessFacts,
  type ProcessGlance,
  ProcessName,
  type SendFact,
} from '#contract'
import { SLICE_MS } from './limits.js'
import { printedAddress } from './process-insight.js'
import { addressOf } from './row.js'
import {
  type Lead,
  type LinkFacts,
  type StuckFacts,
  subjectOf,
  type WaitFacts,
} from './why-verdict.js'

const WAITS_MAX = 50
const MEMBERS_MAX = 200
const MEMBERS_PER_SLICE = 32
/** A handler that takes longer makes no progress; it need not be looked at twice. */
const SETTLED_MS = 1_000
/** Of long turns those of the last minute are told. */
const BLOCKED_AGO_MS = 60_000

/** Who waits, and for which request, as far as the chain knows. */
export interface Asked {
  readonly from: Pid | undefined
  readonly request: string | undefined
}

/** What was counted of a process at one moment. */
export interface Moment {
  readonly messagesIn: number
  readonly mailbox: number
  readonly atMs: number
}

/** Undefined when it has ended. */
export function momentOf(inspection: NodeInspection, pid: Pid): Moment | undefined {
  const glance = inspection.glance(pid)
  if (glance === undefined) return undefined
  const { messagesIn, mailbox } = glance
  return { messagesIn, mailbox, atMs: inspection.clock.nowMs() }
}

/** True when only a second look tells whether it goes on. */
export function wantsSample(inspection: NodeInspection, pid: Pid): boolean {
  const facts = inspection.facts(pid, { limit: 1, watch: true })
  const [oldest] = facts?.handling ?? []
  return oldest === undefined || oldest.sinceMs < SETTLED_MS
}

/** True when a request sent to this process may be held by one of its members. */
export function hasMembers(inspection: NodeInspection, pid: Pid, asked: Asked): boolean {
  const kind: BehaviourKind | undefined = inspection.glance(pid)?.kind
  return asked.from !== undefined && (kind === 'pool' || kind === 'router')
}

/** Looks for the process a request is held by: the one it was sent to, or one that got it of it. */
export class HolderSearch {
  readonly #inspection: NodeInspection
  readonly #asked: Asked
  readonly #members: Iterator<unknown>
  /** As long as nobody else is found, the one it was sent to. */
  holder: Pid

  constructor(inspection: NodeInspection, pid: Pid, asked: Asked) {
    this.#inspection = inspection
    this.#asked = asked
    this.holder = pid
    const links = inspection.view(pid, MEMBERS_MAX)?.info.links ?? []
    this.#members = [pid, ...links].values()
  }

  /** Goes on for a slice; true when the search is over. */
  step(): boolean {
    const { clock } = this.#inspection
    const startMs = clock.nowMs()
    for (let looked = 0; looked < MEMBERS_PER_SLICE; looked += 1) {
      const { done, value } = this.#members.next()
      if (done === true || this.#isHolder(value)) return true
      if (clock.nowMs() - startMs > SLICE_MS) return false
    }
    return false
  }

  #isHolder(member: unknown): boolean {
    const inspection = this.#inspection
    if (!Pid.is(member) || member.node !== inspection.node.name) return false
    const facts = inspection.facts(member, { limit: WAITS_MAX, watch: false, only: 'owes' })
    const holds = facts?.owes.some((owed) => isAsked(owed, this.#asked)) === true
    if (holds) this.holder = addressOf(member)
    return holds
  }
}

const isAsked = ({ from, request }: OwedFact, asked: Asked): boolean =>
  from !== undefined &&
  asked.from !== undefined &&
  Pid.equals(from, asked.from) &&
  (asked.request === undefined || request === asked.request)

/** Undefined when it has ended. */
export function stuckFacts(
  inspection: NodeInspection,
  pid: Pid,
  asked: Asked,
  before: Moment | undefined,
): StuckFacts | undefined {
  const glance = inspection.glance(pid)
  const facts = inspection.facts(pid, { limit: WAITS_MAX, watch: true })
  if (glance === undefined || facts === undefined) return undefined
  const nowMs = inspection.clock.nowMs()
  const owed = facts.owes.find((one) => isAsked(one, asked))
  return {
    subject: subjectOf(pid, glance.name, glance.behaviour),
    pid: addressOf(pid),
    node: inspection.node.name,
    state: glance.state,
    uptimeMs: glance.uptimeMs,
    mailbox: glance.mailbox,
    oldestWaitMs: glance.oldestWaitMs,
    handling: facts.handling[0],
    isReentrant: glance.state !== 'waiting' && facts.handling.length > 0,
    waits: waitsOf(inspection, facts),
    owed: owed ?? facts.owes.find(({ place }) => place === 'put-off'),
    childWaits: facts.childWaits,
    utilisation: facts.utilisation,
    sample: before === undefined ? undefined : sampleOf(before, glance, nowMs),
    quietForMs: facts.quietForMs,
    meanMs: meanOf(facts),
    blocked: inspection.longTurns().find(({ agoMs }) => agoMs <= BLOCKED_AGO_MS),
  }
}

function meanOf({ rates }: ProcessFacts): number | undefined {
  const count = rates.reduce((sum, rate) => sum + rate.count, 0)
  return count === 0 ? undefined : rates.reduce((sum, rate) => sum + rate.totalMs, 0) / count
}

const sampleOf = (
  before: Moment,
  { messagesIn, mailbox }: ProcessGlance,
  nowMs: number,
): StuckFacts['sample'] => ({
  ms: nowMs - before.atMs,
  taken: messagesIn - before.messagesIn,
  grownBy: mailbox - before.mailbox,
})

function waitsOf(inspection: NodeInspection, facts: ProcessFacts): readonly WaitFacts[] {
  const calls = facts.calls.map((call) => callWait(inspection, call))
  const sends = facts.sends.map((send) => sendWait(inspection, send))
  return [...calls, ...sends].sort((one, other) => other.waitedMs - one.waitedMs)
}

const callWait = (inspection: NodeInspection, call: CallFact): WaitFacts => ({
  kind: 'call',
  what: call.request,
  to: printedAddress(call.to),
  waitedMs: call.waitedMs,
  leftMs: call.leftMs,
  lead: leadOf(inspection, call.to, call.holder),
  link: undefined,
})

function sendWait(inspection: NodeInspection, send: SendFact): WaitFacts {
  const lead = leadOf(inspection, send.to, send.holder)
  return {
    kind: 'send',
    what: send.message,
    to: printedAddress(send.to),
    waitedMs: send.waitedMs,
    leftMs: Number.POSITIVE_INFINITY,
    lead,
    link: lead.kind === 'far' ? linkOf(inspection, lead.node) : undefined,
  }
}

function linkOf({ node: { network } }: NodeInspection, node: string): LinkFacts {
  const peer = network.peer(node)
  return {
    node,
    state: peer?.state ?? 'not connected',
    waitingBytes: peer?.waitingBytes ?? 0,
    keptBytes: peer?.keptBytes ?? 0,
    heldByPeer: peer?.heldByPeer ?? 0,
  }
}

function leadOf(inspection: NodeInspection, to: Address, holder: Pid | undefined): Lead {
  if (holder !== undefined) return { kind: 'here', pid: addressOf(holder) }
  const isProcess = Pid.is(to) || ProcessName.is(to)
  const node = isProcess ? to.node : undefined
  if (node === undefined || node === inspection.node.name) {
    return { kind: 'lost', problem: `who has the request for ${printedAddress(to)} is not known` }
  }
  const pid = Pid.is(to) ? addressOf(to) : undefined
  return { kind: 'far', node, pid, name: ProcessName.is(to) ? to.name : undefined }
}
