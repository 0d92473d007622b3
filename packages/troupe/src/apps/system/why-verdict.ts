/**
 * apps/system/why-verdict: what holds one process up, decided from facts.
 *
 * Pure: no clock, no node. Facts of one moment go in; steps of the explanation come out, and where
 * to look next. What is true first is told: a process that waits is explained by what it waits for,
 * one that works by its work, one that rests by nobody having sent anything.
 *
 * @source ergo-features 28 and weakness 25; elixir-cluster 6.5
 */
import type { StuckCause, WhyStep } from '#cluster'
import type {
  ChildWait,
  HandlingFact,
  LongTurnFact,
  OwedFact,
  Pid,
  ProcessState,
  ZombieFact,
} from '#contract'
import { duration, failures, percent, waiting, word } from './why-words.js'

/** Where a wait leads. */
export type Lead =
  | { readonly kind: 'here'; readonly pid: Pid }
  | {
      readonly kind: 'far'
      readonly node: string
      readonly pid: Pid | undefined
      readonly name: string | undefined
    }
  | { readonly kind: 'lost'; readonly problem: string }

/** The connection to the node a send leads to. */
export interface LinkFacts {
  readonly node: string
  readonly state: string
  readonly waitingBytes: number
  readonly keptBytes: number
  /** Mailboxes there that take nothing more from here. */
  readonly heldByPeer: number
}

/** Something a process waits for. */
export interface WaitFacts {
  readonly kind: 'call' | 'send'
  readonly what: string
  readonly to: string
  readonly waitedMs: number
  readonly leftMs: number
  readonly lead: Lead
  readonly link: LinkFacts | undefined
}

/** All that is looked at of one process. */
export interface StuckFacts {
  readonly subject: string
  readonly pid: Pid
  readonly node: string
  readonly state: ProcessState
  readonly uptimeMs: number
  readonly mailbox: number
  readonly oldestWaitMs: number
  readonly handling: HandlingFact | undefined
  readonly isReentrant: boolean
  /** The oldest first. */
  readonly waits: readonly WaitFacts[]
  /** The request that leads here, else the oldest whose answer it has put off. */
  readonly owed: OwedFact | undefined
  readonly childWaits: readonly ChildWait[]
  readonly utilisation: number
  /** Messages taken while it was looked at, and how many more wait since; undefined: not looked. */
  readonly sample:
    | { readonly ms: number; readonly taken: number; readonly grownBy: number }
    | undefined
  readonly quietForMs: number
  /** Mean time of a message while it was looked at; undefined before one was handled. */
  readonly meanMs: number | undefined
  /** The turn that held the loop most, of the last minute. */
  readonly blocked: LongTurnFact | undefined
}

/** How the process came into question. */
export interface Press {
  /** Another one waits for it. */
  readonly reached: boolean
  /** The longest that anybody in the chain waits. */
  readonly longestMs: number
}

export interface Decided {
  readonly steps: readonly WhyStep[]
  readonly next: Lead | undefined
}

/** A handler is unsettled rather than slow when it alone takes this share of the wait. */
const SHARE_UNSETTLED = 0.5
/** Above it the process is busy. */
const SHARE_BUSY = 0.5
/** A turn of this length is worth telling. */
const BLOCKED_MS = 500

/** What holds one process up, and where to look next. */
export function decide(facts: StuckFacts, press: Press): Decided {
  const [child] = facts.childWaits
  if (child !== undefined) return { steps: [childStep(child, facts.node)], next: undefined }
  const steps = [...lifeSteps(facts)]
  const wait = waitOf(facts)
  if (wait !== undefined) {
    return { steps: [...steps, waitStep(facts, wait)], next: wait.lead }
  }
  const last = restStep(facts, press)
  // A process that starts or ends without waiting for anything is explained by that.
  const isSaid = steps.length > 0 && (last.cause === 'no-messages' || last.cause === 'not-stuck')
  return { steps: isSaid ? steps : [...steps, last], next: undefined }
}

