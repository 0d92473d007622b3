/**
 * testing/start-etcd: real etcd programs for tests, examples and development.
 *
 * @source etcd v3.4 operations guide (clustering, configuration flags, maintenance)
 */
import { randomUUID } from 'node:crypto'
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { enableAuth } from './etcd-auth.js'
import { EtcdMember } from './etcd-member.js'
import { type EtcdProgram, etcdProgram } from './etcd-program.js'
import {
  type CompleteStart,
  completeStart,
  type LocalEtcd,
  type StartEtcdOptions,
} from './local-etcd.js'
import { freePorts, type MemberPorts, portsFrom } from './member-ports.js'

/** Somebody may take a port that was free a moment ago. */
const TRIES_MAX = 4
/** In a folder that is kept: members find each other again on the same ports only. */
const PORTS_FILE = 'ports.json'

interface Plan {
  readonly program: EtcdProgram
  readonly options: CompleteStart
  readonly folder: string
  readonly ports: readonly MemberPorts[]
}

/**
 * Starts one or three members on loopback and settles when they are healthy. They end when this
 * program does, however that happens.
 *
 * Rejects with OPTION_INVALID; ETCD_NOT_STARTED when there is no etcd on this machine (the message
 * says how to install it) or it does not start (it has the last lines of its log).
 *
 * @example const etcd = await startEtcd({ members: 3, fsync: false })
 * @source etcd v3.4 operations guide
 */
export async function startEtcd(given: StartEtcdOptions = {}): Promise<LocalEtcd> {
  const options = completeStart(given)
  const program = await etcdProgram(options.binary)
  const isKept = options.folder !== undefined
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'troupe-etcd-')))
  if (isKept) await mkdir(folder, { recursive: true })
  const remove = async (): Promise<void> => {
    if (!isKept) await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    return await startOnPorts({ program, options, folder }, remove)
  } catch (fault) {
    await remove()
    throw fault
  }
}

async function startOnPorts(
  plan: Omit<Plan, 'ports'>,
  remove: () => Promise<void>,
): Promise<LocalEtcd> {
  const { folder, options } = plan
  for (let tried = 1; ; tried += 1) {
    const { ports, areChosen } = await choosePorts(options, folder)
    try {
      return await startMembers({ ...plan, ports }, remove)
    } catch (fault) {
      const isTaken = /address already in use/.test(String(fault))
      if (!isTaken || !areChosen || tried === TRIES_MAX) throw fault
      for (const at of ports.keys()) {
        await rm(join(folder, nameOf(at)), { recursive: true, force: true })
      }
    }
  }
}

/** Those given, else those of the folder, else free ones. */
async function choosePorts(
  { port, members }: CompleteStart,
  folder: string,
): Promise<{ readonly ports: readonly MemberPorts[]; readonly areChosen: boolean }> {
  if (port !== undefined) return { ports: portsFrom(port, members), areChosen: false }
  const kept = await readFile(join(folder, PORTS_FILE), 'utf8').catch(() => '')
  const first = /^\{"first":(\d{1,5})\}$/.exec(kept)?.[1]
  if (first !== undefined) return { ports: portsFrom(Number(first), members), areChosen: false }
  // What lies there already is never started anew from nothing.
  const areChosen = await access(join(folder, nameOf(0))).then(
    () => false,
    () => true,
  )
  return { ports: await freePorts(members), areChosen }
}

const nameOf = (at: number): string => `member-${at + 1}`

async function startMembers(plan: Plan, remove: () => Promise<void>): Promise<LocalEtcd> {
  const { program, options, folder } = plan
  await writeTls(plan)
  const members = makeMembers(plan)
  const isKept = options.folder !== undefined
  const stop = async (): Promise<void> => {
    await Promise.all(members.map((member) => (isKept ? member.stop() : member.kill())))
    await remove()
  }
  try {
    await makeReady(plan, members)
  } catch (fault) {
    await Promise.all(members.map((member) => member.kill()))
    throw fault
  }
  return Object.freeze({
    endpoints: Object.freeze(members.map(({ endpoint }) => endpoint)),
    members: Object.freeze(members),
    version: program.version,
    folder,
    leader: async () => {
      const leading = await Promise.all(members.map((member) => member.isLeader()))
      return members[leading.indexOf(true)]
    },
    stop,
    [Symbol.asyncDispose]: stop,
  })
}

