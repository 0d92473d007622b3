/**
 * nodes/meeting: waits until the other programs have answered, so that ready means that it works.
 *
 * They start at the same time and find each other by themselves. One that does not come is not
 * waited for longer than `MEETING_MS`: it may have been killed.
 */

import {
  type AnyProtocol,
  actor,
  type Node,
  type ProcessContext,
  type ProcessName,
  protocol,
  request,
} from 'troupe'
import { type Books, PAGES_TIMEOUT_MS } from './keeper.js'

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
export async function meet(node: Node, others: Keepers): Promise<readonly string[]> {
  const usher = await node.spawn(usherActor, { args: [others] })
  return node.call(usher, 'met', undefined, { timeoutMs: MEETING_MS * 2 })
}

const usherActor = actor(Meeting, {
  init: (others: Keepers) => others,
  on: {
    async met(others, _nothing, context) {
      const untilMs = context.nowMs() + MEETING_MS
      const absent: string[] = []
      for (const keeper of others) {
        const hasCome = await answers(keeper, untilMs, context)
        if (!hasCome) absent.push(keeper.node ?? '')
      }
      context.stop()
      return absent
    },
  },
})

async function answers(
  keeper: ProcessName<AnyProtocol>,
  untilMs: number,
  context: ProcessContext,
): Promise<boolean> {
  while (context.nowMs() < untilMs) {
    const options = { timeoutMs: PAGES_TIMEOUT_MS }
    const asked = context.call(keeper, 'pages', undefined, options)
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
