/**
 * commands/table: every command there is, as data. What a command does is read when it runs.
 */
import type { CommandSpec, OptionSpec, WordSpec } from '#arguments/command-spec'
import { CONNECTION, FIGURES, METRICS, PROFILE } from './figure-specs.js'
import { CONFIG, LEADERS, SERVICES } from './led-specs.js'
import { OBSERVER } from './observer-spec.js'

const MODES = ['temporary', 'transient', 'permanent'] as const
const LEVELS = ['trace', 'debug', 'info', 'warning', 'error'] as const
const ORDERS = ['running', 'mailbox', 'in', 'out', 'age'] as const
export const SHELLS = ['bash', 'zsh', 'fish'] as const

const PROCESS: WordSpec = {
  name: 'PID|NAME',
  about: 'its registered name, its number as tree and top show it, or its whole pid',
  kind: 'process',
}

const lines = (otherwise: number, most: number): OptionSpec => ({
  ...{ name: 'lines', short: 'n', value: 'COUNT', kind: 'text' },
  ...{ about: `how many at most, up to ${most}`, otherwise: `${otherwise}` },
})

const NODES: CommandSpec = {
  name: 'nodes',
  summary: 'which nodes there are, and how they are',
  about:
    'Looks for the nodes of this user on this host, asks the registrar, and asks the node it ' +
    'enters by for all that it knows. Nodes it cannot reach are told with the reason.',
  words: [],
  options: [],
  examples: [
    { line: 'troupe nodes', about: 'all of them' },
    { line: 'troupe nodes --json | jq .[].node', about: 'their names alone' },
    {
      line: 'troupe nodes --connect tcp://10.0.0.7:11144 --cookie-file ./cookie',
      about: 'those that a node on another host knows',
    },
  ],
  load: async () => (await import('./nodes.js')).run,
}

const PING: CommandSpec = {
  name: 'ping',
  summary: 'whether the loop of a node answers, and how soon',
  about:
    'The question waits in line like a message: the time is that of a real answer, with the ' +
    'delay of a busy loop in it.',
  words: [{ name: 'NODE', about: 'which one', kind: 'node', optional: true }],
  options: [
    {
      ...{ name: 'count', short: 'c', value: 'COUNT', kind: 'text' },
      ...{ about: 'how often, once a second', otherwise: '1' },
    },
  ],
  examples: [
    { line: 'troupe ping shop@localhost', about: 'once' },
    { line: 'troupe ping shop -c 10', about: 'ten times; the host may be left out' },
  ],
  load: async () => (await import('./ping.js')).run,
}

const TREE: CommandSpec = {
  name: 'tree',
  summary: 'the processes of a node below their parents',
  words: [{ name: 'APP', about: 'of one application alone', kind: 'application', optional: true }],
  options: [
    {
      ...{ name: 'limit', value: 'COUNT', kind: 'text' },
      ...{ about: 'how many processes at most, up to 2000', otherwise: '500' },
    },
  ],
  examples: [
    { line: 'troupe tree', about: 'of the only node on this host' },
    { line: 'troupe tree shop --node shop@localhost', about: 'one application of one node' },
  ],
  load: async () => (await import('./tree.js')).run,
}

const TOP: CommandSpec = {
  name: 'top',
  summary: 'the busiest processes of a node, again and again',
  about:
    'On a terminal the screen is drawn anew until q is pressed; r, m, i, o and a order it by ' +
    'time in handlers, by mailbox, by messages in and out, and by age. For a pipe it prints ' +
    'once, with means since the spawn of each process.',
  words: [],
  options: [
    {
      ...{ name: 'sort', value: 'ORDER', kind: 'text', choices: ORDERS },
      ...{ about: 'by what', otherwise: 'running' },
    },
    {
      ...{ name: 'every', value: 'TIME', kind: 'text' },
      ...{ about: 'how often it asks the node', otherwise: '2s' },
    },
    lines(30, 500),
    { name: 'once', about: 'print once and end, on a terminal, too' },
  ],
  examples: [
    { line: 'troupe top', about: 'until q is pressed' },
    { line: 'troupe top --sort mailbox --once', about: 'the longest mailboxes, now' },
  ],
  load: async () => (await import('./top.js')).run,
}

const INSPECT: CommandSpec = {
  name: 'inspect',
  summary: 'all that a node tells of one process, or of itself',
  words: [{ ...PROCESS, optional: true }],
  options: [],
  examples: [
    { line: 'troupe inspect', about: 'the node itself: its program, memory, messages' },
    { line: 'troupe inspect stock', about: 'the process that is registered as stock' },
    { line: "troupe inspect '<shop@localhost.12>' --json", about: 'a pid as it stands in a log' },
  ],
  load: async () => (await import('./inspect.js')).run,
}

