/**
 * apps/system/application: the application `system`, which every node runs.
 *
 * It starts before all others and stops after them. Its processes live under one supervisor, so
 * that a fault of one costs nobody else anything.
 */
import { supervisor } from '#actor'
import { REMOTE_NAME, type ServingParts } from '#cluster'
import {
  type ApplicationSpec,
  type NodeInspection,
  SYSTEM_PROCESS,
  type SystemOptions,
  systemOptions,
} from '#contract'
import { Access } from './access.js'
import { AuditTrail } from './audit-trail.js'
import { Memory } from './memory.js'
import { type ProgramHost, programHost } from './program-host.js'
import { type ProgramProfile, programProfile } from './program-profile.js'
import { type ProgramFigures, programFigures } from './program-sheet.js'
import { Recorder } from './recorder.js'
import { remoteActor } from './remote-actor.js'
import { systemActor } from './system-actor.js'

/** What the application is made from. */
export interface SystemParts {
  readonly options: SystemOptions | undefined
  /**
   * What the process does for other nodes that carries out what they may do here; undefined on a
   * node without a network, where nobody can ask for it.
   */
  readonly serving: ServingParts | undefined
  /** Default those of the program. */
  readonly figures?: () => ProgramFigures
  readonly profile?: () => ProgramProfile
  readonly host?: () => ProgramHost
}

const SUPERVISOR = 'system.supervisor'

/** Makes the application for one node; see `World.system`. */
export const systemApplication =
  (parts: SystemParts) =>
  (inspection: NodeInspection): ApplicationSpec => {
    const options = systemOptions(parts.options)
    const { serving, figures = programFigures, profile = programProfile } = parts
    const memory = new Memory(inspection, options)
    const audit = new AuditTrail(inspection, memory)
    const nowMs = (): number => inspection.clock.nowMs()
    const access = new Access(inspection.node.name, options, nowMs)
    const clockAheadMs = (node: string): number | undefined => serving?.clockAheadMs(node)
    const recorder = new Recorder(inspection)
    const host = (parts.host ?? programHost)()
    const shared = { inspection, options, memory, audit, access, recorder, clockAheadMs, host }
    const args = [{ ...shared, figures, profile }]
    const remote =
      serving === undefined
        ? []
        : [{ name: REMOTE_NAME, start: remoteActor(serving, { audit, access, inspection }) }]
    const root = supervisor(() => ({
      name: SUPERVISOR,
      // Whoever looks must not be able to bring down what is looked at.
      intensity: { restarts: Number.POSITIVE_INFINITY, withinMs: 60_000 },
      children: [{ name: SYSTEM_PROCESS, start: systemActor, args }, ...remote],
    }))
    return {
      name: SYSTEM_PROCESS,
      description: 'shows this node to others',
      members: [{ name: SUPERVISOR, start: root }],
      terminate: () => host.stop(),
    }
  }
