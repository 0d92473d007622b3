/**
 * What the processes of a trace trial do: each message carries a plan, and each handling of one
 * writes down in which trace it found itself, and which step had sent it.
 */
import {
  actor,
  eventName,
  message,
  type ProcessContext,
  processName,
  protocol,
  request,
  type TraceHeaders,
} from 'troupe'

/** What one handling is to do. */
export interface Plan {
  /** Which root it descends from. */
  readonly root: number
  readonly steps: readonly Step[]
  /** The step that sent it, as it was there. */
  readonly by?: string | undefined
}

export interface Step {
  readonly how:
    | 'send'
    | 'important'
    | 'call'
    | 'event'
    | 'spawn'
    | 'after'
    | 'later'
    | 'part'
    | 'pass'
  readonly host: string
  readonly plan: Plan
}

/** One handling, as its program saw it. */
export interface Seen {
  readonly root: number
  readonly node: string
  readonly kind: string
  readonly traceId: string | undefined
  readonly spanId: string | undefined
  readonly by: string | undefined
  readonly atMs: number
}

export const Crew = protocol('crew', {
  root: message<Plan>(),
  outside: message<{ readonly plan: Plan; readonly headers: TraceHeaders }>(),
  do: message<Plan>(),
  pass: message<Plan>(),
  ask: request<Plan, number>(),
})

const NEWS = 'news'
export const newsOf = (host: string) => eventName<Plan>(NEWS, `${host}@sim`)
const workerOf = (host: string) => processName('worker', Crew, `${host}@sim`)
const spanIdOf = ({ traceparent }: TraceHeaders): string | undefined => traceparent?.split('-')[2]

/** What the processes of one node do. */
class Doing {
  readonly #seen: (one: Seen) => void
  readonly #wallMs: () => number
  readonly #child: () => ReturnType<typeof childOf>

  constructor(seen: (one: Seen) => void, wallMs: () => number) {
    this.#seen = seen
    this.#wallMs = wallMs
    const child = childOf(this)
    this.#child = () => child
  }

  look(context: ProcessContext, kind: string, { root, by }: Plan): void {
    const { node, tracing } = context
    const { traceId, headers } = tracing
    this.#seen({ root, node, kind, traceId, spanId: spanIdOf(headers), by, atMs: this.#wallMs() })
  }

  run(context: ProcessContext, kind: string, plan: Plan): void {
    this.look(context, kind, plan)
    for (const step of plan.steps) void this.#begin(context, step)
  }

  /** Waits for each answer before the next step: the trace has to be there afterwards, too. */
  async inTurn(context: ProcessContext, kind: string, plan: Plan): Promise<void> {
    this.look(context, kind, plan)
    for (const step of plan.steps) await this.#begin(context, step)
  }

  #begin(context: ProcessContext, { how, host, plan }: Step): unknown {
    const next: Plan = { ...plan, by: spanIdOf(context.tracing.headers) }
    const to = workerOf(host)
    switch (how) {
      case 'send':
        return context.send(to, 'do', next)
      case 'pass':
        return context.send(to, 'pass', next)
      case 'important':
        return context.sendImportant(to, 'do', next).catch(() => {})
      case 'call':
        return context.call(to, 'ask', next, { timeoutMs: 500 }).catch(() => {})
      case 'event':
        return context.publish(newsOf(context.node.split('@')[0] ?? ''), next)
      case 'spawn':
        return context.spawn(this.#child(), { args: [next] }).catch(() => {})
      case 'after':
        return context.after(20, () => this.run(context, 'timer', next))
      case 'later':
        return context.sendAfter(20, to, 'do', next)
      default:
        return this.#part(context, next)
    }
  }

  #part(context: ProcessContext, plan: Plan): void {
    const span = context.span('part')
    span.run(() => {
      for (const step of plan.steps) void this.#begin(context, step)
      this.look(context, 'user', { ...plan, by: spanIdOf(context.tracing.headers) ?? plan.by })
    })
    span.end()
  }
}

const childOf = (doing: Doing) =>
  actor(protocol('child', {}), {
    init: (plan: Plan) => plan,
    started: (plan, context) => {
      doing.run(context, 'spawn', plan)
      context.after(100, () => context.stop())
    },
    on: {},
  })

/** The actor of one node. */
export function workerFor(seen: (one: Seen) => void, wallMs: () => number) {
  const doing = new Doing(seen, wallMs)
  return actor(Crew, {
    init: (host: string, passes: boolean) => ({ host, passes }),
    started: ({ host }, context) => void context.subscribe(newsOf(host)).catch(() => {}),
    on: {
      root: (_state, plan, context) => doing.inTurn(context, 'send', plan),
      outside: (_state, { plan, headers }, context) =>
        context.tracing.proceed(headers, () => doing.run(context, 'outside', plan)),
      do: (_state, plan, context) => doing.inTurn(context, 'send', plan),
      pass: ({ passes }, plan, context) =>
        passes ? context.forward('second' as never) : doing.inTurn(context, 'send', plan),
      ask: async (_state, plan, context) => {
        await doing.inTurn(context, 'request', plan)
        return plan.root
      },
    },
    handleEvent: (_state, publication, context) =>
      doing.inTurn(context, 'event', publication.message as Plan),
  })
}
