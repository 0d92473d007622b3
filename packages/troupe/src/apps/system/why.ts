/**
 * apps/system/why: why a process does not go on: follows who waits for whom, over nodes.
 *
 * Reads facts, has `why-verdict` decide, and looks where that leads: to a process here, or to
 * another node, which is asked the same and goes on from there; it is told who wants to know, and
 * answers only what all of them may know. A node that does not answer is explained by what is known
 * of it here.
 *
 * Limit: `PATH_MAX` processes, `NODES_MAX` nodes and `WITHIN_MS` for one explanation;
 * `INQUIRIES_MAX` at a time.
 */
import {
  systemProtocol,
  type WhyChain,
  type WhyQuestion,
  type WhySheet,
  type WhyStep,
} from '#cluster'
import {
  type ChildWait,
  describeThrown,
  type NodeInspection,
  Pid,
  type ProcessContext,
  printable,
  processName,
  SYSTEM_PROCESS,
  TroupeError,
} from '#contract'
import { addressOf } from './row.js'
import { TableWalk } from './table-walk.js'
import type { WhyBudget } from './why-budget.js'
import {
  type Asked,
  HolderSearch,
  hasMembers,
  type Moment,
  momentOf,
  stuckFacts,
  wantsSample,
} from './why-facts.js'
import type { ReadWhy } from './why-question.js'
import { NODES_MAX, PATH_MAX } from './why-question.js'
import {
  childStep,
  deadlockStep,
  decide,
  type Lead,
  silentStep,
  zombieStep,
} from './why-verdict.js'
import { word } from './why-words.js'

/** How long it is looked whether a process goes on. */
const SAMPLE_MS = 100
/** Kept back of the time, for the way of the answer. */
const RESERVE_MS = 200

/** With less than this no other node is asked: it needs the time of a look and of the way back. */
const ASKING_MIN_MS = RESERVE_MS + SAMPLE_MS

/** What an inquiry works with. */
export interface WhyParts {
  readonly inspection: NodeInspection
  readonly context: ProcessContext
  /** All it looks at here is looked at in turns of this. */
  readonly budget: WhyBudget
  /** Who asks, as the connection says it. */
  readonly asker: string
}

/** What is known before anything is followed: who it is, or what has become of it. */
type Start =
  | { readonly kind: 'process'; readonly pid: Pid }
  | { readonly kind: 'told'; readonly pid: Pid | undefined; readonly step: WhyStep }

/** One question, from its process to what holds all of the chain up. */
export class Inquiry {
  readonly #inspection: NodeInspection
  readonly #context: ProcessContext
  readonly #budget: WhyBudget
  readonly #askers: readonly string[]
  readonly #question: ReadWhy
  readonly #steps: WhyStep[] = []
  readonly #path: Pid[]
  readonly #waitsMs: number[]
  readonly #untilMs: number
  #longestMs: number
  #request: string | undefined
  #unknown: string | undefined

  constructor({ inspection, context, budget, asker }: WhyParts, question: ReadWhy) {
    this.#inspection = inspection
    this.#context = context
    this.#budget = budget
    this.#askers = [...new Set([...question.chain.askers, asker])]
    this.#question = question
    const { path, waitsMs, longestMs, request, withinMs } = question.chain
    this.#path = [...path]
    this.#waitsMs = [...waitsMs]
    this.#longestMs = longestMs
    this.#request = request
    this.#untilMs = inspection.clock.nowMs() + withinMs
  }

  /** NAME_UNKNOWN, PROCESS_UNKNOWN when there is nothing to tell. */
  async answer(): Promise<WhySheet> {
    const { pid, name, node } = this.#question
    const asked = word(name ?? (pid === undefined ? '' : Pid.format(pid)))
    const where = pid?.node ?? node ?? this.#inspection.node.name
    if (where !== this.#inspection.node.name) {
      await this.#askThere({ kind: 'far', node: where, pid, name })
      return this.#sheet(pid, asked)
    }
    const start = await this.#start(pid, name)
    if (start.kind === 'told') this.#steps.push(start.step)
    else await this.#follow({ kind: 'here', pid: start.pid })
    return this.#sheet(start.pid, asked)
  }

