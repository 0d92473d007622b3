/**
 * Who plays in the scenarios of two nodes: a counter that answers, and a watcher that notes what it
 * is told.
 */
import {
  actor,
  type Down,
  type EventGap,
  type EventMessage,
  type Exit,
  type ExitReason,
  eventName,
  failure,
  message,
  Pid,
  protocol,
  request,
  type Target,
} from 'troupe'

export const Counter = protocol('counter', {
  add: message<number>(),
  note: message<unknown>(),
  value: request<void, number>(),
  echo: request<unknown, unknown>(),
  size: request<Uint8Array, number>(),
  never: request<void, number>(),
  withdraw: request<number, number>().fails<'too-little'>(),
  crash: request<void, never>(),
  leave: request<void, string>(),
  left: request<void, number | undefined>(),
})

/** Answers, counts, keeps what it is given. */
export const counter = (noted: unknown[] = []) =>
  actor(Counter, {
    init: () => ({ sum: 0 }),
    on: {
      add(state, by) {
        state.sum += by
      },
      note: (_state, what) => void noted.push(what),
      value: (state) => state.sum,
      echo: (_state, what) => what,
      size: (_state, bytes) => bytes.length,
      never: () => new Promise<number>(() => {}),
      withdraw: (state, amount) => (amount > state.sum ? failure('too-little') : amount),
      crash() {
        throw new RangeError('on purpose')
      },
      leave(_state, _nothing, context) {
        context.stop('shutdown')
        return 'bye'
      },
      left: (_state, _nothing, context) => context.deadlineMs,
    },
  })

/** Hands its questions on to another process. */
export const front = (to: Pid) =>
  actor(protocol('front', { value: request<void, number>() }), {
    on: { value: (_state, _nothing, context) => context.forward(to) },
  })

export type Told = Down | Exit | EventMessage | EventGap

export const Watcher = protocol('watcher', {
  ping: request<void, void>(),
  monitor: request<Target, number>(),
  demonitor: request<void, boolean>(),
  link: request<Target, void>(),
  unlink: request<Target, void>(),
  exit: request<{ to: Pid; reason: ExitReason }, void>(),
  kill: request<Pid, void>(),
  subscribe: request<{ node: string; resubscribe?: boolean }, number>(),
  ask: request<{ to: Pid; request: 'left' | 'value' | 'never' }, unknown>(),
  flood: request<{ to: Pid; count: number }, void>(),
  mixed: request<{ to: Pid; large: number }, void>(),
  when: message<{ to: Pid; count: number }>(),
})

/** Watches, and notes what it is told. */
export const watcher = (told: Told[], options: { readonly trapExit?: boolean } = {}) =>
  actor(Watcher, {
    options: { trapExit: true, ...options },
    init: () => ({ ref: undefined as ReturnType<never> | undefined }),
    on: {
      ping: () => {},
      monitor(state, target, context) {
        const ref = context.monitor(target)
        state.ref = ref as never
        return ref.id
      },
      demonitor: (state, _nothing, context) => context.demonitor(state.ref as never),
      link: (_state, target, context) => context.link(target),
      unlink: (_state, target, context) => context.unlink(target),
      exit: (_state, { to, reason }, context) => context.exit(to, reason),
      kill: (_state, to, context) => context.kill(to),
      subscribe: async (_state, { node, resubscribe = false }, context) =>
        (await context.subscribe(eventName('news', node), { resubscribe })).missed.length,
      ask: (_state, { to, request: what }, context) =>
        context.call(to as Pid<typeof Counter>, what, undefined, { timeoutMs: 20_000 }),
      flood(_state, { to, count }, context) {
        for (let i = 0; i < count; i += 1) context.send(to as Pid<typeof Counter>, 'note', i)
      },
      mixed(_state, { to, large }, context) {
        const counterPid = to as Pid<typeof Counter>
        context.send(counterPid, 'note', 'before')
        context.send(counterPid, 'note', new Uint8Array(large))
        context.send(counterPid, 'note', 'after')
      },
      async when(_state, { to, count }, context) {
        for (let i = 0; i < count; i += 1) {
          await context.sendWhenRoom(to as Pid<typeof Counter>, 'note', i)
        }
      },
    },
    handleDown: (_state, down) => void told.push(down),
    handleExit: (_state, exit) => void told.push(exit),
    handleEvent: (_state, event) => void told.push(event),
    handleEventGap: (_state, gap) => void told.push(gap),
  })

/** A pid as another node has it: nothing of the process behind. */
export const away = <P extends Pid>(pid: P): P => Pid.of(pid.node, pid.id, pid.creation) as P

/** The code a promise rejects with, or its value. */
export const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value,
    (error: { readonly code?: string }) => error.code,
  )
