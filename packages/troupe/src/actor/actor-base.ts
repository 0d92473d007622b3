/**
 * actor/actor-base: the base of all actor classes: its context, and the verbs of it as methods.
 *
 * Knows nothing of protocols. Each method hands its arguments to the context of the process.
 */
import type { Address, Pid, ProcessContext, SendOptions } from '#contract'
import { TroupeError } from '#contract'

/** The context of the instance that is being made; set around its constructor only. */
let making: ProcessContext | undefined

export class ActorBase {
  readonly context: ProcessContext

  constructor() {
    if (making === undefined) {
      const problem = 'an actor class is made by spawn, which gives it a context'
      throw new TroupeError('NOT_ALLOWED', { operation: 'new', problem })
    }
    this.context = making
    making = undefined
  }

  // The two that are used for each message are written out: their own code stays monomorphic,
  // where the shared one below serves forty verbs.
  get from(): Pid | undefined {
    return this.context.from
  }

  send(to: Address, message: string, payload?: unknown, options?: SendOptions): unknown {
    return this.context.send(to, message, payload, options)
  }

  /** Makes an instance whose fields may already use its context. */
  static with(context: ProcessContext, ActorConstructor: new () => object): object {
    making = context
    try {
      return new ActorConstructor()
    } finally {
      making = undefined
    }
  }
}

/** What of the context is a value; the rest are verbs. */
const VALUES = [
  'self',
  'name',
  'parent',
  'leader',
  'node',
  'application',
  'from',
  'fromNode',
  'deadlineMs',
  'log',
  'tracing',
] as const satisfies readonly (keyof ProcessContext)[]

const VERBS = [
  'after',
  'at',
  'call',
  'createAlias',
  'deleteAlias',
  'demonitor',
  'ended',
  'env',
  'every',
  'exit',
  'forward',
  'kill',
  'link',
  'loadOf',
  'mailboxLength',
  'monitor',
  'nowMs',
  'preservedMailbox',
  'publish',
  'random',
  'refuse',
  'register',
  'registerEvent',
  'replyLater',
  'send',
  'sendAfter',
  'sendImportant',
  'sendWhenRoom',
  'setEnv',
  'sleep',
  'span',
  'spawn',
  'spawnAny',
  'spawnAt',
  'stop',
  'subscribe',
  'trapExit',
  'tryForward',
  'unlink',
  'unregister',
  'unregisterEvent',
  'unsubscribe',
  'wallMs',
  'whereis',
] as const satisfies readonly (keyof ProcessContext)[]

// A new member of the context that is missing in both lists does not compile.
type Listed = (typeof VALUES)[number] | (typeof VERBS)[number]
const complete: [Exclude<keyof ProcessContext, Listed>] extends [never] ? true : never = true

const LIFECYCLE = [
  'constructor',
  'context',
  'handleCall',
  'handleDown',
  'handleEvent',
  'handleEventGap',
  'handleEventInterest',
  'handleExit',
  'handleLog',
  'handleMessage',
  'init',
  'inspect',
  'terminate',
] as const

/** What a protocol of a class may not name a message. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set<string>(
  complete ? [...LIFECYCLE, ...VALUES, ...VERBS] : [],
)

type Verb = (a?: unknown, b?: unknown, c?: unknown, d?: unknown, e?: unknown) => unknown
type Verbs = Readonly<Record<string, Verb>>

const isWritten = (name: string): boolean => Object.hasOwn(ActorBase.prototype, name)

for (const value of VALUES) {
  if (isWritten(value)) continue
  Object.defineProperty(ActorBase.prototype, value, {
    configurable: true,
    get(this: ActorBase): unknown {
      return this.context[value]
    },
  })
}

// Five named parameters, not `...given`: the longest verb (sendAfter) has five, and an array of
// arguments for each send would be garbage.
for (const verb of VERBS) {
  if (isWritten(verb)) continue
  Object.defineProperty(ActorBase.prototype, verb, {
    configurable: true,
    writable: true,
    value(this: ActorBase, a?: unknown, b?: unknown, c?: unknown, d?: unknown, e?: unknown) {
      return (this.context as unknown as Verbs)[verb]?.(a, b, c, d, e)
    },
  })
}