  #sheet(pid: Pid | undefined, asked: string): WhySheet {
    const steps = this.#steps
    const verdict = steps.at(-1)
    // Nothing could be told of it, which is only so when another node would not.
    if (verdict === undefined) throw notTold(asked, this.#unknown)
    const plain = pid === undefined ? undefined : addressOf(pid)
    return { pid: plain, asked, verdict, steps, unknown: this.#unknown }
  }

  async #start(pid: Pid | undefined, name: string | undefined): Promise<Start> {
    const { node } = this.#inspection
    const living = pid ?? (name === undefined ? undefined : node.whereis(name))
    if (living !== undefined && node.isAlive(living)) {
      return { kind: 'process', pid: addressOf(living) }
    }
    const isMeant = (one: { readonly pid: Pid | undefined }, own: string | undefined): boolean =>
      pid === undefined ? own === name : one.pid !== undefined && Pid.equals(one.pid, pid)
    const zombies = this.#inspection.zombies()
    const zombie = zombies.find((one) => isMeant(one, one.name))
    if (zombie !== undefined) return { kind: 'told', pid: zombie.pid, step: zombieStep(zombie) }
    const child = await this.#waitingChild((one) => isMeant(one, one.child))
    if (child === undefined) throw notThere(this.#inspection, pid, name)
    return { kind: 'told', pid: child.pid, step: childStep(child, node.name) }
  }

  /** A child that waits to be started again, among those of all supervisors. */
  async #waitingChild(isMeant: (child: ChildWait) => boolean): Promise<ChildWait | undefined> {
    const inspection = this.#inspection
    let found: ChildWait | undefined
    const walk = new TableWalk(inspection, ({ pid, kind }) => {
      if (kind !== 'supervisor' && kind !== 'pool' && kind !== 'router') return true
      const waits = inspection.facts(pid, {
        limit: ALL,
        watch: false,
        only: 'children',
      })?.childWaits
      found = waits?.find(isMeant)
      return found === undefined
    })
    await this.#budget.walk(() => walk.step())
    return found
  }

