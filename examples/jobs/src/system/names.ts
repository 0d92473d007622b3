/**
 * system/names: which programs a cluster has, and what their nodes are called. Pure.
 */

export const ROLES = Object.freeze(['coordinator', 'worker'] as const)
export type Role = (typeof ROLES)[number]

/** What a cluster can stand on. */
export const REGISTRARS = Object.freeze(['embedded', 'etcd'] as const)
export type RegistrarKind = (typeof REGISTRARS)[number]

/** Programs of each role: as many coordinators always, and workers at the utmost. */
export const COORDINATORS = 3
export const WORKERS_MAX = 16

const HOST = 'localhost'

/** As it is printed: jobs1, worker1. Workers of the usual cluster need not say whose they are. */
export function shortNameOf(role: Role, name: string, index: number): string {
  if (role === 'coordinator') return `${name}${index}`
  return name === 'jobs' ? `worker${index}` : `${name}-worker${index}`
}

export const nodeOf = (role: Role, name: string, index: number): string =>
  `${shortNameOf(role, name, index)}@${HOST}`

/** The hidden node that looks at all others. */
export const observerOf = (name: string): string => `${name}-observer@${HOST}`

/** The nodes of all coordinators. */
export const coordinatorsOf = (name: string): readonly string[] =>
  Array.from({ length: COORDINATORS }, (_, at) => nodeOf('coordinator', name, at + 1))
