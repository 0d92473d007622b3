/**
 * health/board: the answers to the probes, written before anybody asks.
 *
 * A probe is a look at this board: it waits for no mailbox. The board outlives the process that
 * keeps it, and it knows the time: a heartbeat that is overdue shows at once, whoever is busy.
 *
 * Before the applications of the node have started it is neither started nor ready; from the
 * first moment of a drain on it is not ready.
 *
 * @source ergo-features 26
 */
import type { NodePhase } from 'troupe'
import type { Probe } from './protocol.js'
import { PROBES, Signals } from './signals.js'

/** What a probe is told. */
export interface ProbeAnswer {
  readonly status: 200 | 503
  readonly body: string
}

interface Written {
  readonly phase: NodePhase
  readonly version: number
  readonly untilMs: number
  readonly answers: Readonly<Record<Probe, ProbeAnswer>>
}

/** What the node itself says to a probe. */
function isPhaseWell(probe: Probe, phase: NodePhase): boolean {
  switch (probe) {
    case 'live':
      return true
    case 'ready':
      return phase === 'running'
    case 'startup':
      return phase !== 'starting'
  }
}

export class HealthBoard {
  readonly signals = new Signals()
  /** Set when the application starts. */
  phase: () => NodePhase = () => 'starting'
  nowMs: () => number = () => 0
  #written: Written | undefined

  answer(probe: Probe): ProbeAnswer {
    return this.#fresh().answers[probe]
  }

  /** Writes the answers anew if anything has changed. */
  refresh(): void {
    this.#fresh()
  }

  #fresh(): Written {
    const nowMs = this.nowMs()
    const phase = this.phase()
    const { version } = this.signals
    const known = this.#written
    const holds = known?.version === version && known.phase === phase && nowMs <= known.untilMs
    if (known !== undefined && holds) return known
    const answers = PROBES.map((probe) => [probe, this.#write(probe, phase, nowMs)])
    const untilMs = this.signals.changesAtMs(nowMs)
    this.#written = { phase, version, untilMs, answers: Object.fromEntries(answers) }
    return this.#written
  }

  #write(probe: Probe, phase: NodePhase, nowMs: number): ProbeAnswer {
    const signals = this.signals.of(probe, nowMs)
    const isWell = isPhaseWell(probe, phase) && signals.every(({ status }) => status === 'up')
    const status = isWell ? 'up' : 'down'
    const told = signals.map(({ signal, status, timeoutMs }) => ({
      signal,
      status,
      timeoutMs: timeoutMs ?? 0,
    }))
    return { status: isWell ? 200 : 503, body: JSON.stringify({ status, phase, signals: told }) }
  }
}