  /** From process to process, as long as one of this node is next. */
  async #follow(first: Lead): Promise<void> {
    let lead: Lead | undefined = first
    while (lead?.kind === 'here') {
      const { pid }: { pid: Pid } = lead
      if (this.#path.length >= PATH_MAX) {
        this.#unknown = `the chain goes on beyond ${PATH_MAX} processes`
        return
      }
      lead = await this.#look(pid)
    }
    if (lead?.kind === 'lost') this.#unknown = lead.problem
    if (lead?.kind === 'far') await this.#askThere(lead)
  }

  /** One process of this node; where it leads. */
  async #look(given: Pid): Promise<Lead | undefined> {
    const inspection = this.#inspection
    const asked: Asked = { from: this.#path.at(-1), request: this.#request }
    const pid = await this.#holderOf(given, asked)
    const at = this.#path.findIndex((earlier) => Pid.equals(earlier, pid))
    if (at >= 0) {
      this.#steps.push(this.#closed(at, pid))
      return undefined
    }
    const before = await this.#budget.look(() => firstLook(inspection, pid))
    if (before !== undefined) await this.#context.sleep(SAMPLE_MS)
    const facts = await this.#budget.look(() => stuckFacts(inspection, pid, asked, before))
    if (facts === undefined) {
      this.#unknown = `${Pid.format(pid)} has ended meanwhile`
      return undefined
    }
    const press = { reached: this.#path.length > 0, longestMs: this.#longestMs }
    const { steps, next } = decide(facts, press)
    const forMs = steps.at(-1)?.forMs ?? 0
    this.#steps.push(...steps)
    this.#path.push(facts.pid)
    this.#waitsMs.push(forMs)
    this.#longestMs = Math.max(this.#longestMs, forMs, facts.oldestWaitMs)
    this.#request = facts.waits[0]?.kind === 'call' ? facts.waits[0].what : undefined
    return next
  }

  async #holderOf(pid: Pid, asked: Asked): Promise<Pid> {
    const inspection = this.#inspection
    if (!hasMembers(inspection, pid, asked)) return pid
    const search = new HolderSearch(inspection, pid, asked)
    await this.#budget.walk(() => search.step())
    return search.holder
  }

  /** The chain has come back to one it has passed. */
  #closed(at: number, pid: Pid): WhyStep {
    const glance = this.#inspection.glance(pid)
    const subject = word(glance?.name ?? glance?.behaviour ?? Pid.format(pid))
    const circle = this.#path.slice(at)
    return deadlockStep(circle, subject, Math.min(...this.#waitsMs.slice(at)))
  }

  async #askThere({ node, pid, name }: Extract<Lead, { readonly kind: 'far' }>): Promise<void> {
    const nodes = this.#question.chain.nodes + 1
    if (nodes > NODES_MAX) {
      this.#unknown = `the chain goes on beyond ${NODES_MAX} nodes`
      return
    }
    const leftMs = this.#untilMs - this.#inspection.clock.nowMs()
    // A node that is given no time to look would only seem to be silent.
    if (leftMs < ASKING_MIN_MS) {
      this.#unknown = `the time was over before ${word(node)} could be asked`
      return
    }
    const chain: WhyChain = {
      path: this.#path,
      waitsMs: this.#waitsMs,
      longestMs: this.#longestMs,
      nodes,
      askers: this.#askers,
      request: this.#request,
      withinMs: leftMs - RESERVE_MS,
    }
    const whom = pid === undefined ? { name: name ?? '' } : { pid: addressOf(pid) }
    const question: WhyQuestion = { ...whom, chain }
    const to = processName(SYSTEM_PROCESS, systemProtocol, node)
    try {
      const sheet = await this.#context.call(to, 'why', question, { timeoutMs: leftMs })
      this.#steps.push(...sheet.steps)
      this.#unknown = sheet.unknown
    } catch (thrown) {
      this.#refused(node, thrown)
    }
  }

  #refused(node: string, thrown: unknown): void {
    const error = TroupeError.is(thrown) ? thrown : undefined
    const isSilent = error?.code === 'CALL_TIMEOUT'
    const problem = printable(error?.message ?? describeThrown(thrown))
    this.#unknown = `${word(node)} could not be asked: ${problem}`
    if (!isSilent) return
    const { clock } = this.#inspection
    const { cluster, network } = this.#inspection.node
    const member = cluster.members().find((one) => one.node === node)
    const peer = network.peer(node)
    const answeredMs = member?.answeredMs ?? 0
    const silentMs = answeredMs === 0 ? this.#question.chain.withinMs : clock.wallMs() - answeredMs
    this.#steps.push(
      silentStep({
        node,
        state: member?.state ?? peer?.state,
        silentMs: Math.max(0, silentMs),
        loopDelayMs: Math.max(member?.loopDelayMs ?? 0, peer?.loopDelayMs ?? 0),
        reason: member?.reason ?? '',
      }),
    )
  }
}

const ALL = 1_000

const firstLook = (inspection: NodeInspection, pid: Pid): Moment | undefined =>
  wantsSample(inspection, pid) ? momentOf(inspection, pid) : undefined

const notTold = (asked: string, problem = 'nothing is known of it'): TroupeError =>
  new TroupeError('NOT_ALLOWED', { operation: `why ${asked}`, problem })

function notThere(
  { node }: NodeInspection,
  pid: Pid | undefined,
  name: string | undefined,
): TroupeError {
  if (pid === undefined)
    return new TroupeError('NAME_UNKNOWN', { name: name ?? '', node: node.name })
  const isEarlier = pid.creation !== node.creation
  const to = Pid.format(pid)
  return new TroupeError(isEarlier ? 'PROCESS_INCARNATION' : 'PROCESS_UNKNOWN', { to })
}
