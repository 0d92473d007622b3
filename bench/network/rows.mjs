/**
 * bench/network/rows: what is measured between two processes, with the budgets of the design.
 *
 * `work` is the name of the measurement that peers know; two rows may be read from one. Rates are
 * operations a second, the others are what `pick` names in what the peer tells.
 */

const row = (name, work, unit, title, more = {}) => ({
  ...{ name, work, unit, title, better: 'higher', handledPerOp: 1, budget: [] },
  ...more,
})

const latency = (name, work, pick, title, budget = []) =>
  row(name, work, `us ${pick}`, title, { better: 'lower', pick, budget })

const ERLANG = 'erlang'
const ERGO = 'ergo'

/** In the order in which they are measured. */
export const NETWORK_ROWS = [
  row('net-send', 'send', 'messages/s', 'one-way, small, one pair', {
    budget: [{ times: 5, over: [ERLANG, ERGO] }],
  }),
  row('net-send-10', 'send-10', 'messages/s', 'one-way, small, ten pairs'),
  row('net-object', 'object', 'messages/s', 'one-way, an object of 200 bytes, one pair', {
    budget: [
      { times: 3, over: [ERLANG] },
      { times: 4, over: [ERGO] },
    ],
  }),
  row('net-object-10', 'object-10', 'messages/s', 'one-way, an object of 200 bytes, ten pairs'),
  latency('net-call', 'call', 'p50', 'awaited call, one caller', [{ atMost: 30 }]),
  latency('net-call-p99', 'call', 'p99', 'awaited call, one caller'),
  row('net-call-100', 'call-100', 'calls/s', 'awaited call, 100 callers', {
    budget: [{ times: 3, over: [ERGO] }],
  }),
  latency('net-call-100-p99', 'call-100', 'p99', 'awaited call, 100 callers'),
  row('net-64k', '64k', 'MB/s', 'one-way, 64 KB of bytes', { mega: 0.065536 }),
  row('net-10m', '10m', 'MB/s', 'one-way, 10 MB of bytes', { mega: 10 }),
  latency('net-beside', 'beside', 'p50', 'a call while 100 MB are on their way'),
  latency('net-beside-p99', 'beside', 'p99', 'a call while 100 MB are on their way'),
  latency('net-beside-max', 'beside', 'max', 'a call while 100 MB are on their way', [
    { atMost: 5_000 },
  ]),
]

/** Operations of one measurement, so that it takes one to three seconds here. */
export const COUNTS = {
  troupe: {
    ...{ send: 4e6, 'send-10': 4e6, object: 1.5e6, 'object-10': 1.5e6 },
    ...{ call: 40e3, 'call-100': 400e3, '64k': 20e3, '10m': 150, beside: 10 },
  },
  erlang: {
    ...{ send: 1e6, 'send-10': 1e6, object: 800e3, 'object-10': 800e3 },
    ...{ call: 15e3, 'call-100': 100e3, '64k': 15e3, '10m': 100, beside: 10 },
  },
  ergo: {
    ...{ send: 1.5e6, 'send-10': 1.5e6, object: 600e3, 'object-10': 600e3 },
    ...{ call: 15e3, 'call-100': 200e3, '64k': 15e3 },
  },
  moleculer: {
    ...{ send: 200e3, 'send-10': 200e3, object: 150e3, 'object-10': 150e3 },
    ...{ call: 10e3, 'call-100': 100e3 },
  },
  raw: {
    ...{ send: 6e6, 'send-10': 6e6, object: 1.5e6, 'object-10': 1.5e6 },
    ...{ call: 20e3, 'call-100': 400e3, '64k': 30e3, '10m': 200 },
  },
}

/** Why a peer does not do a measurement. */
export const ABSENT = {
  moleculer: {
    '64k': 'its transporter carries JSON; bytes would travel as a list of numbers',
    '10m': 'its transporter carries JSON; bytes would travel as a list of numbers',
    beside: 'its transporter carries JSON; bytes would travel as a list of numbers',
  },
  raw: { beside: 'it has no fragments; each call would wait for the whole 100 MB' },
  ergo: {
    '10m': 'not written: its 64 KB row tells how it carries bytes',
    beside: 'not written',
  },
}
