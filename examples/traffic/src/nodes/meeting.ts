/**
 * nodes/meeting: waits until the other programs have answered, so that ready means that it works.
 *
 * They start at the same time and find each other by themselves, and each has the pages of all: of
 * a life that was ready others know, however soon it ends. One that does not come is not
 * waited for longer than `MEETING_MS`: it may have been killed.
 */

import {
  actor,
  type Node,
  type ProcessContext,
  type ProcessName,
  processName,
  protocol,
  request,
} from 'troupe'
import type { Book } from './book.js'
import { Books, PAGES_TIMEOUT_MS } from './keeper.js'

/** The longest wait for the others, in milliseconds. */
const MEETING_MS = 5_000
/** Wait before it is tried again. */
const AGAIN_MS = 20

const Meeting = protocol('meeting', {
  /** Names of the nodes that have not come. */
  met: request<void, readonly string[]>(),
})

interface Meet {
  readonly book: Book
  readonly others: Keepers
  readonly isThere: (keeper: Keepers[number]) => boolean
}

type Keepers = readonly ProcessName<typeof Books>[]

/** Settles with the names of the nodes that have not come in time. */
export async function meet(node: Node, book: Book, others: Keepers): Promise<readonly string[]> {
  // The first reading of this life, which the others are to have.
  book.putAll(await node.call(processName('books', Books), 'pages', []))
  // Asking for one that the registrar does not know yet would only fill the log.
  const isThere = (keeper: Keepers[number]): boolean =>
    node.cluster.nodes().some((route) => route.node === keeper.node)
  const usher = await node.spawn(usherActor, { args: [{ book, others, isThere }] })
  return node.call(usher, 'met', undefined, { timeoutMs: MEETING_MS * 2 })
}

const usherActor = actor(Meeting, {
  init: (meet: Meet) => meet,
  on: {
    async met(state, _nothing, context) {
      const untilMs = context.nowMs() + MEETING_MS
      const absent: string[] = []
      for (const keeper of state.others) {
        const hasCome = await answers(state, keeper, untilMs, context)
        if (!hasCome) absent.push(keeper.node ?? '')
      }
      context.stop()
      return absent
    },
  },
})

async function answers(
  { book, isThere }: Meet,
  keeper: Keepers[number],
  untilMs: number,
  context: ProcessContext,
): Promise<boolean> {
  const options = { timeoutMs: PAGES_TIMEOUT_MS }
  while (context.nowMs() < untilMs) {
    if (isThere(keeper)) {
      const asked = context.call(keeper, 'pages', book.pages(), options)
      const hasAnswered = await asked.then(
        () => true,
        () => false,
      )
      if (hasAnswered) return true
    }
    await context.sleep(AGAIN_MS)
  }
  return false
}
