/**
 * cluster/remote/remote-gate: what this node lets others do: nothing until it is allowed here.
 *
 * A table and its counters. It decides and does nothing; each question is asked anew, so that what
 * was taken back holds at once. The own node may all it has allowed anybody.
 * Limit: `NAMES_MAX` names of each kind.
 *
 * @source ergo-features 23
 */
import {
  type AllowanceInfo,
  type AnySpawnable,
  behaviourOf,
  isOwnApplication,
  type RemoteAllowance,
  type RemoteGate,
  readObject,
  requireKnown,
  requireOption,
  type StandardSchema,
  TroupeError,
} from '#contract'
import { AllowedNodes, requireNodes } from './allowed-nodes.js'

const NAMES_MAX = 10_000
const NAME_LENGTH_MAX = 255

/** One name and who may use it. */
interface Entry {
  readonly nodes: AllowedNodes
  readonly definition: AnySpawnable | undefined
  args: StandardSchema | undefined
  env: boolean
  used: number
  refused: number
}

/** What the gate says to one question. */
export type SpawnVerdict =
  | {
      readonly kind: 'allowed'
      readonly definition: AnySpawnable
      readonly args: StandardSchema | undefined
      readonly env: boolean
    }
  | { readonly kind: 'refused'; readonly error: TroupeError }

export type ApplicationVerdict =
  | { readonly kind: 'allowed'; readonly env: boolean }
  | { readonly kind: 'refused'; readonly error: TroupeError }

/** Who asks, of whom. */
export interface Question {
  readonly name: string
  /** As its connection proved it. */
  readonly node: string
  /** This node. */
  readonly home: string
}

export class AllowanceTable implements RemoteGate {
  readonly #spawns = new Map<string, Entry>()
  readonly #applications = new Map<string, Entry>()
  /** Questions for names that are not in the table. */
  unknown = 0

  allowSpawn(name: string, definition: AnySpawnable, allowance?: RemoteAllowance): void {
    const isOne = typeof definition?.[behaviourOf] === 'object'
    requireOption(isOne, 'definition', typeof definition, 'give what actor() makes')
    const known = this.#spawns.get(name)
    if (known !== undefined && known.definition !== definition) {
      throw new TroupeError('NAME_TAKEN', { name, holder: 'another definition' })
    }
    allow(this.#spawns, { name, definition }, allowance)
  }

  denySpawn(name: string, nodes?: readonly string[]): void {
    if (!deny(this.#spawns, name, nodes)) throw spawnUnknown('this node', name)
  }

  allowApplication(name: string, allowance?: RemoteAllowance): void {
    const isFree = typeof name !== 'string' || !isOwnApplication(name)
    requireOption(isFree, 'name', name, 'nobody else may start or stop it')
    const isBare = allowance?.args === undefined
    requireOption(isBare, 'args', 'a schema', 'an application is started without arguments')
    allow(this.#applications, { name, definition: undefined }, allowance)
  }

  denyApplication(name: string, nodes?: readonly string[]): void {
    if (deny(this.#applications, name, nodes)) return
    throw new TroupeError('APPLICATION_UNKNOWN', { name })
  }

  allowed(): readonly AllowanceInfo[] {
    return Object.freeze([
      ...infosOf('spawn', this.#spawns),
      ...infosOf('application', this.#applications),
    ])
  }

  /** SPAWN_UNKNOWN, NOT_ALLOWED. */
  maySpawn(question: Question): SpawnVerdict {
    const { name, home } = question
    const entry = this.#spawns.get(name)
    if (entry?.definition === undefined) {
      this.unknown += 1
      return { kind: 'refused', error: spawnUnknown(home, name) }
    }
    if (!admits(entry, question)) return refusal(`spawn of ${name}`, 'allowSpawn', question)
    const { definition, args, env } = entry
    return { kind: 'allowed', definition, args, env }
  }

  /** NOT_ALLOWED, also for what is in no list: who may nothing learns nothing. */
  mayStart(operation: 'start' | 'stop', question: Question): ApplicationVerdict {
    const { name, node, home } = question
    const entry = this.#applications.get(name)
    const told = `${operation} of the application ${name}`
    if (entry === undefined && node === home) return { kind: 'allowed', env: true }
    if (entry === undefined) this.unknown += 1
    else if (admits(entry, question)) return { kind: 'allowed', env: entry.env }
    return refusal(told, 'allowApplication', question)
  }
}

/** Counts, and says whether this node may. */
function admits(entry: Entry, { node, home }: Question): boolean {
  const may = node === home || entry.nodes.has(node)
  if (may) entry.used += 1
  else entry.refused += 1
  return may
}

function refusal(
  operation: string,
  verb: string,
  { node, home }: Question,
): { readonly kind: 'refused'; readonly error: TroupeError } {
  const problem = `${home} does not let ${node} do that; call remote.${verb} there`
  return { kind: 'refused', error: new TroupeError('NOT_ALLOWED', { operation, problem }) }
}

const spawnUnknown = (node: string, factory: string): TroupeError =>
  new TroupeError('SPAWN_UNKNOWN', { node, factory })

const KNOWN = Object.freeze({ nodes: true, env: true, args: true } as const)

function allow(
  table: Map<string, Entry>,
  { name, definition }: { readonly name: string; readonly definition: AnySpawnable | undefined },
  allowance: RemoteAllowance = {},
): void {
  const isName = typeof name === 'string' && name !== '' && name.length <= NAME_LENGTH_MAX
  requireOption(isName, 'name', name, `give a name of 1 to ${NAME_LENGTH_MAX} characters`)
  const { nodes, env, args } = readObject('allowance', allowance)
  requireKnown('', allowance, KNOWN)
  const list = nodes === undefined ? undefined : requireNodes(nodes)
  const isFlag = env === undefined || typeof env === 'boolean'
  requireOption(isFlag, 'env', env, 'give true or false')
  const isSchema = args === undefined || typeof args?.['~standard']?.validate === 'function'
  requireOption(isSchema, 'args', typeof args, 'give a Standard Schema')
  const known = table.get(name)
  const hasRoom = known !== undefined || table.size < NAMES_MAX
  requireOption(hasRoom, 'name', name, `a node allows at most ${NAMES_MAX} names`)
  const entry = known ?? newEntry(definition)
  entry.nodes.allow(list)
  entry.env = env ?? entry.env
  entry.args = args ?? entry.args
  table.set(name, entry)
}

const newEntry = (definition: AnySpawnable | undefined): Entry => ({
  ...{ nodes: new AllowedNodes(), definition },
  ...{ args: undefined, env: false, used: 0, refused: 0 },
})

/** False when the name is not there. */
function deny(
  table: Map<string, Entry>,
  name: string,
  nodes: readonly string[] | undefined,
): boolean {
  const list = nodes === undefined ? undefined : requireNodes(nodes)
  const entry = table.get(name)
  if (entry === undefined) return false
  entry.nodes.deny(list)
  if (entry.nodes.empty) table.delete(name)
  return true
}

const infosOf = (kind: AllowanceInfo['kind'], table: Map<string, Entry>): AllowanceInfo[] =>
  [...table].map(([name, { nodes, env, used, refused }]) => {
    const { allowed, denied } = nodes
    return Object.freeze({ kind, name, nodes: allowed, except: denied, env, used, refused })
  })
