/**
 * What `actor()` and `Actor.of` check, and what they make.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Actor, actor, type HandlerFunctions } from '#actor'
import {
  type AnyProtocol,
  type AnySpawnable,
  type Behaviour,
  behaviourOf,
  type ErrorCode,
  message,
  type ProcessContext,
  protocol,
  request,
  TroupeError,
} from '#contract'

const Counter = protocol('counter', {
  increment: message<{ by: number }>(),
  value: request<void, number>(),
})
type CounterHandlers = HandlerFunctions<typeof Counter, undefined>

const whole = { increment: () => {}, value: () => 1 }
const behaviour = (made: AnySpawnable): Behaviour => made[behaviourOf] as unknown as Behaviour
const context = { self: { kind: 'pid' } } as unknown as ProcessContext

const coded =
  (code: ErrorCode, word = '') =>
  (error: unknown): boolean =>
    TroupeError.is(error, code) && error.message.includes(word)

describe('actor()', () => {
  it('tells messages from requests once, when it is defined', () => {
    const made = behaviour(actor(Counter, { on: whole }))
    assert.deepEqual([...made.messages.keys()], ['increment'])
    assert.deepEqual([...made.requests.keys()], ['value'])
    assert.equal(made.messages.get('increment'), whole.increment)
    assert.deepEqual([made.name, made.kind, made.protocol], ['counter', 'actor', Counter])
  })

  it('refuses a missing, a surplus and an inherited handler', () => {
    const missing = { increment: () => {} } as unknown as CounterHandlers
    assert.throws(() => actor(Counter, { on: missing }), coded('HANDLER_MISSING', 'value'))
    const surplus = { ...whole, reset: () => {} }
    assert.throws(() => actor(Counter, { on: surplus }), coded('OPTION_INVALID', 'on.reset'))
    const inherited = Object.create(whole) as CounterHandlers
    assert.throws(() => actor(Counter, { on: inherited }), coded('HANDLER_MISSING'))
  })

  it('refuses options that cannot be', () => {
    const wrong = (): unknown => actor(Counter, { on: whole, options: { initTimeoutMs: 0 } })
    assert.throws(wrong, coded('OPTION_INVALID', 'initTimeoutMs'))
  })

  it('awaits the state of init and runs started after it', async () => {
    const seen: unknown[] = []
    const made = behaviour(
      actor(Counter, {
        init: async (start: number) => ({ count: start }),
        started: async (state, given) => seen.push(state.count, given === context),
        on: { increment: () => {}, value: (state) => state.count },
      }),
    )
    assert.deepEqual(await made.init(context, [7]), { count: 7 })
    assert.deepEqual(seen, [7, true])
  })

  it('stays synchronous when init is', () => {
    const made = behaviour(actor(Counter, { started: () => {}, on: whole }))
    assert.equal(made.init(context, []), undefined)
  })
})

class CounterActor extends Actor.of(Counter) {
  readonly address = this.context.self
  count = 0
  override init(start: number): void {
    this.count = start
  }
  increment({ by }: { by: number }): void {
    this.count += by
  }
  value(): number {
    return this.count
  }
}

class DoubleActor extends CounterActor {
  override value(): number {
    return this.count * 2
  }
}

describe('Actor.of', () => {
  it('makes one behaviour per class, also for a subclass of a spawned class', () => {
    const base = behaviour(CounterActor)
    const double = behaviour(DoubleActor)
    assert.equal(behaviour(CounterActor), base)
    assert.notEqual(double, base)
    assert.deepEqual([base.name, double.name], ['CounterActor', 'DoubleActor'])
    const state = double.init(context, [4])
    double.messages.get('increment')?.(state, { by: 3 }, context)
    assert.equal(double.requests.get('value')?.(state, undefined, context), 14)
    assert.equal(base.requests.get('value')?.(state, undefined, context), 7)
  })

  it('gives an instance its context before its fields are made', () => {
    const state = behaviour(CounterActor).init(context, [0]) as CounterActor
    assert.equal(state.address, context.self)
    assert.equal(state.self, context.self)
  })

  it('hands every verb on to the context', () => {
    const sent: unknown[] = []
    const verbs = { ...context, sendAfter: (...given: unknown[]) => sent.push(...given) }
    const made = behaviour(CounterActor)
    const state = made.init(verbs as unknown as ProcessContext, [0]) as CounterActor
    state.sendAfter(5, 'somebody', 'hello', { to: 'you' }, { priority: 'high' })
    assert.deepEqual(sent, [5, 'somebody', 'hello', { to: 'you' }, { priority: 'high' }])
  })

  it('cannot be made without spawn', () => {
    assert.throws(() => new CounterActor(), coded('NOT_ALLOWED', 'spawn'))
  })

  it('knows only the lifecycle methods a class has', () => {
    assert.equal(behaviour(CounterActor).terminate, undefined)
    class Ending extends CounterActor {
      override terminate(reason: unknown): void {
        this.count = reason === 'normal' ? 1 : 2
      }
    }
    const state = behaviour(Ending).init(context, [0]) as Ending
    behaviour(Ending).terminate?.(state, 'normal', context)
    assert.equal(state.count, 1)
  })

  it('refuses a missing handler and a reserved name when it is spawned', () => {
    class Missing extends Actor.of(Counter) {
      increment(): void {}
    }
    assert.throws(() => behaviour(Missing), coded('HANDLER_MISSING', 'Missing'))
    for (const word of ['init', 'terminate', 'send', 'self', 'handleDown', 'context']) {
      const Reserved = Actor.of<AnyProtocol>(protocol('reserved', { [word]: message() }))
      assert.throws(() => behaviour(class extends Reserved {}), coded('HANDLER_RESERVED', word))
    }
  })
})
