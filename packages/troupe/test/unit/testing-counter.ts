/**
 * The actor that the tests of the unit kit are about: a timer, a neighbour, a limit.
 */
import { actor } from '#actor'
import { message, NoReply, type Pid, processName, protocol, type Replier, request } from '#contract'

export const Counter = protocol('counter', {
  increment: message<{ by: number }>(),
  report: message<Pid | string>(),
  fail: message<string>(),
  value: request<void, number>(),
  later: request<number, string>(),
})

export const Audit = protocol('audit', {
  counted: message<number>(),
  allows: request<number, boolean>(),
})
export const audit = processName('audit', Audit)

/** Counts, tells an audit, and asks it before it goes above ten. */
export const counter = actor(Counter, {
  init: (start: number) => ({ count: start }),
  started(_state, context) {
    context.log.info('ready', { at: 'start' })
  },
  on: {
    async increment(state, { by }, context) {
      if (state.count + by > 10 && !(await context.call(audit, 'allows', state.count + by))) return
      state.count += by
      context.send(audit, 'counted', state.count)
    },
    report(state, to, context) {
      context.sendAfter(100, to, 'counted', state.count)
    },
    fail(_state, text) {
      throw new RangeError(text)
    },
    value: ({ count }) => count,
    later(_state, ms, context) {
      const replier: Replier<string> = context.replyLater()
      context.after(ms, () => replier.reply('now'))
      return NoReply
    },
  },
  terminate: (_state, _reason, context) => context.log.info('good bye'),
})
