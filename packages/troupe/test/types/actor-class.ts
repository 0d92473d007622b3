/**
 * types: what must and must not compile with `Actor.of`.
 *
 * Compiling this file is the test.
 */
import { expectTypeOf } from 'expect-type'
import { Actor } from '#actor'
import {
  type ExitReason,
  type Handlers,
  message,
  type Node,
  type Pid,
  protocol,
  request,
} from '#contract'

const Counter = protocol('counter', {
  increment: message<{ by: number }>(),
  reset: message(),
  value: request<void, number>(),
})

class CounterActor extends Actor.of(Counter) implements Handlers<typeof Counter> {
  #count = 0
  override init(start: number, name?: string): void {
    this.#count = start
    if (name !== undefined) this.register(name)
  }
  increment({ by }: { by: number }): void {
    this.#count += by
    expectTypeOf(this.self).toEqualTypeOf<Pid>()
    expectTypeOf(this.from).toEqualTypeOf<Pid | undefined>()
  }
  reset(): void {
    this.#count = 0
  }
  async value(): Promise<number> {
    const child = await this.spawn(CounterActor, { args: [1] })
    this.send(child, 'increment', { by: 1 })
    // @ts-expect-error there is no such message
    this.send(child, 'decrement')
    return this.#count
  }
  override terminate(reason: ExitReason): void {
    this.log.info('over', { reason })
  }
}

class Plain extends Actor.of(Counter, { trapExit: true }) implements Handlers<typeof Counter> {
  increment(): void {}
  reset(): void {}
  value(): number {
    return 1
  }
}

class Further extends CounterActor {
  override init(start: number): void {
    super.init(start, 'further')
  }
}

export async function talk(node: Node): Promise<void> {
  const counter = await node.spawn(CounterActor, { args: [0] })
  expectTypeOf(counter).toEqualTypeOf<Pid<typeof Counter>>()
  expectTypeOf(await node.call(counter, 'value')).toEqualTypeOf<number>()
  await node.spawn(CounterActor, { args: [0, 'name'] })
  // @ts-expect-error init takes a start
  await node.spawn(CounterActor)
  // @ts-expect-error the start is a number
  await node.spawn(CounterActor, { args: ['0'] })

  expectTypeOf(await node.spawn(Plain)).toEqualTypeOf<Pid<typeof Counter>>()
  // @ts-expect-error without init there are no arguments
  await node.spawn(Plain, { args: ['0'] })

  expectTypeOf(await node.spawn(Further, { args: [0] })).toEqualTypeOf<Pid<typeof Counter>>()
  // @ts-expect-error a class that is no actor
  await node.spawn(Map)
}

// @ts-expect-error value is missing
export class Missing extends Actor.of(Counter) implements Handlers<typeof Counter> {
  increment(): void {}
  reset(): void {}
}

export class Mistyped extends Plain {
  // @ts-expect-error value answers a number
  override value(): string {
    return 'many'
  }
}

export class Mislived extends Plain {
  // @ts-expect-error terminate is given a reason
  override terminate(reason: number): number {
    return reason
  }
}

const Taken = protocol('taken', { send: message(), fine: message() })
// @ts-expect-error the message send is a method of Actor; rename it or use actor()
Actor.of(Taken)
