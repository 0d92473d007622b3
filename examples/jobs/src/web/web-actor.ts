/**
 * web/web-actor: the process that holds the web port of one coordinator, and gives it time.
 *
 * The listener was opened before and outlives it, so clients keep their connections over a restart.
 */
import { actor, type Pid, type ProcessContext, protocol, type WebListener, webPort } from 'troupe'
import { coordinatorAt } from '#jobs/coordinator/coordinator-protocol'
import { BODY_MAX_BYTES } from '#jobs/job/job'
import type { Desk } from './desk.js'
import { Front } from './front.js'
import { longestMs } from './pace.js'
import type { Page } from './page.js'
import type { TextStore } from './texts.js'

/** The longest wait for an answer of the leader, in milliseconds. */
const ASK_TIMEOUT_MS = 10_000
/** And for the whole answer, in milliseconds: the last piece of a text has to be stored as well. */
const ANSWER_TIMEOUT_MS = 30_000

/** How a listener is opened: time for the largest text at the slowest pace. */
export const listenOptions = (port: number) => ({
  host: '127.0.0.1',
  port,
  requestTimeoutMs: longestMs(BODY_MAX_BYTES) + ANSWER_TIMEOUT_MS,
  idleTimeoutMs: 60_000,
})

export interface WebParts {
  readonly listener: WebListener
  readonly page: Page
  /** The store of texts, for the process that takes them in. */
  readonly texts: (context: ProcessContext) => TextStore
}

interface State {
  readonly parts: WebParts
  port: Pid | undefined
}

export const JobsWeb = protocol('jobs-web', {})

/** One for each coordinator; ends with its port, to be started again together. */
export const webActor = actor(JobsWeb, {
  init: (parts: WebParts): State => ({ parts, port: undefined }),
  async started(state, context) {
    const { listener, page, texts } = state.parts
    const { fetch } = new Front(deskOf(context, texts(context)), page)
    // What is too large is refused in words of our own, when so much of it has come.
    const limits = { bodyBytesMax: 2 * BODY_MAX_BYTES, timeoutMs: ANSWER_TIMEOUT_MS }
    state.port = await context.spawn(webPort, {
      args: [{ listener, fetch, ...limits }],
      link: true,
    })
  },
  on: {},
})

function deskOf(context: ProcessContext, texts: TextStore): Desk {
  const own = coordinatorAt(context.self.node)
  const call = context.call.bind(context) as (...given: readonly unknown[]) => Promise<unknown>
  return {
    ask: async (request, payload, trace = {}) =>
      (await context.tracing.proceed(trace, () =>
        call(own, request, payload, { timeoutMs: ASK_TIMEOUT_MS }),
      )) as never,
    texts,
    nowMs: () => context.nowMs(),
    after: (delayMs, run) => {
      const timer = context.after(delayMs, run)
      return () => void timer.cancel()
    },
  }
}
