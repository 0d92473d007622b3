/**
 * bench/rows: what is measured: one entry a row, with the budget of design section 10.
 *
 * `rate` rows give operations a second, `latency` rows milliseconds an operation, `reported` rows
 * the value that the peer itself has taken. `handledPerOp` tells how many messages one operation
 * delivers, so that CPU is always per message. Knows nothing of how a peer does the work.
 */

const ACTORS_WITH_MAILBOX = ['erlang', 'ergo', 'nact', 'effect']

const rate = (name, unit, title, budget = []) => ({
  name,
  title,
  unit,
  kind: 'rate',
  better: 'higher',
  handledPerOp: 1,
  budget,
})

const lower = (name, unit, title, kind, budget = [], handledPerOp = 1) => ({
  name,
  title,
  unit,
  kind,
  better: 'lower',
  handledPerOp,
  budget,
})

/** `{ times, over }`: as many times better than the best of these; `{ atMost }`: the value. */
export const LOCAL_ROWS = [
  rate('send', 'messages/s', 'one-way local send, 1:1', [
    { times: 1.2, over: ['erlang'] },
    { times: 5, over: ['ergo'] },
  ]),
  rate('ping-pong', 'round trips/s', 'ping-pong between two actors', [
    { times: 3, over: ['erlang'] },
  ]),
  rate('call', 'calls/s', 'awaited call, one caller', [{ times: 2.5, over: ACTORS_WITH_MAILBOX }]),
  rate('call-100', 'calls/s', 'awaited call, 100 callers', [
    { times: 2.5, over: ACTORS_WITH_MAILBOX },
  ]),
  rate('spawn', 'actors/s', 'spawn, end, be told', [{ times: 1.5, over: ['erlang'] }]),
  lower('memory', 'bytes/actor', 'idle actor: anonymous, unlinked, one field', 'reported', [
    { atMost: 400 },
  ]),
  lower('memory-supervised', 'bytes/actor', 'idle actor: supervised and named', 'reported', [
    { atMost: 700 },
  ]),
  lower('fanout-100k', 'ms/event', 'one event to 100,000 subscribers', 'latency', [], 100_000),
  lower(
    'fanout-1m',
    'ms/event',
    'one event to 1,000,000 subscribers',
    'latency',
    [{ atMost: 100 }],
    1_000_000,
  ),
  rate('pairs-8', 'messages/s', 'one-way send, 8 pairs on one core'),
  rate('pairs-100', 'messages/s', 'one-way send, 100 pairs on one core'),
  lower('timer', 'ms p99', 'lateness of 100 timers of 10 ms under full load', 'reported', [
    { atMost: 5 },
  ]),
  rate('backlog', 'messages/s', 'a mailbox of 1,000,000, queued and then drained'),
  rate('restart', 'restarts/s', 'restart storm of 10 children, one for one'),
]

export const BENCHES = { local: LOCAL_ROWS }
