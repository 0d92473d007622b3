/**
 * page/kit/states: the states of nodes, connections, processes, applications and breakers: what
 * colour each has, what sign beside it and what word. Pure.
 */
/** What a colour means; never told by the colour alone. */
export type Tone = 'good' | 'warn' | 'bad' | 'quiet' | 'accent'

const STATE_TONES: Readonly<Record<string, Tone>> = {
  up: 'good',
  running: 'accent',
  started: 'good',
  handling: 'accent',
  waiting: 'accent',
  looking: 'quiet',
  idle: 'quiet',
  sleeping: 'quiet',
  leader: 'accent',
  closed: 'good',
  connected: 'good',
  disconnected: 'bad',
  busy: 'warn',
  suspect: 'warn',
  draining: 'warn',
  dialling: 'warn',
  candidate: 'warn',
  'half-open': 'warn',
  starting: 'warn',
  stopping: 'warn',
  terminating: 'warn',
  suspended: 'warn',
  restarting: 'warn',
  refused: 'quiet',
  unreadable: 'bad',
  unreachable: 'bad',
  broken: 'bad',
  down: 'bad',
  zombie: 'bad',
  failed: 'bad',
  open: 'bad',
}

/** The colour of a state of a node, connection, process, application or breaker. */
export const toneOf = (state: string): Tone => STATE_TONES[state] ?? 'quiet'

/**
 * Who does not tell colours apart goes by the sign: in no list do two states have the same.
 *
 * Signs that every font has.
 */
const SIGNS: Readonly<Record<string, string>> = {
  looking: '…',
  discovering: '…',
  asking: '…',
  starting: '…',
  restarting: '…',
  unreachable: '!',
  unresponsive: '!',
  unreadable: '?',
  down: '×',
  gone: '×',
  ended: '×',
  broken: '×',
  disconnected: '×',
  'not connected': '×',
  failed: '×',
  init: '+',
  disabled: '–',
  suspended: '=',
  'half-open': '½',
}

/** What stands for the state beside its colour: for most its first letter. */
export const signOf = (state: string): string => SIGNS[state] ?? state.slice(0, 1).toUpperCase()

/** The state as it is written. */
export const wordOf = (state: string): string => (state === 'looking' ? 'being asked' : state)
