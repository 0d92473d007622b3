/**
 * worker/thread-words: what a node and one of its threads say to each other.
 *
 * The thread asks for each part of the text, a few ahead, and never gets what it did not ask for.
 */
import type { Task } from '#jobs/kinds/run'
import type { Outcome } from './worker-protocol.js'

/** Bytes of a text that are asked for at once. */
export const PAGE_BYTES = 256 * 1_024

/** Parts of a text that are asked for ahead. */
export const PAGES_AHEAD = 3

/** A task, and what its text must be. */
export interface ThreadTask extends Task {
  /** 64 small hexadecimal digits. */
  readonly sha256: string
}

/** To the thread; `run` numbers what it does, so that late words are known. */
export type ToThread =
  | { readonly kind: 'begin'; readonly run: number; readonly task: ThreadTask }
  | { readonly kind: 'page'; readonly run: number; readonly page: Uint8Array }

/** How a run ended: with an outcome, or because the text was another one. */
export type ThreadOutcome = Outcome | { readonly kind: 'text-wrong' }

/** From the thread. */
export type FromThread =
  | { readonly kind: 'wants'; readonly run: number; readonly at: number; readonly length: number }
  | { readonly kind: 'progress'; readonly run: number; readonly progress: number }
  | { readonly kind: 'ended'; readonly run: number; readonly outcome: ThreadOutcome }
