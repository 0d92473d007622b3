/**
 * coordinator/leases: when a try that a worker has, or may have, is over without its word.
 *
 * A try is called back when nothing is heard of it for too long, or when it runs for too long. It
 * is over when its worker does not have it any more, has ended, or has not answered for so long
 * that the next try may begin: what the old one still tells is refused by its number.
 */
import type { Closing, ClosingParts } from './closing.js'
import { type Entry, holderOf, isLive, type Step } from './entries.js'

type Unsure = Extract<Step, { readonly kind: 'unsure' }>

export class Leases {
  readonly #parts: ClosingParts
  readonly #closing: Closing

  constructor(parts: ClosingParts, closing: Closing) {
    this.#parts = parts
    this.#closing = closing
  }

  /** Looks at all that workers have. */
  look(): void {
    const nowMs = this.#parts.time.nowMs()
    for (const entry of this.#parts.entries.active) {
      const { step } = entry
      if (step.kind === 'held') this.#lookAtHeld(entry, step, nowMs)
      else if (step.kind === 'unsure') this.#lookAtLost(entry, step, [...step.nodes], nowMs)
      else if (step.kind === 'leaving') this.#lookAtLost(entry, step, [step.node], nowMs)
    }
  }

  /** The worker of a node has ended. */
  ended(node: string): void {
    for (const entry of this.#parts.entries.active) {
      const { step } = entry
      if (holderOf(step) !== node) continue
      if (step.kind === 'leaving') this.#left(entry, step)
      else this.#closing.lose(entry, 'its worker has ended')
    }
  }

  /** A node has answered what was asked of it at `order`: of earlier tries it has only these. */
  clear(node: string, order: number, has: ReadonlySet<string>): void {
    for (const entry of this.#parts.entries.active) {
      const { step } = entry
      if (!isLive(step) || step.order >= order || has.has(entry.job.id)) continue
      if (step.kind === 'unsure') this.#clearUnsure(entry, step, node)
      else if (step.kind === 'leaving' && step.node === node) this.#left(entry, step)
      else if (step.kind === 'held' && step.node === node) {
        this.#closing.lose(entry, 'its worker does not have it any more')
      }
    }
  }

  #clearUnsure(entry: Entry, step: Unsure, node: string): void {
    if (!step.nodes.has(node)) return
    const nodes = new Set(step.nodes)
    nodes.delete(node)
    if (nodes.size === 0) this.#closing.lose(entry, step.problem)
    else this.#parts.entries.to(entry, { ...step, nodes })
  }

  #lookAtHeld(entry: Entry, step: Extract<Step, { kind: 'held' }>, nowMs: number): void {
    const { silenceMs, runMaxMs } = this.#parts.policy()
    const isLong = nowMs - step.sinceMs > runMaxMs[entry.job.kind]
    const isSilent = nowMs - step.heardMs > silenceMs
    if (isLong) this.#callBack(entry, step.node, 'it ran for too long', true)
    else if (isSilent) this.#callBack(entry, step.node, `no word of it for ${silenceMs} ms`, false)
  }

  #lookAtLost(
    entry: Entry,
    step: { readonly untilMs: number; readonly problem: string },
    nodes: readonly string[],
    nowMs: number,
  ): void {
    const { acts } = this.#parts
    if (nowMs <= step.untilMs) {
      for (const node of nodes) acts.probe(node)
      return
    }
    // Whoever has it nevertheless: its number is worth nothing from now on.
    const name = { job: entry.job.id, attempt: entry.job.tries }
    for (const node of nodes) acts.push({ kind: 'cancel', node, ...name })
    if (entry.step.kind === 'leaving') this.#left(entry, entry.step)
    else this.#closing.lose(entry, step.problem)
  }

  /** What was called back is over. */
  #left(entry: Entry, { isLong, problem }: Extract<Step, { readonly kind: 'leaving' }>): void {
    if (isLong) this.#closing.crash(entry, problem)
    else this.#closing.lose(entry, problem)
  }

  #callBack(entry: Entry, node: string, problem: string, isLong: boolean): void {
    const { acts, entries, time, policy } = this.#parts
    acts.push({ kind: 'cancel', node, job: entry.job.id, attempt: entry.job.tries })
    const order = acts.nextOrder()
    const untilMs = time.nowMs() + policy().fenceMs
    entries.to(entry, { kind: 'leaving', node, order, untilMs, problem, isLong })
    acts.probe(node)
  }
}
