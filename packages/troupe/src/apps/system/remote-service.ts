/**
 * apps/system/remote-service: what other nodes may have done here, carried out and written down.
 *
 * @source ergo-features 23
 */
import type { ServingParts, SpawnAsked, SpawnSettled, StartAsked, StopAsked } from '#cluster'
import {
  type Act,
  type ApplicationStartOptions,
  describeThrown,
  formatTarget,
  isOwnApplication,
  isOwnName,
  type NodeInspection,
  NoReply,
  type Pid,
  type ProcessContext,
  type Replier,
  type StandardSchema,
  TroupeError,
} from '#contract'
import type { Access } from './access.js'
import { RemoteLooks } from './remote-looks.js'

/** What the service works with beside what it serves. */
export interface ServiceWays {
  /** Writes down what other nodes do, or try to. */
  readonly audit: { record(act: Act): void }
  /** Who may look, and how often; it outlives the process. */
  readonly access: Access
  readonly inspection: NodeInspection
}

export class RemoteService {
  readonly #parts: ServingParts
  readonly #ways: ServiceWays
  /** What is shown to those who may look. */
  readonly looks: RemoteLooks

  constructor(parts: ServingParts, ways: ServiceWays) {
    this.#parts = parts
    this.#ways = ways
    this.looks = new RemoteLooks(ways.inspection, ways.access)
  }

  spawn(asked: SpawnAsked, context: ProcessContext): NoReply {
    const node = context.fromNode
    const act = { node, pid: asked.parent, operation: 'spawn', subject: asked.factory }
    const replier = context.replyLater<Pid>()
    return this.#answer(act, replier, async () => {
      const pid = await this.#spawn(asked, node)
      // Whoever asked waits no longer: nobody would ever know of it.
      if (!replier.alive) this.#parts.home.settleSpawn(node, pid, false)
      return pid
    })
  }

  /** Only who has asked for a process can take it over, or give it up. */
  settle({ pid, keep }: SpawnSettled, { fromNode }: ProcessContext): void {
    this.#parts.home.settleSpawn(fromNode, pid, keep)
  }

  async #spawn(asked: SpawnAsked, node: string): Promise<Pid> {
    const { gate, home } = this.#parts
    const verdict = gate.maySpawn({ name: asked.factory, node, home: home.node.name })
    if (verdict.kind === 'refused') throw verdict.error
    if (node !== home.node.name) requireTheirs(asked)
    const { parent, link, monitor, name, trapExit, application, logLevel } = asked
    if (parent !== undefined && parent.node !== node) {
      const problem = `${formatTarget(parent)} is no process of ${node}`
      throw new TroupeError('NOT_ALLOWED', { operation: `spawn of ${asked.factory}`, problem })
    }
    return home.spawnFor({
      ...{ definition: verdict.definition, node, parent, name, trapExit, application, logLevel },
      ...{ link: link === true, monitor: monitor === true },
      args: argsOf(asked, verdict.args),
      env: verdict.env ? asked.env : undefined,
    })
  }

  start({ name, options }: StartAsked, context: ProcessContext): NoReply {
    const node = context.fromNode
    const act = { node, pid: context.from, operation: 'application-start', subject: name }
    return this.#answer(act, context.replyLater<void>(), async () => {
      const { gate, home } = this.#parts
      const verdict = gate.mayStart('start', { name, node, home: home.node.name })
      if (verdict.kind === 'refused') throw verdict.error
      await home.node.startApplication(name, startOptions(name, options, verdict.env))
    })
  }

  stop({ name, timeoutMs }: StopAsked, context: ProcessContext): NoReply {
    const node = context.fromNode
    const act = { node, pid: context.from, operation: 'application-stop', subject: name }
    return this.#answer(act, context.replyLater<void>(), async () => {
      const { gate, home } = this.#parts
      const verdict = gate.mayStart('stop', { name, node, home: home.node.name })
      if (verdict.kind === 'refused') throw verdict.error
      await home.node.stopApplication(name, { timeoutMs })
    })
  }

  inspect(): Readonly<Record<string, unknown>> {
    const { gate } = this.#parts
    const allowed = gate.allowed()
    return {
      allowed: allowed.length,
      used: allowed.reduce((sum, { used }) => sum + used, 0),
      refused: allowed.reduce((sum, { refused }) => sum + refused, gate.unknown),
    }
  }

  /** Carries one thing out, beside the turn, and tells whoever asked, and the audit. */
  #answer<R>(act: Omit<Act, 'outcome'>, replier: Replier<R>, run: () => Promise<R>): NoReply {
    run().then(
      (value) => {
        this.#ways.audit.record({ ...act, outcome: 'done' })
        replier.reply(value)
      },
      (thrown: unknown) => {
        const error = TroupeError.is(thrown) ? thrown : failed(act.operation, thrown)
        this.#ways.audit.record({ ...act, outcome: error.code })
        replier.reject(error)
      },
    )
    return NoReply
  }
}

const failed = (operation: string, thrown: unknown): TroupeError =>
  new TroupeError('HANDLER_FAILED', {
    ...{ to: 'system.remote', request: operation, problem: describeThrown(thrown) },
  })

/** NOT_ALLOWED for a process that would pass for one of Troupe. */
function requireTheirs({ factory, name = '', application = '' }: SpawnAsked): void {
  if (!isOwnName(name) && !isOwnApplication(application)) return
  const problem = "its name or application is Troupe's own; choose another"
  throw new TroupeError('NOT_ALLOWED', { operation: `spawn of ${factory}`, problem })
}

/** The arguments as `init` gets them. Throws MESSAGE_INVALID. */
function argsOf({ factory, args }: SpawnAsked, schema: StandardSchema | undefined) {
  if (schema === undefined) return args
  const problem = (told: string): TroupeError =>
    new TroupeError('MESSAGE_INVALID', { message: `the arguments of ${factory}`, problem: told })
  const result = schema['~standard'].validate(args)
  if (result instanceof Promise) throw problem('their schema is asynchronous')
  if (result.issues !== undefined) throw problem(result.issues.map(({ message }) => message).join())
  if (!Array.isArray(result.value)) throw problem('their schema makes no list of them')
  return result.value as readonly unknown[]
}

/** Only what can be said of a start; an environment only where that was allowed. */
function startOptions(
  name: string,
  { mode, logLevel, env }: ApplicationStartOptions,
  mayEnv: boolean,
): ApplicationStartOptions {
  if (env !== undefined && !mayEnv) {
    const problem = 'its environment is not taken; allow that with { env: true } there'
    throw new TroupeError('NOT_ALLOWED', { operation: `start of the application ${name}`, problem })
  }
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(logLevel === undefined ? {} : { logLevel }),
    ...(env === undefined ? {} : { env }),
  }
}
