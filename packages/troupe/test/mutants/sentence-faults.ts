/**
 * Faults in what holds between two nodes: found by the cases of the sentence they break.
 */
import type { Mutant } from './mutant.js'

const MESSAGES = ['scenarios/two-nodes/messages.test']
const FAILURE = ['scenarios/two-nodes/failure.test']

export const SENTENCE_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'an alias of an earlier life reaches one of this life',
    file: 'network/peer/outbox',
    find: 'const isOfOneLife = Pid.is(to) || Alias.is(to);',
    replace: 'const isOfOneLife = Pid.is(to);',
    caughtBy: MESSAGES,
    tests: 'no process: it tells',
  },
  {
    name: 'a confirmed send that is lost with its node is counted twice',
    file: 'runtime/sending',
    find: 'else span?.fail(failure); return failure;',
    replace: `else span?.fail(failure);
      return failure === undefined ? failure : kernel.post.refuse(failure, from, to, message);`,
    caughtBy: MESSAGES,
    tests: 'node lost: it tells so',
  },
  {
    name: 'an important send waits for its word for ever',
    file: 'runtime/sending',
    find: "() => resolve('CONFIRM_TIMEOUT')",
    replace: '() => {}',
    caughtBy: MESSAGES,
    tests: 'timeout: it tells',
  },
  {
    name: 'a deadline does not travel to another node',
    file: 'network/peer/outbox',
    find: 'leftMs === Number.POSITIVE_INFINITY ? 0 : Math.max(1, Math.ceil(leftMs))',
    replace: '0',
    caughtBy: MESSAGES,
    tests: 'a deadline travels from node',
  },
  {
    name: 'the first who listens to a far event takes its end along when it leaves',
    file: 'runtime/far-relations',
    find: '!event.watches.delete(watch) || event.watches.size > 0',
    replace: '!event.watches.delete(watch)',
    caughtBy: FAILURE,
    tests: 'the end of an event is told to each, also',
  },
  {
    name: 'a further subscriber of a far event with a buffer is not given what it holds',
    file: 'runtime/far-topics',
    find: 'resubscribe).buffers = buffers;',
    replace: 'resubscribe).buffers = buffers && false;',
    caughtBy: FAILURE,
    tests: 'the buffer is given to each late subscriber',
  },
  {
    name: 'who was told that a far event has ended hears the next one of its name',
    file: 'runtime/far-topics',
    find: 'if (!topic.waiting.has(process)) part(process, topic);',
    replace: '',
    caughtBy: FAILURE,
    tests: 'a subscription ends with its event; who',
  },
  {
    name: 'each subscriber of another node is sent a publication of its own',
    file: 'network/peer/relation-inbox',
    find: 'const push = known ?? ((publication, trace) =>',
    replace: 'const push = ((publication, trace) =>',
    caughtBy: FAILURE,
    tests: 'a publication is one message',
  },
])
