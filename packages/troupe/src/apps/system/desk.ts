/**
 * apps/system/desk: takes each question, lets it in or not, and answers it in its turn.
 *
 * Nothing a question holds ends the process: what cannot be is answered with its code.
 */
import {
  type NodeInspection,
  NoReply,
  type ProcessContext,
  type Replier,
  type SystemOptions,
} from '#contract'
import type { Access, Asker } from './access.js'
import type { AuditTrail } from './audit-trail.js'
import { coded } from './coded.js'
import { Cursors } from './cursor.js'
import { Following } from './follow.js'
import { Followers } from './followers.js'
import { HostFigures } from './host-figures.js'
import { SCAN_COST } from './limits.js'
import { Manager } from './manage.js'
import type { Memory } from './memory.js'
import { Profiling } from './profiling.js'
import type { ProgramHost } from './program-host.js'
import type { ProgramProfile } from './program-profile.js'
import { type ProgramFigures, SampledProgram } from './program-sheet.js'
import type { Recorder } from './recorder.js'
import { type Search, SharedScans } from './shared-scans.js'
import { Inquiry } from './why.js'
import { WhyBudget } from './why-budget.js'
import { readWhy } from './why-question.js'
import { Work } from './work.js'

/** Told to whoever finds too many short questions waiting, in milliseconds. */
const RETRY_MS = 100

/** Explanations that are looked for at a time. */
const INQUIRIES_MAX = 16

/** What the desk works with; the memory outlives the process. */
export interface DeskParts {
  readonly inspection: NodeInspection
  readonly options: Required<SystemOptions>
  readonly figures: () => ProgramFigures
  readonly memory: Memory
  readonly audit: AuditTrail
  /** Shared with all who show this node. */
  readonly access: Access
  /** How far the clock of another node is ahead; undefined: it was never asked. */
  readonly clockAheadMs: (node: string) => number | undefined
  readonly profile: () => ProgramProfile
  readonly host: ProgramHost
  /** The last hour; it outlives the process, too. */
  readonly recorder: Recorder
}

/** A search, and what says that two questions are the same. */
export interface Wanted {
  readonly key: string
  readonly make: () => Search<unknown>
}

export class Desk {
  readonly inspection: NodeInspection
  readonly options: Required<SystemOptions>
  readonly access: Access
  readonly cursors: Cursors
  readonly program: SampledProgram
  readonly host: HostFigures
  readonly work: Work
  readonly memory: Memory
  readonly audit: AuditTrail
  readonly followers: Followers
  readonly following: Following
  readonly manager: Manager
  readonly recorder: Recorder
  readonly profiling: Profiling
  readonly clockAheadMs: DeskParts['clockAheadMs']
  readonly #scans: SharedScans
  /** Questions that came, by name. */
  readonly asked: Record<string, number> = {}
  #inquiries = 0

  constructor(parts: DeskParts, context: ProcessContext) {
    const { inspection, options, figures, memory, audit, access, recorder } = parts
    const nowMs = (): number => inspection.clock.nowMs()
    this.inspection = inspection
    this.options = options
    this.access = access
    this.cursors = new Cursors(inspection.node.creation)
    this.program = new SampledProgram(figures(), nowMs)
    this.host = new HostFigures(parts.host, {
      ...{ node: inspection.node.name, nowMs, wallMs: () => inspection.clock.wallMs() },
      after: (delayMs, run) => {
        const timer = context.after(delayMs, run)
        return () => timer.cancel()
      },
    })
    const after = (delayMs: number, run: () => void): void => void context.after(delayMs, run)
    this.work = new Work({ nowMs, after })
    this.recorder = recorder
    const profile = parts.profile()
    this.profiling = new Profiling({ inspection, access, audit, profile }, context)
    this.clockAheadMs = parts.clockAheadMs
    recorder.begin(this.program, after)
    this.#scans = new SharedScans(this.work, this.access, nowMs)
    this.memory = memory
    this.audit = audit
    this.followers = new Followers(context, this.access)
    const { payloads } = options
    this.following = new Following({ inspection, context, followers: this.followers, payloads })
    this.manager = new Manager({ inspection, context }, this.access, audit)
    memory.isFollowed = (of) => this.followers.has(of)
    memory.listener = (of, record) => this.followers.offer(of, record)
  }