function lifeSteps(facts: StuckFacts): readonly WhyStep[] {
  const { state, uptimeMs, subject } = facts
  if (state === 'init') {
    const text = `The init of ${subject} has not settled for ${duration(uptimeMs)}.`
    return [stepOf(facts, 'starting', uptimeMs, text, 'See what its init awaits; give it a limit.')]
  }
  if (state !== 'ending') return []
  const text = `${subject} is ending: its terminate has not settled.`
  const remedy = 'See what its terminate awaits; it is killed after terminateTimeoutMs.'
  return [stepOf(facts, 'ending', facts.handling?.sinceMs ?? 0, text, remedy)]
}

/** What its handler waits for: of a process that goes on meanwhile, only when it is asked for. */
function waitOf({
  waits,
  handling,
  isReentrant,
  mailbox,
  owed,
}: StuckFacts): WaitFacts | undefined {
  const [oldest] = waits
  if (oldest === undefined) return undefined
  if (handling !== undefined && !isReentrant) return oldest
  // A call nobody awaits in a handler holds up who waits for its answer, not the mailbox.
  return mailbox === 0 || owed !== undefined ? oldest : undefined
}

function waitStep(facts: StuckFacts, wait: WaitFacts): WhyStep {
  const { subject, mailbox, oldestWaitMs } = facts
  const queue =
    mailbox === 0 ? '' : ` Meanwhile ${waiting(mailbox)}, the oldest for ${duration(oldestWaitMs)}.`
  const what = `\`${word(wait.what)}\``
  const forText = duration(wait.waitedMs)
  if (wait.kind === 'call') {
    const left = Number.isFinite(wait.leftMs)
      ? `gives up in ${duration(wait.leftMs)}`
      : 'has no time limit'
    const text = `${subject} waits for ${wait.to} to answer ${what}: ${forText}, ${left}.${queue}`
    const remedy = 'See the next step: why it is not answered.'
    return stepOf(facts, 'waiting-for-call', wait.waitedMs, text, remedy)
  }
  if (wait.link === undefined) {
    const where = `the mailbox of ${wait.to}`
    const text = `${subject} waits for room in ${where} for ${what}: ${forText}.${queue}`
    const remedy = 'See why its receiver is slow; or send less, or give it a larger mailbox.'
    return stepOf(facts, 'waiting-for-room', wait.waitedMs, text, remedy)
  }
  const { node, state, waitingBytes, keptBytes, heldByPeer } = wait.link
  const held = heldByPeer > 0 ? `, ${heldByPeer} mailboxes there are held` : ''
  const bytes = `${keptBytes} bytes not acknowledged, ${waitingBytes} of them wait to leave`
  const text =
    `${subject} is suspended: ${what} to ${wait.to} has no credit on the connection to ` +
    `${word(node)} (${state}; ${bytes}${held}): ${forText}.${queue}`
  const remedy = `See what ${word(node)} does with its messages; sends go on when it takes them.`
  return stepOf(facts, 'no-credit', wait.waitedMs, text, remedy)
}

/** It waits for nothing that is known: its own work, or nothing to do. */
function restStep(facts: StuckFacts, press: Press): WhyStep {
  const { handling, isReentrant, mailbox, owed } = facts
  if (handling !== undefined && !(isReentrant && mailbox > 0)) {
    return handlingStep(facts, handling, press)
  }
  if (owed?.place === 'put-off') return putOffStep(facts, owed)
  const blocked = facts.blocked
  const isOther = blocked !== undefined && blocked.tookMs >= BLOCKED_MS
  if (mailbox === 0) return isOther ? blockedStep(facts, blocked) : quietStep(facts)
  if (isOther && blocked.pid.id !== facts.pid.id && facts.utilisation < SHARE_BUSY) {
    return blockedStep(facts, blocked)
  }
  return busyStep(facts, press)
}

