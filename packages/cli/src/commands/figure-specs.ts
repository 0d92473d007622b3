/**
 * commands/figure-specs: what the commands take that show figures of a node, as data.
 */
import type { CommandSpec } from '#arguments/command-spec'

export const FIGURES: CommandSpec = {
  name: 'figures',
  summary: 'what a node counts and measures of itself and its machine',
  about:
    'Counters run since the start of the node; how long turns took and messages waited is ' +
    'sampled. The machine is read at most every 5 seconds. With --hour: the last hour, which ' +
    'every node keeps, as one line for each figure. Zombies, which are killed while a handler ' +
    'goes on, are named: the newest 20.',
  words: [{ name: 'NODE', about: 'which one', kind: 'node', optional: true }],
  options: [{ name: 'hour', about: 'the lowest, mean, highest and last of the last hour' }],
  examples: [
    { line: 'troupe figures shop@localhost', about: 'as they are now' },
    { line: 'troupe figures shop --hour', about: 'how the last hour was' },
    { line: 'troupe figures --json | jq .scheduler.waitMs', about: 'for a program' },
  ],
  load: async () => (await import('./figures.js')).run,
}

export const METRICS: CommandSpec = {
  name: 'metrics',
  summary: 'what is measured on a node, the metrics of its program first',
  about:
    'Those of @troupe/metrics, which the node has to run: counters with how much a second, ' +
    'gauges, histograms and summaries with mean and quantiles. Of several series the sum, or ' +
    'of a gauge the highest; with NAME each of them, the highest first.',
  words: [
    { name: 'NODE', about: 'which one', kind: 'node', optional: true },
    { name: 'NAME', about: 'of one metric: all its series', kind: 'text', optional: true },
  ],
  options: [
    {
      ...{ name: 'search', value: 'TEXT', kind: 'text' },
      about: 'only those with this in their name or meaning',
    },
  ],
  examples: [
    { line: 'troupe metrics shop@localhost', about: 'all of them' },
    { line: 'troupe metrics shop --search order', about: 'those about orders' },
    { line: 'troupe metrics shop shop_orders_total', about: 'one, by its labels' },
  ],
  load: async () => (await import('./metrics.js')).run,
}

export const CONNECTION: CommandSpec = {
  name: 'connection',
  summary: 'all that a node knows of its connection with another one',
  about: 'Without PEER one line for each of its connections.',
  words: [
    { name: 'NODE', about: 'which one tells', kind: 'node', optional: true },
    { name: 'PEER', about: 'the node at the other end', kind: 'node', optional: true },
  ],
  options: [],
  examples: [
    { line: 'troupe connection shop@localhost', about: 'all connections of shop' },
    { line: 'troupe connection shop bank@localhost', about: 'the one with bank' },
  ],
  load: async () => (await import('./connection.js')).run,
}

export const PROFILE: CommandSpec = {
  name: 'profile',
  summary: 'where a node spends its time, or what its heap holds',
  about:
    'Looking at the stack costs the node some of its time: needs --manage here, and there the ' +
    'option system: { manage: [NODE] }; --as gives the name. One at a time; each is audited.',
  words: [{ name: 'NODE', about: 'which one', kind: 'node', optional: true }],
  options: [
    {
      ...{ name: 'for', value: 'TIME', kind: 'text' },
      ...{ about: 'how long it looks, up to 30s', otherwise: '5s' },
    },
    { name: 'heap', about: 'the spaces of its heap instead, and its garbage collections' },
  ],
  manages: true,
  examples: [
    { line: 'troupe profile shop@localhost --manage', about: 'the costliest functions of 5 s' },
    { line: 'troupe profile shop --heap --manage', about: 'its heap' },
  ],
  load: async () => (await import('./profile.js')).run,
}
