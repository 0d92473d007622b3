/**
 * actor/application: a checked description of an application.
 *
 * Only the check; the node loads, starts and stops it.
 *
 * @source ergo-features 14; OTP "application"
 */
import {
  type ApplicationSpec,
  behaviourOf,
  LOG_LEVELS,
  requireDuration,
  requireObject,
  requireOption,
} from '#contract'

const MODES: readonly unknown[] = ['temporary', 'transient', 'permanent', undefined]
const LEVELS: readonly unknown[] = [...LOG_LEVELS, 'silent', undefined]

/**
 * Describes an application: named processes that a node starts in order and stops in reverse.
 *
 * Gives the specification back, checked and frozen. Times are milliseconds. Throws
 * OPTION_INVALID naming the option: an empty name, a weight that is no whole number of 0 or more,
 * an unknown mode, two members of one name, a member that cannot be spawned.
 *
 * @example
 * const shop = application({
 *   name: 'shop',
 *   mode: 'permanent',
 *   members: [{ name: 'shop-supervisor', start: shopSupervisor }],
 * })
 * await node.loadApplication(shop)
 * @source OTP "application"
 */
export function application(spec: ApplicationSpec): ApplicationSpec {
  requireObject('application', spec)
  const { name, weight, mode, members, logLevel } = spec
  requireOption(typeof name === 'string' && name !== '', 'name', name, 'give a name')
  const isWeight = weight === undefined || (Number.isSafeInteger(weight) && weight >= 0)
  requireOption(isWeight, 'weight', weight, 'give a whole number, 0 or more')
  requireOption(MODES.includes(mode), 'mode', mode, 'temporary, transient or permanent')
  requireOption(LEVELS.includes(logLevel), 'logLevel', logLevel, 'give a level or silent')
  requireDuration('initTimeoutMs', spec.initTimeoutMs)
  requireDuration('startTimeoutMs', spec.startTimeoutMs)
  requireDuration('stopTimeoutMs', spec.stopTimeoutMs)
  requireNames('dependsOn', spec.dependsOn)
  requireNames('tags', spec.tags)
  requireOption(Array.isArray(members), 'members', members, 'give a list')
  checkMembers(members)
  return Object.freeze({ ...spec, members: Object.freeze([...members]) })
}

function checkMembers(members: ApplicationSpec['members']): void {
  const taken = new Set<string>()
  for (const [at, member] of members.entries()) {
    const option = `members[${at}]`
    requireObject(option, member)
    const { name, start } = member
    const canStart = start?.[behaviourOf] !== undefined
    requireOption(canStart, `${option}.start`, start, 'give an actor, a supervisor or the like')
    if (name === undefined) continue
    requireOption(name !== '', `${option}.name`, name, 'give a name, or none at all')
    requireOption(!taken.has(name), `${option}.name`, name, 'another member has this name')
    taken.add(name)
  }
}

function requireNames(option: string, names: readonly string[] | undefined): void {
  if (names === undefined) return
  const hold =
    Array.isArray(names) && names.every((name) => typeof name === 'string' && name !== '')
  requireOption(hold, option, names, 'give a list of names')
}