function handlingStep(facts: StuckFacts, handling: HandlingFact, press: Press): WhyStep {
  const { subject, mailbox, oldestWaitMs, sample } = facts
  const pressMs = Math.max(press.longestMs, mailbox > 0 ? oldestWaitMs : 0)
  const goesOn = (sample?.taken ?? 0) > 0
  const isSlow = goesOn || handling.sinceMs < pressMs * SHARE_UNSETTLED
  if (isSlow) return busyStep(facts, press)
  const what = `\`${word(handling.message)}\``
  const queue = mailbox === 0 ? '' : ` ${capital(waiting(mailbox))}.`
  const text =
    `The handler of ${what} in ${subject} has not settled for ${duration(handling.sinceMs)}; it ` +
    `waits for something outside of calls and sends.${queue}`
  const remedy =
    'Give what it awaits a time limit: a file, a database, a promise that nobody settles.'
  return stepOf(facts, 'handler-unsettled', handling.sinceMs, text, remedy)
}

function putOffStep(facts: StuckFacts, owed: OwedFact): WhyStep {
  const text =
    `${facts.subject} has put off its answer to \`${word(owed.request)}\` with replyLater, ` +
    `${duration(owed.waitedMs)} ago, and does nothing now.`
  const remedy = 'See that every path of the code that keeps the replier answers or rejects.'
  return stepOf(facts, 'answer-put-off', owed.waitedMs, text, remedy)
}

/** It works, and more comes than it gets done; or somebody waits for it. */
function busyStep(facts: StuckFacts, press: Press): WhyStep {
  const { subject, mailbox, oldestWaitMs, sample, utilisation } = facts
  const forMs = Math.max(mailbox > 0 ? oldestWaitMs : 0, press.reached ? press.longestMs : 0)
  const each = tookEach(facts)
  const growth = sample !== undefined && sample.grownBy > 0 ? ', and it grows' : ''
  const queue =
    mailbox === 0
      ? 'its mailbox is empty'
      : `${waiting(mailbox)} in its mailbox, the oldest for ${duration(oldestWaitMs)}${growth}`
  const share = `${percent(utilisation)} of its time on the loop`
  const text = `${subject} is slow: ${each}${queue}; ${share}.`
  const remedy =
    'Make its handler quicker, share the work in a pool, or bound its mailbox so that senders wait.'
  return stepOf(facts, press.reached ? 'slow-callee' : 'handler-busy', forMs, text, remedy)
}

function tookEach({ meanMs, handling }: StuckFacts): string {
  if (meanMs !== undefined) return `it takes about ${duration(meanMs)} for each message, `
  if (handling === undefined) return ''
  return `it has worked on \`${word(handling.message)}\` for ${duration(handling.sinceMs)}, `
}

function blockedStep({ node }: StuckFacts, turn: LongTurnFact): WhyStep {
  const who = subjectOf(turn.pid, turn.name, turn.behaviour)
  const one = turn.among <= 1 ? '' : ` (or another of at most ${turn.among} messages before it)`
  const text =
    `The event loop of ${word(node)} was held for ${duration(turn.tookMs)} by the handler of ` +
    `\`${word(turn.message)}\` in ${who}${one}, until ${duration(turn.agoMs)} ago.`
  const remedy = 'Cut the work into pieces, or give it to a worker thread: nothing else ran then.'
  const { pid, tookMs: forMs } = turn
  return { cause: 'loop-blocked', subject: who, pid, node, state: undefined, forMs, text, remedy }
}

