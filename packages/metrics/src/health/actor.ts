/**
 * health/actor: the process `health`: takes signals and heartbeats, watches their owners.
 *
 * Probes never wait for it. What it knows lies on the board, so that nothing is forgotten when a
 * supervisor starts it anew: it then watches the owners again.
 */
import { actor, describeThrown, type Pid, type ProcessContext } from 'troupe'
import type { CheckedHealth } from '#metrics/options'
import { answerOrRefuse, toldName } from '#metrics/refusing'
import type { HealthBoard } from './board.js'
import { healthProtocol } from './protocol.js'

interface Seat extends HealthParts {
  readonly watched: Set<string>
}

/** What the process is spawned with. */
export interface HealthParts {
  readonly board: HealthBoard
  readonly options: CheckedHealth
  /** Told the name of the node. */
  readonly settled: (node: string) => void
}

export const healthActor = actor(healthProtocol, {
  name: 'health',
  init: (parts: HealthParts): Seat => ({ ...parts, watched: new Set() }),
  started: (seat, context) => {
    const { board, options } = seat
    seat.settled(context.node)
    board.nowMs = () => context.nowMs()
    for (const owner of board.signals.owners()) watch(seat, owner, context)
    context.every(options.checkIntervalMs, () => settle(seat, context))
  },
  on: {
    register: (seat, given, context) =>
      answerOrRefuse(context, 'register', () => {
        const { from } = context
        seat.board.signals.register(given, from, context.nowMs())
        if (from !== undefined) watch(seat, from, context)
        settle(seat, context)
      }),
    unregister: (seat, name, context) =>
      answerOrRefuse(context, 'unregister', () => {
        const known = seat.board.signals.unregister(name, context.from)
        settle(seat, context)
        return known
      }),
    heartbeat: (seat, name, context) => tell(seat, name, true, context),
    up: (seat, name, context) => tell(seat, name, true, context),
    down: (seat, name, context) => tell(seat, name, false, context),
  },
  handleDown: (seat, { target }, context) => {
    if (target.kind !== 'pid') return
    seat.watched.delete(key(target))
    seat.board.signals.ended(target)
    settle(seat, context)
  },
  inspect: ({ board }) => ({
    live: board.answer('live').status,
    ready: board.answer('ready').status,
    startup: board.answer('startup').status,
    unknownSignals: board.signals.unknown,
  }),
})

const key = ({ node, id, creation }: Pid): string => `${node} ${id} ${creation}`

/** Heartbeats come often: only what changes something costs more than a note of the time. */
function tell(seat: Seat, name: string, isWell: boolean, context: ProcessContext): void {
  const { signals } = seat.board
  const told = signals.tell(name, isWell, context.nowMs())
  if (told === 'changed') settle(seat, context)
  // A program that goes on with it must not fill the log: the first one is told, all are counted.
  if (told !== 'unknown' || signals.unknown > 1) return
  context.log.warning('a signal that nobody has registered', { signal: toldName(name) })
}

function watch({ watched }: Seat, owner: Pid, context: ProcessContext): void {
  if (watched.has(key(owner))) return
  watched.add(key(owner))
  context.monitor(owner)
}

/** Writes the answers and tells who wanted to know; what a callback throws is told in the log. */
function settle({ board, options }: Seat, context: ProcessContext): void {
  for (const change of board.signals.changes(context.nowMs())) {
    const { kind, signal } = change
    const failed = (thrown: unknown): void => {
      context.log.error('a callback of a signal failed', { signal, error: describeThrown(thrown) })
    }
    if (kind === 'down') context.log.warning('a signal is down', { signal, why: change.why })
    else context.log.info('a signal is up again', { signal })
    try {
      const done = kind === 'up' ? options.signalUp(signal) : options.signalDown(signal, change.why)
      if (done instanceof Promise) done.catch(failed)
    } catch (thrown) {
      failed(thrown)
    }
  }
  board.refresh()
}
