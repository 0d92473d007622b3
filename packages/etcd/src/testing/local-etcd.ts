/**
 * testing/local-etcd: what tests, examples and development ask of real etcd programs.
 *
 * Contract and options of `startEtcd`, their defaults and their check. Loopback only.
 */
import { isAbsolute } from 'node:path'
import { requireDuration, requireKnown, requireObject, requireOption } from 'troupe/registrar'

/** TLS of the client port; PEM texts or bytes. The server's certificate is for 127.0.0.1. */
export interface LocalEtcdTls {
  /** What etcd shows; with `clientCa` its uses must be server and client. */
  readonly cert: string | Uint8Array
  readonly key: string | Uint8Array
  /** Clients must show a certificate that this authority has signed. Default: they need none. */
  readonly clientCa?: string | Uint8Array
}

/** The user of a store that asks who one is. The user `root` exists, too, with that password. */
export interface LocalEtcdAuth {
  readonly username: string
  readonly password: string
  /** May read and write keys that begin so, no others; default all. Not for `root`. */
  readonly prefix?: string
}

/** How `startEtcd` starts programs of etcd. Times are milliseconds. */
export interface StartEtcdOptions {
  /** 1 or 3; default 1. */
  readonly members?: 1 | 3
  /** Where data lies, kept by `stop`; default a fresh one, removed at the end. */
  readonly folder?: string
  /**
   * The client port of the first member; its next two are taken, too, and those of the others
   * come 10 after it. Default free ones, or those that `folder` was used with before.
   */
  readonly port?: number
  /** Default TROUPE_ETCD of the environment, else `etcd` on the PATH. */
  readonly binary?: string
  /** False: does not wait for the disk, where the program knows how to; default true. */
  readonly fsync?: boolean
  readonly tls?: LocalEtcdTls
  readonly auth?: LocalEtcdAuth
  /** From heartbeat to heartbeat of members; default that of etcd, 100. */
  readonly heartbeatMs?: number
  /** Silence of a leader after which another is elected; default that of etcd, 1,000. */
  readonly electionMs?: number
  /** Size at which the store takes no more writes; default that of etcd, 2 GB. */
  readonly quotaBytes?: number
  /** Changes from snapshot to snapshot; default that of etcd. */
  readonly snapshotCount?: number
  /** More flags of etcd, as `--auto-compaction-retention=1`; default none. */
  readonly flags?: readonly string[]
  /** Longest wait until all members answer; default 30,000. */
  readonly timeoutMs?: number
}

/** One program of a local etcd. */
export interface LocalMember {
  readonly name: string
  /** As a client takes it. */
  readonly endpoint: string
  /** Where its data lies. */
  readonly folder: string
  /** Of its last life. */
  readonly pid: number
  readonly isRunning: boolean
  readonly isFrozen: boolean
  /** SIGKILL; settles when it has ended. */
  kill(): Promise<void>
  /** SIGSTOP: takes connections, and answers nothing. */
  freeze(): void
  thaw(): void
  /**
   * Starts it again on the same data and ports; one that runs is killed before. Settles when it is
   * healthy; while most members are down, when it answers. Rejects with ETCD_NOT_STARTED.
   */
  restart(): Promise<void>
  /** The last lines it wrote. */
  log(): readonly string[]
}

/** Real etcd programs that end when this program does. */
export interface LocalEtcd {
  readonly endpoints: readonly string[]
  readonly members: readonly LocalMember[]
  /** As `3.4.23`. */
  readonly version: string
  readonly folder: string
  /** The member that leads now; undefined while none does. */
  leader(): Promise<LocalMember | undefined>
  /** Ends all members, and removes the folder unless it was given. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** What the options leave open. */
export const START_ETCD_DEFAULTS = Object.freeze({
  members: 1 as 1 | 3,
  fsync: true,
  flags: Object.freeze([]) as readonly string[],
  timeoutMs: 30_000,
})

export type CompleteStart = typeof START_ETCD_DEFAULTS & StartEtcdOptions

const KNOWN = Object.freeze({
  ...{ members: true, folder: true, port: true, binary: true, fsync: true, tls: true, auth: true },
  ...{ heartbeatMs: true, electionMs: true, quotaBytes: true, snapshotCount: true },
  ...{ flags: true, timeoutMs: true },
} as const) satisfies Readonly<Record<keyof StartEtcdOptions, true>>

/** Ports of the last member end here: 10 from member to member, 3 of each. */
const PORT_MAX = 65_535 - 22

/** The options with their defaults. Throws OPTION_INVALID naming the one that cannot be. */
export function completeStart(given: StartEtcdOptions = {}): CompleteStart {
  requireObject('etcd', given)
  requireKnown('etcd', given, KNOWN)
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  const options = { ...START_ETCD_DEFAULTS, ...Object.fromEntries(entries) } as CompleteStart
  const { members, folder, port, tls, auth } = options
  requireOption(members === 1 || members === 3, 'etcd.members', members, 'give 1 or 3')
  const isPort = port === undefined || (Number.isInteger(port) && port > 0 && port <= PORT_MAX)
  requireOption(isPort, 'etcd.port', port, `give a whole number from 1 to ${PORT_MAX}`)
  const isFolder = folder === undefined || isAbsolute(folder)
  requireOption(isFolder, 'etcd.folder', folder, 'give an absolute path')
  const isTls = tls === undefined || (tls.cert !== undefined && tls.key !== undefined)
  requireOption(isTls, 'etcd.tls', typeof tls, 'give { cert, key } in PEM')
  const isUser = auth === undefined || (auth.username !== '' && auth.password !== '')
  requireOption(isUser, 'etcd.auth', '(hidden)', 'give { username, password }')
  for (const name of ['heartbeatMs', 'electionMs', 'timeoutMs'] as const) {
    requireDuration(`etcd.${name}`, options[name])
  }
  for (const name of ['quotaBytes', 'snapshotCount'] as const) {
    const value = options[name]
    const fits = value === undefined || (Number.isSafeInteger(value) && value > 0)
    requireOption(fits, `etcd.${name}`, value, 'give a whole number above 0')
  }
  return Object.freeze(options)
}
