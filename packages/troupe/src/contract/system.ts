/**
 * contract/system: what other nodes may see of a node and do to it: the options of `system`.
 *
 * The application `system` runs on every node and answers whoever wants to look at
 * the node. Looking is open to all who know the cookie; changing anything is denied until it is
 * allowed. Defaults live here and nowhere else.
 *
 * @source ergo-features 2, 28 and weakness 26
 */
import type { Pid } from './identity.js'
import { type KnownOptions, requireKnown } from './known-options.js'
import { requireObject, requireOption } from './limits.js'
import { isNodePattern } from './node-pattern.js'

/** The name of the application, and of the process that answers. */
export const SYSTEM_PROCESS = 'system'

/** The event, owned by every node, that tells what others did to it (`Act`). */
export const AUDIT_EVENT = 'audit'

/** What another node did here, or tried to. */
export interface Act {
  /** The node that asked, as its connection proved it, and its process; undefined: none. */
  readonly node: string
  readonly pid: Pid | undefined
  readonly operation: string
  /** What it was about, printed. */
  readonly subject: string
  /** `done`, or the code of the error. */
  readonly outcome: string
  /** For whom the node that asked says it asked; undefined: it named nobody. */
  readonly by?: string | undefined
}

/** What a node shows and what it lets others do. */
export interface SystemOptions {
  /**
   * Who may look: `all` who know the cookie, `none`, or nodes as `name@host`, `*@host`, `name@*`.
   * Default `all`.
   */
  readonly inspect?: 'all' | 'none' | readonly string[]
  /** Who may change something here, as nodes; default none. Every order is audited. */
  readonly manage?: readonly string[]
  /** Show values of environments, not only their keys; default false. They may hold secrets. */
  readonly envValues?: boolean
  /** Show the payloads of waiting messages, not only their names; default false. */
  readonly payloads?: boolean
  /** Most questions of one node in a second; a scan counts five. Default 100. */
  readonly perSecondMax?: number
  /** Most questions of all nodes in a second; default 400. */
  readonly totalPerSecondMax?: number
  /** Records of the log that are kept to be shown; default 1,000. */
  readonly logRecordsMax?: number
}

/** What the options of `system` leave open. */
export const SYSTEM_DEFAULTS: Required<SystemOptions> = Object.freeze({
  inspect: 'all',
  manage: Object.freeze([]),
  envValues: false,
  payloads: false,
  perSecondMax: 100,
  totalPerSecondMax: 400,
  logRecordsMax: 1_000,
})

const LOG_RECORDS_MAX = 100_000

const SYSTEM_KNOWN: KnownOptions<SystemOptions> = Object.freeze({
  inspect: true,
  manage: true,
  envValues: true,
  payloads: true,
  perSecondMax: true,
  totalPerSecondMax: true,
  logRecordsMax: true,
})

/** Throws OPTION_INVALID, naming the option; answers what holds. */
export function systemOptions(given: SystemOptions = {}): Required<SystemOptions> {
  requireObject('system', given)
  requireKnown('system', given, SYSTEM_KNOWN)
  const options = { ...SYSTEM_DEFAULTS, ...given }
  const { inspect, manage, logRecordsMax } = options
  const isWord = inspect === 'all' || inspect === 'none'
  const told = 'all, none, or a list of nodes as name@host, *@host or name@*'
  requireOption(isWord || isPatterns(inspect), 'system.inspect', inspect, told)
  requireOption(isPatterns(manage), 'system.manage', manage, 'a list of nodes as name@host')
  for (const name of ['envValues', 'payloads'] as const) {
    const isFlag = typeof options[name] === 'boolean'
    requireOption(isFlag, `system.${name}`, options[name], 'give true or false')
  }
  for (const name of ['perSecondMax', 'totalPerSecondMax'] as const) {
    const isRate = typeof options[name] === 'number' && options[name] >= 1
    requireOption(isRate, `system.${name}`, options[name], 'give a number of 1 or more')
  }
  const isLength = Number.isSafeInteger(logRecordsMax) && logRecordsMax >= 0
  const holds = isLength && logRecordsMax <= LOG_RECORDS_MAX
  const remedy = `give a whole number from 0 to ${LOG_RECORDS_MAX}`
  requireOption(holds, 'system.logRecordsMax', logRecordsMax, remedy)
  return Object.freeze(options)
}

const isPatterns = (value: unknown): boolean => Array.isArray(value) && value.every(isNodePattern)
