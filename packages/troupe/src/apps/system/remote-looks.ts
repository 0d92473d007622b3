/**
 * apps/system/remote-looks: what other nodes are shown by `system.remote`, and how often.
 *
 * They share their tokens with the questions to `system`: who asks both asks one node. What needs
 * a walk over all processes is looked for in slices, once for all who wait for it.
 */
import {
  type ApplicationInfo,
  type NodeInspection,
  NoReply,
  type ProcessContext,
  type Replier,
  TroupeError,
} from '#contract'
import type { Access } from './access.js'
import { ApplicationCounts } from './application-counts.js'
import { SCAN_COST } from './limits.js'
import { SharedScans } from './shared-scans.js'
import { Work } from './work.js'

/** What of all applications is told. */
type Choice = (all: readonly ApplicationInfo[]) => unknown

export class RemoteLooks {
  readonly #inspection: NodeInspection
  readonly #access: Access
  #scans: SharedScans | undefined

  constructor(inspection: NodeInspection, access: Access) {
    this.#inspection = inspection
    this.#access = access
  }

  info(context: ProcessContext): NoReply {
    return this.#admit('info', 1, context, (replier) => {
      replier.reply(this.#inspection.info())
    })
  }

  /** Answers later: with all applications, or with what `choose` takes of them. */
  applications(name: string, context: ProcessContext, choose: Choice = (all) => all): NoReply {
    return this.#admit(name, SCAN_COST, context, (replier) => {
      const asker = { node: context.fromNode, pid: context.from }
      const make = (): ApplicationCounts => new ApplicationCounts(this.#inspection)
      this.#scansOf(context).ask(asker, 'applications', make, choosing(replier, choose))
    })
  }

  /** NOT_ALLOWED, INSPECTION_LIMITED: refused, counted and told. */
  #admit(
    operation: string,
    cost: number,
    context: ProcessContext,
    answer: (replier: Replier) => void,
  ): NoReply {
    const asker = { node: context.fromNode, pid: context.from }
    try {
      this.#access.admit(asker, operation, cost)
    } catch (thrown) {
      return context.refuse('message-refused', thrown as TroupeError)
    }
    const replier = context.replyLater()
    try {
      answer(replier)
    } catch (thrown) {
      if (!TroupeError.is(thrown)) throw thrown
      replier.reject(thrown)
    }
    return NoReply
  }

  /** They live as long as the process, whose turns they take. */
  #scansOf(context: ProcessContext): SharedScans {
    const nowMs = (): number => this.#inspection.clock.nowMs()
    const after = (delayMs: number, run: () => void): void => void context.after(delayMs, run)
    this.#scans ??= new SharedScans(new Work({ nowMs, after }), this.#access, nowMs)
    return this.#scans
  }
}

/** Takes the answer for all and passes on what was asked. */
const choosing = (replier: Replier, choose: Choice): Replier => ({
  from: replier.from,
  get alive() {
    return replier.alive
  },
  reply: (all) => replier.reply(choose(all as readonly ApplicationInfo[])),
  reject: (error) => replier.reject(error),
})
