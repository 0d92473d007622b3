/**
 * cluster/remote/remote-protocol: what every node answers other nodes under the name
 * `system.remote`.
 *
 * Who asks is never a field of a message: it is the node at the other end of the connection. What
 * comes from afar is checked here before any handler sees it.
 *
 * @source ergo-features 19 (RemoteNode), 23
 */
import {
  type ApplicationInfo,
  type ApplicationStartOptions,
  type FarSpawn,
  message,
  type NodeInfo,
  Pid,
  printed,
  protocol,
  request,
  type StandardSchema,
} from '#contract'

/** The process that answers, on every node with a network. */
export const REMOTE_NAME = 'system.remote'
/** Most arguments of one `init`. */
export const ARGS_MAX = 255
const NAME_LENGTH_MAX = 255

/** What the loop of a node says of itself. Milliseconds. */
export interface Pong {
  readonly creation: number
  readonly wallMs: number
  readonly loopDelayMs: number
}

/** A process that another node wants to have. */
export interface SpawnAsked extends Omit<FarSpawn, 'definition' | 'node'> {
  readonly factory: string
}

/** Whether a process that was asked for is wanted. */
export interface SpawnSettled {
  readonly pid: Pid
  readonly keep: boolean
}

/** An application to be started. */
export interface StartAsked {
  readonly name: string
  readonly options: ApplicationStartOptions
}

/** An application to be stopped; `timeoutMs`: how long whoever asks waits. */
export interface StopAsked {
  readonly name: string
  readonly timeoutMs: number
}

type Fields = Readonly<Record<string, unknown>>

/** A schema of a payload that is an object: `problem` says what is wrong with its fields. */
const schemaOf = <T>(problem: (fields: Fields) => string | undefined): StandardSchema<T> => ({
  '~standard': {
    version: 1,
    vendor: 'troupe',
    validate: (value) => {
      const isObject = typeof value === 'object' && value !== null
      const wrong = isObject ? problem(value as Fields) : `${printed(value)} is no object`
      return wrong === undefined ? { value: value as T } : { issues: [{ message: wrong }] }
    },
  },
})

const isName = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && value.length <= NAME_LENGTH_MAX
const isNameOrNone = (value: unknown): boolean => value === undefined || isName(value)
const isFlagOrNone = (value: unknown): boolean => value === undefined || typeof value === 'boolean'
const isRecord = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function wrongSpawn(fields: Fields): string | undefined {
  const { factory, parent, link, name, trapExit, args, application, env } = fields
  if (!isName(factory)) return 'factory is no name'
  if (parent !== undefined && !Pid.is(parent)) return 'parent is no pid'
  if (!isFlagOrNone(link) || !isFlagOrNone(trapExit)) return 'link and trapExit are true or false'
  if (!isNameOrNone(name)) return 'name is no name'
  if (!isNameOrNone(application)) return 'application is no name'
  if (!Array.isArray(args) || args.length > ARGS_MAX) return `args is no list of up to ${ARGS_MAX}`
  return env === undefined || isRecord(env) ? undefined : 'env is no object'
}

const wrongSettled = ({ pid, keep }: Fields): string | undefined =>
  Pid.is(pid) && typeof keep === 'boolean' ? undefined : 'give { pid, keep }'

const wrongStart = ({ name, options }: Fields): string | undefined =>
  isName(name) && isRecord(options) ? undefined : 'give { name, options }'

const wrongStop = ({ name, timeoutMs }: Fields): string | undefined =>
  isName(name) && Number.isFinite(timeoutMs) && Number(timeoutMs) > 0
    ? undefined
    : 'give { name, timeoutMs }'

export const remoteProtocol = protocol(REMOTE_NAME, {
  ping: request<void, Pong>(),
  info: request<void, NodeInfo>(),
  applications: request<void, readonly ApplicationInfo[]>(),
  applicationInfo: request<string, ApplicationInfo | undefined>(),
  spawn: request(schemaOf<SpawnAsked>(wrongSpawn)).answers<Pid>(),
  settleSpawn: message(schemaOf<SpawnSettled>(wrongSettled)),
  startApplication: request(schemaOf<StartAsked>(wrongStart)).answers<void>(),
  stopApplication: request(schemaOf<StopAsked>(wrongStop)).answers<void>(),
})