  /** The process ends: nobody is told any more. */
  stop(): void {
    this.memory.listener = () => {}
    this.memory.isFollowed = () => false
    this.followers.endAll('the process "system" of this node has ended')
    this.program.stop()
    this.profiling.stop()
  }

  /** Answers a short question, soon. */
  quick(
    name: string,
    context: ProcessContext,
    answer: (asker: Asker) => unknown,
    cost = 1,
  ): NoReply {
    return this.#take(name, cost, context, (asker, replier) => {
      const isTaken = this.work.addQuick(() => settle(name, replier, () => answer(asker)))
      if (!isTaken) throw this.access.limited(asker, 'too many questions wait', RETRY_MS)
    })
  }

  /** Answers what has to be looked for. */
  search(name: string, context: ProcessContext, read: (asker: Asker) => Wanted): NoReply {
    return this.#take(name, SCAN_COST, context, (asker, replier) => {
      const { key, make } = read(asker)
      this.#scans.ask(asker, `${name} ${key}`, make, replier)
    })
  }

  /** Answers with what follows from what was looked for. */
  searchThen<F>(
    name: string,
    context: ProcessContext,
    read: (asker: Asker) => Wanted,
    follows: (found: F) => Promise<unknown>,
  ): NoReply {
    return this.#take(name, SCAN_COST, context, (asker, replier) => {
      const { key, make } = read(asker)
      const between: Replier = {
        from: replier.from,
        get alive() {
          return replier.alive
        },
        reply: (found) => {
          settleLater(name, replier, follows(found as F))
          return replier.alive
        },
        reject: (error) => replier.reject(error),
      }
      this.#scans.ask(asker, `${name} ${key}`, make, between)
    })
  }

  /** Answers when a promise has settled. */
  later(
    name: string,
    context: ProcessContext,
    answer: (asker: Asker) => Promise<unknown>,
    cost = 1,
  ): NoReply {
    return this.#take(name, cost, context, (asker, replier) => {
      settleLater(name, replier, answer(asker))
    })
  }

  /** Answers why a process does not go on, which may need other nodes and some time. */
  why(given: unknown, context: ProcessContext): NoReply {
    return this.#take('why', SCAN_COST, context, (asker, replier) => {
      const question = readWhy(given)
      this.access.admitAll(question.chain.askers, 'why')
      if (this.#inquiries >= INQUIRIES_MAX) {
        throw this.access.limited(asker, 'too many explanations are looked for', RETRY_MS)
      }
      this.#inquiries += 1
      const { inspection, work, access } = this
      const budget = new WhyBudget(work, access, asker, () => replier.alive)
      const parts = { inspection, context, budget, asker: asker.node }
      const answer = new Inquiry(parts, question).answer()
      settleLater(
        'why',
        replier,
        answer.finally(() => this.#inquired()),
      )
    })
  }

  #inquired(): void {
    this.#inquiries -= 1
  }

  /** Carries out an order: whether it is allowed has nothing to do with who may look. */
  order(given: unknown, context: ProcessContext): NoReply {
    const replier = context.replyLater()
    const asker = { node: context.fromNode, pid: context.from }
    this.asked['manage'] = (this.asked['manage'] ?? 0) + 1
    try {
      this.access.takeTokens(asker, 1)
      settleLater('manage', replier, this.manager.carryOut(asker, given))
    } catch (thrown) {
      replier.reject(coded('manage', thrown))
    }
    return NoReply
  }

  #take(
    name: string,
    cost: number,
    context: ProcessContext,
    run: (asker: Asker, replier: Replier) => void,
  ): NoReply {
    const replier = context.replyLater()
    const asker = { node: context.fromNode, pid: context.from }
    this.asked[name] = (this.asked[name] ?? 0) + 1
    try {
      this.access.admit(asker, name, cost)
      run(asker, replier)
    } catch (thrown) {
      replier.reject(coded(name, thrown))
    }
    return NoReply
  }
}

function settleLater(name: string, replier: Replier, answer: Promise<unknown>): void {
  answer.then(
    (value) => replier.reply(value),
    (thrown: unknown) => replier.reject(coded(name, thrown)),
  )
}

/** Answers with what `answer` gives or throws. */
function settle(name: string, replier: Replier, answer: () => unknown): void {
  if (!replier.alive) return
  try {
    replier.reply(answer())
  } catch (thrown) {
    replier.reject(coded(name, thrown))
  }
}
