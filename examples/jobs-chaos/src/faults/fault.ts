/**
 * faults/fault: what can be done to a cluster, and to the etcd below it, as a plan says it.
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

/**
 * Of etcd, where the cluster is on one. `etcd-kill`, `etcd-freeze`: one of its members;
 * `etcd-restart`: all of them are killed and start from their disks; `etcd-wall`: a node of the
 * cluster is cut off from etcd; `quorum-loss`: two members of three are frozen or killed for long;
 * `compact`: all history is thrown away; `defrag`: of one member.
 */
export const ETCD_KINDS = Object.freeze([
  'etcd-kill',
  'etcd-freeze',
  'etcd-restart',
  'etcd-wall',
  'quorum-loss',
  'compact',
  'defrag',
] as const)
export type EtcdKind = (typeof ETCD_KINDS)[number]
export type FaultKind = (typeof FAULT_KINDS)[number] | EtcdKind

export const isOfEtcd = (kind: FaultKind): kind is EtcdKind =>
  ETCD_KINDS.some((one) => one === kind)

/** What the nodes of a cluster find each other by. */
export const REGISTRARS = Object.freeze(['embedded', 'etcd'] as const)
export type RegistrarKind = (typeof REGISTRARS)[number]

/** What can be done to a cluster with this registrar: an etcd has no program of the cluster. */
export const kindsFor = (registrar: RegistrarKind): readonly FaultKind[] =>
  registrar === 'embedded'
    ? FAULT_KINDS
    : [...FAULT_KINDS.filter((kind) => kind !== 'registrar'), ...ETCD_KINDS]

/** Whom it meets; who that is, is seen when it is made. */
export const VICTIMS = Object.freeze([
  'leader',
  'follower',
  'worker',
  'etcd-leader',
  'etcd-follower',
  'nobody',
] as const)
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
