/**
 * faults/victims: whom a fault meets, as things are when it is made. Pure.
 */
import type { Cluster } from '#chaos/system/cluster'
import type { Fault, FaultKind } from './fault.js'

/** What is known of who is there. */
export type Scene = Pick<Cluster, 'coordinators' | 'workers' | 'registrar'>

/** Faults that take a node away from the others, for the guard. */
export const shuts = (kind: FaultKind): boolean => !['config', 'weight', 'scale'].includes(kind)

const chosen = (list: readonly string[], lot: number): string =>
  list[Math.floor(lot * list.length)] ?? ''

/** The node that is meant; empty for nobody. */
export function victimOf(fault: Fault, scene: Scene, leader: string | undefined): string {
  const { kind, victim, lot } = fault
  if (kind === 'registrar') return scene.registrar() ?? chosen(scene.coordinators, lot)
  switch (victim) {
    case 'leader':
      return leader ?? chosen(scene.coordinators, lot)
    case 'follower':
      return chosen(
        scene.coordinators.filter((node) => node !== leader),
        lot,
      )
    case 'worker':
      return chosen(scene.workers, lot)
    case 'nobody':
      return ''
  }
}
