/**
 * apps/system/system-actor: the process `system`: shows its node to whoever may look.
 */
import { actor } from '#actor'
import { systemProtocol } from '#cluster/remote/system-protocol'
import {
  type AnySpawnable,
  type Behaviour,
  behaviourOf,
  type NodeInspection,
  type SystemOptions,
} from '#contract'
import { Desk } from './desk.js'
import { nodeSheet } from './node-sheet.js'
import { readProcessQuery } from './process-query.js'
import { ProcessScan } from './process-scan.js'
import type { ProgramFigures } from './program-sheet.js'

/** What the process works with. */
export interface SystemActorParts {
  readonly inspection: NodeInspection
  readonly options: Required<SystemOptions>
  readonly figures: () => ProgramFigures
}

class Seat {
  readonly parts: SystemActorParts
  desk: Desk | undefined

  constructor(parts: SystemActorParts) {
    this.parts = parts
  }
}

const deskOf = ({ desk }: Seat): Desk => desk as Desk

const definition = actor(systemProtocol, {
  init: (parts: SystemActorParts) => new Seat(parts),
  started: (seat, context) => {
    const { inspection, options, figures } = seat.parts
    seat.desk = new Desk(inspection, options, figures(), context)
  },
  on: {
    node: (seat, _, context) =>
      deskOf(seat).quick('node', context, (asker) => nodeSheet(deskOf(seat), asker)),
    processes: (seat, given, context) =>
      deskOf(seat).search('processes', context, () => {
        const { inspection, cursors } = deskOf(seat)
        const query = readProcessQuery(given, cursors)
        return { key: query.key, make: () => new ProcessScan(query, inspection, cursors) }
      }),
  },
  terminate: (seat) => seat.desk?.program.stop(),
  inspect: (seat) => {
    const { asked, access, work } = deskOf(seat)
    const { slices, abandoned, waiting } = work
    return { asked: { ...asked }, refused: { ...access.refused }, slices, abandoned, waiting }
  },
})

/** It is shown as a process of Troupe. */
export const systemActor: AnySpawnable = Object.freeze({
  [behaviourOf]: Object.freeze({
    ...(definition[behaviourOf] as Behaviour<never>),
    kind: 'system' as const,
  }),
})
