/**
 * testing/etcd-program: which etcd is on this machine, and what it can do.
 */
import { execFile } from 'node:child_process'
import { TroupeError } from 'troupe'

/** One program of etcd. */
export interface EtcdProgram {
  readonly path: string
  /** As `3.4.23`. */
  readonly version: string
  /** It can be told not to wait for the disk. */
  readonly knowsNoFsync: boolean
}

const INSTALL = 'install it (apt-get install etcd-server), or name it by TROUPE_ETCD=/path/to/etcd'
/** The help of etcd has 20 KB. */
const OUTPUT_BYTES_MAX = 1_000_000
const ANSWER_MS_MAX = 20_000

const asked = new Map<string, Promise<EtcdProgram>>()

/** The path that was given, else TROUPE_ETCD of the environment, else `etcd` on the PATH. */
export const etcdPath = (given: string | undefined): string =>
  given ?? (process.env['TROUPE_ETCD'] || 'etcd')

/** Asks the program once what it is. Rejects with ETCD_NOT_STARTED that says how to have one. */
export function etcdProgram(given?: string): Promise<EtcdProgram> {
  const path = etcdPath(given)
  const known = asked.get(path)
  if (known !== undefined) return known
  const program = askProgram(path)
  asked.set(path, program)
  program.catch(() => asked.delete(path))
  return program
}

async function askProgram(path: string): Promise<EtcdProgram> {
  const [told, help] = await Promise.all([outputOf(path, '--version'), outputOf(path, '--help')])
  const version = /etcd Version: ([^\s]+)/.exec(told)?.[1]
  if (version === undefined) {
    throw new TroupeError('ETCD_NOT_STARTED', { problem: `${path} is no etcd; ${INSTALL}` })
  }
  return Object.freeze({ path, version, knowsNoFsync: help.includes('--unsafe-no-fsync') })
}

const outputOf = (path: string, flag: string): Promise<string> =>
  new Promise((resolve, reject) => {
    // Variables such as ETCD_NAME are options of etcd; those of the user are not meant for ours.
    const options = { env: plainEnvironment(), maxBuffer: OUTPUT_BYTES_MAX, timeout: ANSWER_MS_MAX }
    execFile(path, [flag], options, (fault, stdout, stderr) => {
      if (fault === null) return resolve(stdout + stderr)
      const isAbsent = fault.code === ('ENOENT' as unknown)
      const problem = isAbsent
        ? `there is no program ${path}; ${INSTALL}`
        : `${path} ${flag} failed: ${fault.message}; ${INSTALL}`
      reject(new TroupeError('ETCD_NOT_STARTED', { problem }))
    })
  })

/** The environment without what etcd takes for its options. */
export function plainEnvironment(): Readonly<Record<string, string | undefined>> {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith('ETCD_'))
  return {
    ...Object.fromEntries(entries),
    ETCD_UNSUPPORTED_ARCH: process.env['ETCD_UNSUPPORTED_ARCH'],
  }
}