function quietStep(facts: StuckFacts): WhyStep {
  const { subject, sample, quietForMs } = facts
  if ((sample?.taken ?? 0) > 0) {
    const text = `${subject} takes its messages as they come, and nothing waits.`
    return stepOf(facts, 'not-stuck', 0, text, 'Nothing to do here.')
  }
  const text = `${subject} has nothing to do: no message came for at least ${duration(quietForMs)}.`
  const remedy = 'See whether its senders run, and whether they send to this pid or name.'
  return stepOf(facts, 'no-messages', quietForMs, text, remedy)
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

function stepOf(
  { subject, pid, node, state }: StuckFacts,
  cause: StuckCause,
  forMs: number,
  text: string,
  remedy: string,
): WhyStep {
  return { cause, subject, pid, node, state, forMs, text, remedy }
}

/** `name <pid>`; the behaviour where it has no name. */
export const subjectOf = (pid: Pid, name: string | undefined, behaviour: string): string =>
  `${word(name ?? behaviour)} <${word(pid.node)}.${pid.id}.${pid.creation}>`

/** A child that is to come back. */
export function childStep(child: ChildWait, node: string): WhyStep {
  const text =
    `${word(child.child)} ended: ${word(child.reason)}; it comes back in ` +
    `${duration(child.leftMs)}, after ${failures(child.attempt)} in a row, and waits ` +
    `${duration(child.waitedMs)} already.`
  return {
    ...{ cause: 'restart-back-off', subject: word(child.child), pid: child.pid, node },
    ...{ state: 'restarting', forMs: child.waitedMs, text },
    remedy: 'Mend the reason of its end: the log tells it in full; or start it by hand.',
  }
}

/** Who has ended while its handler goes on. */
export function zombieStep(zombie: ZombieFact): WhyStep {
  const { pid, name, behaviour, message, handlingMs, endedForMs } = zombie
  const subject = subjectOf(pid, name, behaviour)
  const text =
    `${subject} was killed ${duration(endedForMs)} ago, but its handler of \`${word(message)}\` ` +
    `has not settled for ${duration(handlingMs)}; what it does is void.`
  return {
    ...{ cause: 'zombie', subject, pid, node: pid.node, state: 'zombie', forMs: handlingMs, text },
    remedy: 'Let the handler listen to an AbortSignal, or give what it awaits a time limit.',
  }
}

/** Processes that wait for each other in a circle; the first one is where it closes. */
export function deadlockStep(circle: readonly Pid[], subject: string, forMs: number): WhyStep {
  const [first] = circle
  const round = [...circle, ...(first === undefined ? [] : [first])]
  const told = round.map(({ node, id, creation }) => `<${word(node)}.${id}.${creation}>`)
  return {
    ...{ cause: 'deadlock', subject, pid: first, node: first?.node ?? '', state: 'waiting' },
    forMs,
    text: `A deadlock: ${told.join(' waits for ')}, for ${duration(forMs)}; none can answer.`,
    remedy: 'Let one of them send instead of call, or answer before it asks; time-outs end it.',
  }
}

/** What a neighbour knows of a node that does not answer. */
export interface SilentNode {
  readonly node: string
  /** State of the member; undefined: not known. */
  readonly state: string | undefined
  /** Its loop has not answered for so long. */
  readonly silentMs: number
  /** How late its loop last said that it was. */
  readonly loopDelayMs: number
  readonly reason: string
}

/** The loop of another node does not answer. */
export function silentStep(silent: SilentNode): WhyStep {
  const { node, state, silentMs, loopDelayMs, reason } = silent
  const lives =
    state === 'unresponsive' ? 'its liveness thread answers' : `it is ${state ?? 'not known'}`
  const late = loopDelayMs > 0 ? `, and last said its loop was ${duration(loopDelayMs)} late` : ''
  const told = reason === '' ? '' : ` (${word(reason)})`
  const silence = `has not answered for ${duration(silentMs)}`
  const text = `The loop of ${word(node)} ${silence}: ${lives}${late}${told}.`
  return {
    ...{ cause: 'loop-blocked', subject: word(node), pid: undefined, node, state: undefined },
    ...{ forMs: silentMs, text },
    remedy:
      'Ask it again when it answers: it names the process and the message that held its loop.',
  }
}