const WHY: CommandSpec = {
  name: 'why',
  summary: 'why a process does not go on: what it waits for, step by step',
  about:
    'Follows calls and full mailboxes from process to process, over nodes, to what holds all of ' +
    'them up: a handler that does not settle, a slow callee, a loop that was held, a child that ' +
    'is to come back, one that was killed and goes on. Takes up to 2 seconds. Of a node that ' +
    'does not answer another one tells what it knows.',
  words: [{ name: 'NODE', about: 'on which node', kind: 'node' }, PROCESS],
  options: [],
  examples: [
    { line: 'troupe why shop@localhost stock', about: 'by its name; the host may be left out' },
    { line: 'troupe why shop 12 --json', about: 'by its number, for a program' },
    { line: "troupe why shop '<shop@localhost.12>'", about: 'a pid as it stands in a log' },
  ],
  load: async () => (await import('./why.js')).run,
}

const CALL: CommandSpec = {
  name: 'call',
  summary: 'asks a process, and prints what it answers',
  about:
    'The payload is JSON, never code. Nobody can tell from outside what a handler changes, so ' +
    'a call needs --manage; only the questions of the process "system" do not.',
  words: [
    PROCESS,
    { name: 'MESSAGE', about: 'a name of its protocol', kind: 'message' },
    { name: 'JSON', about: 'what is sent along', kind: 'json', optional: true },
  ],
  options: [{ name: 'one-way', about: 'send a message; done when the node has queued it' }],
  manages: true,
  examples: [
    { line: 'troupe call stock left \'"tea"\' --manage', about: 'a request with a text' },
    {
      line: `troupe call stock restock '{"item":"tea","count":3}' --one-way --manage`,
      about: 'a message, which is not answered',
    },
    { line: 'troupe call system node --json', about: 'what a node tells of itself; no --manage' },
  ],
  load: async () => (await import('./call.js')).run,
}

const LOGS: CommandSpec = {
  name: 'logs',
  summary: 'the last records of the log of a node, and those that come',
  words: [],
  options: [
    { name: 'follow', short: 'f', about: 'go on until Ctrl-C' },
    {
      ...{ name: 'level', value: 'LEVEL', kind: 'text', choices: LEVELS },
      ...{ about: 'the lowest', otherwise: 'trace' },
    },
    { name: 'search', value: 'TEXT', kind: 'text', about: 'those whose message holds it' },
    { name: 'application', value: 'APP', kind: 'application', about: 'of one application' },
    lines(20, 500),
    {
      ...{ name: 'per-second', value: 'COUNT', kind: 'text', otherwise: '100' },
      about: 'the node leaves out what is more, and tells how much; up to 1000',
    },
  ],
  examples: [
    { line: 'troupe logs', about: 'the last 20' },
    { line: 'troupe logs -f --level warning', about: 'warnings and errors as they come' },
    { line: 'troupe logs -f --json | jq .message', about: 'one JSON value on each line' },
  ],
  load: async () => (await import('./logs.js')).run,
}

const TRACE: CommandSpec = {
  name: 'trace',
  summary: 'the newest traces of a node, or one trace over all nodes',
  about:
    'Without TRACE, the traces of which the node keeps spans. With it, every node that can be ' +
    'reached is asked for its part, and all of it is told as one tree.',
  words: [{ name: 'TRACE', about: 'its id: 32 hexadecimal digits', kind: 'text', optional: true }],
  options: [
    { name: 'search', value: 'TEXT', kind: 'text', about: 'those with a span that holds it' },
    lines(20, 500),
  ],
  examples: [
    { line: 'troupe trace', about: 'the last 20' },
    { line: 'troupe trace --search order --json', about: 'what had to do with orders' },
  ],
  load: async () => (await import('./trace.js')).run,
}

const SAMPLER: CommandSpec = {
  name: 'sampler',
  summary: 'which traces a node begins, now or from now on',
  about:
    'Without words, the samplers of the node. With them, what holds from now on: off, always, ' +
    'ratio 0.01 (by chance, so many of 1), per-second 5; none takes that of an application or a ' +
    'process away.',
  words: [
    { name: 'SAMPLER', about: 'its kind', kind: 'text', optional: true },
    { name: 'AMOUNT', about: 'of ratio and per-second', kind: 'text', optional: true },
  ],
  options: [
    { name: 'application', value: 'APP', kind: 'application', about: 'that of an application' },
    { name: 'process', value: 'PID|NAME', kind: 'process', about: 'that of one process' },
    { name: 'all-nodes', about: 'of that name, at each node that has it' },
  ],
  examples: [
    { line: 'troupe sampler', about: 'all of them' },
    { line: 'troupe sampler per-second 5 --manage', about: 'five traces a second' },
    { line: 'troupe sampler always --process cart --manage', about: 'all that one begins' },
    { line: 'troupe sampler none --process cart --all-nodes --manage', about: 'ends it anywhere' },
  ],
  load: async () => (await import('./sampler.js')).run,
}

