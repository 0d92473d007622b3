/**
 * faults/fault: what can be done to a cluster, as a plan says it.
 */

/**
 * `kill`: SIGKILL, and started again; `freeze`: SIGSTOP for a while; `isolate`: a node is cut off
 * from all others; `pair`: two nodes from each other; `one-way`: nothing it sends arrives, or
 * nothing that is sent to it; `registrar`: SIGKILL of the program that serves the registrar;
 * `drain`: by request, then started again; `restart`: SIGTERM, then started again; `config`: the
 * watched file changes; `weight`: of a worker; `scale`: one worker more, later one less.
 */
export const FAULT_KINDS = Object.freeze([
  'kill',
  'freeze',
  'isolate',
  'pair',
  'one-way',
  'registrar',
  'drain',
  'restart',
  'config',
  'weight',
  'scale',
] as const)
export type FaultKind = (typeof FAULT_KINDS)[number]

/** Whom it meets; who that is, is seen when it is made. */
export const VICTIMS = Object.freeze(['leader', 'follower', 'worker', 'nobody'] as const)
export type Victim = (typeof VICTIMS)[number]

export interface Fault {
  /** Milliseconds after the beginning. */
  readonly atMs: number
  readonly kind: FaultKind
  readonly victim: Victim
  /** How long it stands: until SIGCONT, until the wall falls, until it is started again. */
  readonly lastsMs: number
  /** A number in [0, 1) for what is to be chosen when it is made. */
  readonly lot: number
}
