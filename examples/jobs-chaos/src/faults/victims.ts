/**
 * faults/victims: whom a fault meets, as things are when it is made. Pure.
 */
import type { Engine } from '#chaos/etcd/engine'
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
    case 'etcd-leader':
    case 'etcd-follower':
    case 'nobody':
      return ''
  }
}

/** The member of etcd that is meant; empty for none of them, or for all. */
export function memberOf(
  { victim, lot }: Fault,
  { names }: Pick<Engine, 'names'>,
  leader: string | undefined,
): string {
  switch (victim) {
    case 'etcd-leader':
      return leader ?? chosen(names, lot)
    case 'etcd-follower':
      return chosen(
        names.filter((name) => name !== leader),
        lot,
      )
    case 'leader':
    case 'follower':
    case 'worker':
    case 'nobody':
      return ''
  }
}