const DEAD_LETTERS: CommandSpec = {
  name: 'dead-letters',
  summary: 'what nobody handled: how much, why, and the last ones',
  words: [],
  options: [
    { name: 'follow', short: 'f', about: 'go on until Ctrl-C' },
    { name: 'cause', value: 'CAUSE', kind: 'text', about: 'of one cause, such as mailbox-full' },
    lines(20, 500),
  ],
  examples: [
    { line: 'troupe dead-letters', about: 'totals since the start, and the last 20' },
    { line: 'troupe dead-letters -f --cause process-unknown', about: 'as they come' },
  ],
  load: async () => (await import('./dead-letters.js')).run,
}

const SPAWN: CommandSpec = {
  name: 'spawn',
  summary: 'starts a process of what a node lets others spawn',
  about:
    'FACTORY is the name under which that node allowed it: node.remote.allowSpawn(NAME, ACTOR). ' +
    'The new process belongs to nobody: closing this terminal does not end it.',
  words: [
    { name: 'NODE', about: 'where', kind: 'node' },
    { name: 'FACTORY', about: 'the name that is allowed there', kind: 'factory' },
  ],
  options: [
    { name: 'name', value: 'NAME', kind: 'text', about: 'register it under this name' },
    { name: 'args', value: 'JSON', kind: 'json', about: 'the arguments of its init, as a list' },
  ],
  manages: true,
  examples: [
    { line: 'troupe spawn shop@localhost worker --manage', about: 'prints its pid' },
    {
      line: `troupe spawn shop worker --name w1 --args '["fast",3]' --manage`,
      about: 'with a name and with arguments',
    },
  ],
  load: async () => (await import('./spawn.js')).run,
}

const APP: CommandSpec = {
  name: 'app',
  summary: 'lists the applications of a node, starts and stops one',
  about: 'Starting and stopping needs --manage here, and there node.remote.allowApplication(NAME).',
  words: [
    { name: 'VERB', about: 'what to do', kind: 'text', choices: ['list', 'start', 'stop'] },
    { name: 'NAME', about: 'which one', kind: 'application', optional: true },
  ],
  options: [
    {
      ...{ name: 'mode', value: 'MODE', kind: 'text', choices: MODES },
      ...{ about: 'of the start', otherwise: 'as its specification says' },
    },
  ],
  manages: true,
  examples: [
    { line: 'troupe app list', about: 'all that are loaded' },
    { line: 'troupe app start shop --mode permanent --manage', about: 'starts it' },
    { line: 'troupe app stop shop --manage --timeout 30s', about: 'waits up to 30 s for its end' },
  ],
  load: async () => (await import('./app.js')).run,
}

/** What an order needs beyond the word of whoever types it. */
const ALLOWED_BY_MANAGE =
  'Needs --manage here, and there the option system: { manage: [NODE] }; --as gives the name.'

const EXIT_COMMAND: CommandSpec = {
  name: 'exit',
  summary: 'tells a process to exit',
  about: ALLOWED_BY_MANAGE,
  words: [PROCESS, { name: 'REASON', about: 'default shutdown', kind: 'text', optional: true }],
  options: [],
  manages: true,
  examples: [{ line: 'troupe exit stock --manage', about: 'its supervisor decides what follows' }],
  load: async () => (await import('./exit.js')).runExit,
}

const KILL: CommandSpec = {
  name: 'kill',
  summary: 'ends a process at once, without its terminate',
  about: ALLOWED_BY_MANAGE,
  words: [PROCESS],
  options: [],
  manages: true,
  examples: [{ line: 'troupe kill 12 --node shop@localhost --manage', about: 'by its number' }],
  load: async () => (await import('./exit.js')).runKill,
}

const COMPLETION: CommandSpec = {
  name: 'completion',
  summary: 'prints a script that completes commands and names',
  about:
    'The script asks running nodes for the names of nodes, applications and processes; when ' +
    'none answers soon it completes nothing and says nothing.',
  words: [{ name: 'SHELL', about: 'for which', kind: 'shell', choices: SHELLS }],
  options: [],
  offline: true,
  examples: [
    { line: 'eval "$(troupe completion bash)"', about: 'in ~/.bashrc' },
    { line: 'eval "$(troupe completion zsh)"', about: 'in ~/.zshrc, after compinit' },
    { line: 'troupe completion fish | source', about: 'in ~/.config/fish/config.fish' },
  ],
  load: async () => (await import('./completion.js')).run,
}

/** All commands, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = Object.freeze([
  ...[NODES, PING, TREE, TOP, INSPECT, WHY, FIGURES, METRICS, CONNECTION, PROFILE],
  ...[CALL, LOGS, DEAD_LETTERS, TRACE, SAMPLER, SERVICES, LEADERS, CONFIG],
  ...[SPAWN, APP, EXIT_COMMAND, KILL, OBSERVER, COMPLETION],
])
