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

type Keepers = readonly ProcessName<typeof Books>[]

/** Settles with the names of the nodes that have not come in time. */
export async function meet(node: Node, book: Book, others: Keepers): Promise<readonly string[]> {
  // The first reading of this life, which the others are to have.
  book.putAll(await node.call(processName('books', Books), 'pages', []))
  const usher = await node.spawn(usherActor, { args: [book, others] })
  return node.call(usher, 'met', undefined, { timeoutMs: MEETING_MS * 2 })
}

const usherActor = actor(Meeting, {
  init: (book: Book, others: Keepers) => ({ book, others }),
  on: {
    async met({ book, others }, _nothing, context) {
      const untilMs = context.nowMs() + MEETING_MS
      const absent: string[] = []
      for (const keeper of others) {
        const hasCome = await answers(keeper, book, untilMs, context)
        if (!hasCome) absent.push(keeper.node ?? '')
      }
      context.stop()
      return absent
    },
  },
})

async function answers(
  keeper: Keepers[number],
  book: Book,
  untilMs: number,
  context: ProcessContext,
): Promise<boolean> {
  while (context.nowMs() < untilMs) {
    const options = { timeoutMs: PAGES_TIMEOUT_MS }
    const asked = context.call(keeper, 'pages', book.pages(), options)
    if (
      await asked.then(
        () => true,
        () => false,
      )
    )
      return true
    await context.sleep(AGAIN_MS)
  }
  return false
}
