/**
 * runtime/program: the handlers of a behaviour by the name of a mailbox entry.
 *
 * Made once per behaviour. The last entry found is kept beside the table, because most actors
 * get the same message again: it saves a look-up on most messages.
 */
import {
  type AnySpawnable,
  type Behaviour,
  behaviourOf,
  type ProcessContext,
  printed,
  requireOption,
} from '#contract'
import { DOWN, type EntryName, EVENT, EXIT, GAP, INTEREST, LOG, TIMER } from './message.js'

export type Run = (state: unknown, payload: unknown, context: ProcessContext) => unknown

/** One handler and whether somebody waits for what it returns. */
export interface Entry {
  readonly run: Run
  readonly isRequest: boolean
}

/** What a timer leaves in the mailbox of its owner. */
export interface TimerTurn {
  readonly run: () => unknown
}

const runTimer: Run = (_state, turn) => (turn as TimerTurn).run()

export class Program {
  readonly behaviour: Behaviour
  /** True when the behaviour has defaults for its processes. */
  readonly hasOptions: boolean
  /** False when nothing has to be checked of what enters from outside. */
  readonly hasSchemas: boolean
  /** Entries by name; the turn alone also reads and writes the two fields below. */
  readonly #entries = new Map<EntryName, Entry>()
  lastName: EntryName | undefined = undefined
  lastEntry: Entry | undefined = undefined

  constructor(behaviour: Behaviour) {
    this.behaviour = behaviour
    this.hasOptions = Object.keys(behaviour.options).length > 0
    const types = Object.values(behaviour.protocol?.messages ?? {})
    this.hasSchemas = types.some(({ schema }) => schema !== undefined)
    for (const [name, run] of behaviour.messages) {
      this.#entries.set(name, { run: run as Run, isRequest: false })
    }
    for (const [name, run] of behaviour.requests) {
      this.#entries.set(name, { run: run as Run, isRequest: true })
    }
    this.#addSignal(DOWN, behaviour.handleDown)
    this.#addSignal(EXIT, behaviour.handleExit)
    this.#addSignal(EVENT, behaviour.handleEvent)
    this.#addSignal(GAP, behaviour.handleEventGap)
    this.#addSignal(INTEREST, behaviour.handleEventInterest)
    this.#addSignal(LOG, behaviour.handleLog)
    this.#addSignal(TIMER, runTimer)
  }

  /** The entry of a name, or undefined when nothing handles it. */
  find(name: EntryName): Entry | undefined {
    const entry = this.#entries.get(name)
    if (entry !== undefined) {
      this.lastName = name
      this.lastEntry = entry
    }
    return entry
  }

  /** The names a user may send, for error messages. */
  known(): string {
    const names = [...this.behaviour.messages.keys(), ...this.behaviour.requests.keys()]
    return names.length === 0 ? 'none' : names.sort().join(', ')
  }

  #addSignal(name: symbol, run: unknown): void {
    if (run !== undefined) this.#entries.set(name, { run: run as Run, isRequest: false })
  }
}

const programs = new WeakMap<object, Program>()

/** The program of what was given to spawn, made at its first use. */
export function programOf(definition: AnySpawnable): Program {
  const behaviour = behaviourIn(definition)
  const known = behaviour === undefined ? undefined : programs.get(behaviour)
  if (known !== undefined) return known
  requireSpawnable(definition, behaviour)
  const made = new Program(behaviour)
  programs.set(behaviour, made)
  return made
}

function behaviourIn(definition: AnySpawnable): Behaviour | undefined {
  try {
    return definition?.[behaviourOf] as unknown as Behaviour | undefined
  } catch {
    // A proxy that refuses to be read is no definition.
    return undefined
  }
}

/** OPTION_INVALID for what cannot be spawned: most often the protocol in place of its actor. */
function requireSpawnable(
  definition: unknown,
  behaviour: Behaviour | undefined,
): asserts behaviour is Behaviour {
  const problem = 'give what actor(), Actor.of, supervisor(), pool() or router() makes'
  requireOption(isBehaviour(behaviour), 'definition', kindOf(definition), problem)
}

/** Enough of one to be run: those made by hand may lack anything. */
function isBehaviour(behaviour: Behaviour | undefined): boolean {
  if (typeof behaviour !== 'object' || behaviour === null) return false
  const { messages, requests, options, init } = behaviour
  const isWhole = typeof options === 'object' && options !== null && typeof init === 'function'
  return isWhole && isIterable(messages) && isIterable(requests)
}

const isIterable = (value: unknown): boolean =>
  typeof (value as Iterable<unknown> | undefined)?.[Symbol.iterator] === 'function'

function kindOf(definition: unknown): string {
  try {
    const isProtocol = typeof definition === 'object' && definition !== null && 'kind' in definition
    return isProtocol ? `a ${printed(definition.kind)}` : `of type ${typeof definition}`
  } catch {
    return `of type ${typeof definition}`
  }
}
