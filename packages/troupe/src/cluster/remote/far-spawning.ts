/**
 * cluster/remote/far-spawning: a spawn at another node, from its options to the pid.
 *
 * The other half of a link, and a monitor, are made as soon as the pid is known; then the other
 * node is told that the process was taken over. When the parent has ended meanwhile, or nobody
 * waits any more, it is told to end it again.
 *
 * @source OTP spawn_request/5; ergo-features 23
 */
import {
  type ClusterHome,
  formatTarget,
  Pid,
  PROCESS_DEFAULTS,
  processName,
  type RemoteSpawnOptions,
  readObject,
  requireDuration,
  requireKnown,
  requireOption,
  requireText,
  TroupeError,
} from '#contract'
import { ARGS_MAX, REMOTE_NAME, type SpawnAsked } from './remote-protocol.js'

const TIMEOUT_MS_MAX = 15_000
/** How much longer than its caller the node itself waits, so that what comes late is ended. */
const GRACE_MS = 10_000

/** One question to the process that answers at another node. */
export type Ask = (
  node: string,
  question: string,
  payload: unknown,
  timeoutMs: number,
) => Promise<unknown>

const KNOWN = Object.freeze({
  ...({ name: true, link: true, monitor: true, trapExit: true } as const),
  ...({ logLevel: true, args: true, withEnv: true, timeoutMs: true } as const),
})

/** Throws OPTION_INVALID for what no spawn at another node can have. */
function checked(parent: Pid | undefined, given: RemoteSpawnOptions): RemoteSpawnOptions {
  const options = readObject('options', given)
  requireKnown('', options, KNOWN)
  const { name, args, timeoutMs } = options
  if (name !== undefined) requireText('name', name)
  const isList = args === undefined || (Array.isArray(args) && args.length <= ARGS_MAX)
  requireOption(isList, 'args', args, `give a list of up to ${ARGS_MAX}`)
  for (const flag of ['link', 'monitor', 'trapExit', 'withEnv'] as const) {
    const value: unknown = options[flag]
    const isFlag = value === undefined || typeof value === 'boolean'
    requireOption(isFlag, flag, value, 'give true or false')
    const isTie = flag === 'link' || flag === 'monitor'
    const hasEnd = !isTie || value !== true || parent !== undefined
    requireOption(hasEnd, flag, value, 'the node itself is no process; use context.spawnAt')
  }
  requireDuration('timeoutMs', timeoutMs)
  const isShort = (timeoutMs ?? 0) <= TIMEOUT_MS_MAX
  requireOption(isShort, 'timeoutMs', timeoutMs, `give at most ${TIMEOUT_MS_MAX}`)
  return options
}

export class FarSpawning {
  readonly #home: ClusterHome
  readonly #ask: Ask

  constructor(home: ClusterHome, ask: Ask) {
    this.#home = home
    this.#ask = ask
  }

  /** `parent` undefined: the node itself. */
  async spawn(
    parent: Pid | undefined,
    node: string,
    factory: string,
    given: RemoteSpawnOptions = {},
  ): Promise<Pid> {
    requireText('factory', factory)
    const options = checked(parent, given)
    const timeoutMs = options.timeoutMs ?? PROCESS_DEFAULTS.callTimeoutMs
    const asked = this.#asked(parent, factory, options)
    const answer = this.#ask(node, 'spawn', asked, timeoutMs + GRACE_MS)
    const wait = { isOver: false }
    const taken = answer.then((value) => this.#take(parent, node, asked, value, wait))
    return this.#inTime(taken, timeoutMs, wait, node)
  }

  #asked(parent: Pid | undefined, factory: string, options: RemoteSpawnOptions): SpawnAsked {
    const { application, logLevel, env } = this.#home.lineageOf(parent)
    const { link = false, monitor = false, name, trapExit, args = [], withEnv = false } = options
    return {
      ...{ factory, parent, link, monitor, name, trapExit, args, application },
      logLevel: options.logLevel ?? logLevel,
      env: withEnv ? env : undefined,
    }
  }

  /** The process is there: tied to its parent and taken over, or ended again. */
  #take(
    parent: Pid | undefined,
    node: string,
    { link, monitor }: SpawnAsked,
    value: unknown,
    wait: { readonly isOver: boolean },
  ): Pid {
    const home = this.#home.node.name
    if (!Pid.is(value) || value.node !== node) {
      const problem = `${node} answered what is no process of it`
      throw new TroupeError('MESSAGE_INVALID', { message: 'spawn', problem })
    }
    // At home the runtime has tied it already.
    const ties = { link: link && node !== home, monitor: monitor && node !== home }
    const hasParent = parent === undefined || this.#home.adopt(parent, value, ties)
    const keep = hasParent && !wait.isOver
    if (node === home) {
      if (!keep) this.#home.node.exit(value, 'shutdown')
    } else {
      const to = processName(REMOTE_NAME, undefined, node)
      this.#home.node.send(to, 'settleSpawn', { pid: value, keep })
    }
    if (keep) return value
    const process = parent === undefined ? formatTarget(value) : formatTarget(parent)
    throw new TroupeError('PROCESS_REVOKED', { process })
  }

  /** Nobody waits for it longer than was said; what comes then is ended by `#take`. */
  #inTime(
    taken: Promise<Pid>,
    timeoutMs: number,
    wait: { isOver: boolean },
    node: string,
  ): Promise<Pid> {
    return new Promise((resolve, reject) => {
      const cancel = this.#home.clock.after(timeoutMs, () => {
        wait.isOver = true
        const to = formatTarget(processName(REMOTE_NAME, undefined, node))
        reject(new TroupeError('CALL_TIMEOUT', { to, request: 'spawn', timeoutMs }))
      })
      taken.finally(cancel).then(resolve, reject)
    })
  }
}