/** Settles when all are healthy, and the store asks who one is, if it shall. */
async function makeReady(
  { options, folder, ports }: Plan,
  members: readonly EtcdMember[],
): Promise<void> {
  const { auth, tls } = options
  await Promise.all(members.map((member) => member.ready('healthy')))
  const port = (ports[0] as MemberPorts).client
  if (auth !== undefined) await enableAuth({ port, auth, tls })
  if (options.folder === undefined) return
  await writeFile(join(folder, PORTS_FILE), JSON.stringify({ first: port }))
}

function makeMembers(plan: Plan): readonly EtcdMember[] {
  const { options, folder, ports, program } = plan
  const token = randomUUID()
  const scheme = options.tls === undefined ? '' : 'https://'
  const members: readonly EtcdMember[] = ports.map(
    ({ client, health }, at) =>
      new EtcdMember({
        name: nameOf(at),
        endpoint: `${scheme}127.0.0.1:${client}`,
        folder: join(folder, nameOf(at)),
        healthPort: health,
        timeoutMs: options.timeoutMs,
        command: {
          path: program.path,
          flags: flagsOf(plan, { at, token }),
          doomedFolder: options.folder === undefined ? folder : '',
        },
        reachable: () => {
          const up = members.filter(({ isRunning, isFrozen }) => isRunning && !isFrozen)
          return up.length * 2 > members.length ? 'healthy' : 'answers'
        },
      }),
  )
  return members
}

function flagsOf(
  { options, folder, ports, program }: Plan,
  { at, token }: { readonly at: number; readonly token: string },
): readonly string[] {
  const { client, peer, health } = ports[at] as MemberPorts
  const clients = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${client}`
  const peerOf = (port: number): string => `http://127.0.0.1:${port}`
  const cluster = ports.map((one, index) => `${nameOf(index)}=${peerOf(one.peer)}`)
  const numbers = {
    'heartbeat-interval': options.heartbeatMs,
    'election-timeout': options.electionMs,
    'quota-backend-bytes': options.quotaBytes,
    'snapshot-count': options.snapshotCount,
  }
  return [
    ...['--name', nameOf(at), '--data-dir', join(folder, nameOf(at))],
    ...['--listen-client-urls', clients, '--advertise-client-urls', clients],
    ...['--listen-peer-urls', peerOf(peer), '--initial-advertise-peer-urls', peerOf(peer)],
    ...['--listen-metrics-urls', peerOf(health)],
    ...['--initial-cluster', cluster.join(','), '--initial-cluster-token', token],
    ...Object.entries(numbers).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}=${value}`],
    ),
    ...(options.fsync || !program.knowsNoFsync ? [] : ['--unsafe-no-fsync']),
    ...(options.tls === undefined ? [] : tlsFlags(folder, options.tls.clientCa !== undefined)),
    ...options.flags,
  ]
}

const tlsFlags = (folder: string, asksClients: boolean): readonly string[] => [
  ...['--cert-file', join(folder, 'server.pem'), '--key-file', join(folder, 'server-key.pem')],
  ...(asksClients
    ? ['--client-cert-auth', '--trusted-ca-file', join(folder, 'client-ca.pem')]
    : []),
]

async function writeTls({ options: { tls }, folder }: Plan): Promise<void> {
  if (tls === undefined) return
  const write = (name: string, pem: string | Uint8Array) =>
    writeFile(join(folder, name), pem, { mode: 0o600 })
  await write('server.pem', tls.cert)
  await write('server-key.pem', tls.key)
  if (tls.clientCa !== undefined) await write('client-ca.pem', tls.clientCa)
}
