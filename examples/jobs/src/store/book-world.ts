/**
 * store/book-world: what a book needs of its surroundings: questions to replicas, time, chance.
 */
import {
  type PayloadOf,
  type ProcessContext,
  type ReplyOf,
  type RequestNameOf,
  TroupeError,
} from 'troupe'
import { type Replica, replicaAt } from './replica-protocol.js'

type Replicas = typeof Replica

export interface BookWorld {
  /** Asks the replica of a node; rejects when it does not answer in time. */
  ask<K extends RequestNameOf<Replicas>>(
    node: string,
    request: K,
    payload: PayloadOf<Replicas, K>,
    timeoutMs: number,
  ): Promise<ReplyOf<Replicas, K>>
  /** Runs once after a while, unless it is called off. */
  after(delayMs: number, run: () => void): () => void
  wallMs(): number
  /** [0, 1) */
  random(): number
}

/** The world of a process; it ends with it: then nothing runs after any while. */
export function worldOf(
  context: Pick<ProcessContext, 'call' | 'after' | 'wallMs' | 'random'>,
): BookWorld {
  return {
    ask: (node, request, payload, timeoutMs) =>
      (context.call as (...given: readonly unknown[]) => Promise<never>)(
        replicaAt(node),
        request,
        payload,
        { timeoutMs },
      ),
    after(delayMs, run) {
      try {
        const timer = context.after(delayMs, run)
        return () => {
          timer.cancel()
        }
      } catch (problem) {
        // It was killed. What still hears an answer of etcd waits for what nobody does any more.
        if (TroupeError.is(problem, 'PROCESS_REVOKED')) return () => {}
        throw problem
      }
    },
    wallMs: () => context.wallMs(),
    random: () => context.random(),
  }
}

/** Settles after a while. */
export const pause = (world: Pick<BookWorld, 'after'>, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    world.after(delayMs, resolve)
  })
