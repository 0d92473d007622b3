/**
 * commands/led-specs: services, leaders and config, as data: what is used, led and configured.
 */
import type { CommandSpec } from '#arguments/command-spec'

const LEVELS = ['cluster-node', 'node', 'cluster', 'global'] as const

export const SERVICES: CommandSpec = {
  name: 'services',
  summary: 'the services that a node uses, and how each of their nodes does',
  about:
    'A service is an application as one address. Each line is one node of it as the asked node ' +
    'sees it: weight, breaker, requests on their way and since its start.',
  words: [],
  options: [],
  examples: [
    { line: 'troupe services --node web1', about: 'those that web1 uses or knows routes of' },
    { line: 'troupe services --json', about: 'with retries, hedged requests, late answers' },
  ],
  load: async () => (await import('./services.js')).run,
}

export const LEADERS: CommandSpec = {
  name: 'leaders',
  summary: 'what is led, by whom, since when, and what this node has to do with it',
  about: 'Every leader actor, singleton, cluster-wide lock and job calendar of the asked node.',
  words: [],
  options: [],
  examples: [
    { line: 'troupe leaders', about: 'of the only node on this host' },
    { line: 'troupe leaders --json | jq .[].changes', about: 'the last 20 changes of each' },
  ],
  load: async () => (await import('./leaders.js')).run,
}

export const CONFIG: CommandSpec = {
  name: 'config',
  summary: 'the configuration of a node: shows, writes and deletes items',
  about:
    'get shows what holds for the node and the level that gives it; values with the name of a ' +
    'secret are hidden. put and delete change the entry of one level for all whom it is for: ' +
    'they need --manage here, and there the option system: { manage: [NODE] }; --as gives the ' +
    'name. They are refused where nothing can be written.',
  words: [
    { name: 'VERB', about: 'what to do', kind: 'text', choices: ['get', 'put', 'delete'] },
    { name: 'ITEM', about: 'which one; get shows all without it', kind: 'text', optional: true },
    { name: 'JSON', about: 'what put writes', kind: 'json', optional: true },
  ],
  options: [
    {
      ...{ name: 'level', value: 'LEVEL', kind: 'text', choices: LEVELS, otherwise: 'cluster' },
      about: 'whose entry it is; cluster-node and node are of the asked node alone',
    },
  ],
  manages: true,
  examples: [
    { line: 'troupe config get', about: 'all items that hold' },
    { line: 'troupe config put workers 8 --manage', about: 'for all nodes of the cluster' },
    {
      line: `troupe config put log.level '"debug"' --level node --node web1 --manage`,
      about: 'for one node',
    },
    { line: 'troupe config delete workers --manage', about: 'what stands below it holds again' },
  ],
  load: async () => (await import('./config.js')).run,
}
