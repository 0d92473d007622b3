/**
 * contract/application-check: the check of an application's specification.
 *
 * Made where it is described and where it is loaded: it may come from anywhere. A wrong one is
 * refused with OPTION_INVALID that names the option.
 */
import {
  APPLICATION_DEFAULTS,
  type ApplicationChangeOptions,
  type ApplicationMember,
  type ApplicationSpec,
  type ApplicationStartOptions,
} from './application.js'
import { behaviourOf } from './behaviour.js'
import { TroupeError } from './errors.js'
import { checkProcessOptions, requireDuration, requireOption } from './limits.js'
import { LOG_LEVELS } from './logger.js'

/** Names that Troupe keeps for itself. */
const RESERVED: readonly string[] = ['system']
/** True for the name of an application of Troupe itself: every node has it, nobody is told. */
export const isOwnApplication = (name: string): boolean => RESERVED.includes(name)
/** True for the name of a process of Troupe itself, or what would pass for one. */
export const isOwnName = (name: string): boolean =>
  RESERVED.some((own) => name === own || name.startsWith(`${own}.`))
const MODES: readonly unknown[] = ['temporary', 'transient', 'permanent']
const CALLBACKS = ['init', 'start', 'stop', 'terminate'] as const
const NAME_LENGTH_MAX = 255

/** A specification with its defaults in place of what it leaves open. */
export type CompleteSpec = Required<
  Pick<
    ApplicationSpec,
    | 'mode'
    | 'weight'
    | 'initTimeoutMs'
    | 'startTimeoutMs'
    | 'stopTimeoutMs'
    | 'description'
    | 'version'
    | 'dependsOn'
    | 'tags'
    | 'roles'
  >
>

/**
 * Throws OPTION_INVALID or NAME_INVALID; answers what holds for this specification. `whose`: one of
 * Troupe's own may have a name that is kept for it.
 */
export function completeSpec(
  spec: ApplicationSpec,
  whose: 'own' | 'program' = 'program',
): CompleteSpec {
  requireOption(isObject(spec), 'application', spec, 'give a specification')
  checkName(spec.name)
  if (whose === 'program') checkFree(spec.name)
  checkTexts(spec)
  checkMembers(spec.members)
  checkMode('mode', spec.mode)
  checkLogLevel(spec.logLevel)
  checkEnv(spec.env)
  checkWeight(spec.weight)
  requireDuration('initTimeoutMs', spec.initTimeoutMs)
  requireDuration('startTimeoutMs', spec.startTimeoutMs)
  requireDuration('stopTimeoutMs', spec.stopTimeoutMs)
  for (const callback of CALLBACKS) {
    const given: unknown = spec[callback]
    const holds = given === undefined || typeof given === 'function'
    requireOption(holds, callback, given, 'give a function')
  }
  return Object.freeze({
    mode: spec.mode ?? APPLICATION_DEFAULTS.mode,
    weight: spec.weight ?? APPLICATION_DEFAULTS.weight,
    initTimeoutMs: spec.initTimeoutMs ?? APPLICATION_DEFAULTS.initTimeoutMs,
    startTimeoutMs: spec.startTimeoutMs ?? APPLICATION_DEFAULTS.startTimeoutMs,
    stopTimeoutMs: spec.stopTimeoutMs ?? APPLICATION_DEFAULTS.stopTimeoutMs,
    description: spec.description ?? '',
    version: spec.version ?? '',
    dependsOn: Object.freeze([...(spec.dependsOn ?? [])]),
    tags: Object.freeze([...(spec.tags ?? [])]),
    roles: Object.freeze({ ...spec.roles }),
  })
}

/** Throws OPTION_INVALID for what `startApplication` cannot take. */
export function checkStartOptions(options: ApplicationStartOptions): void {
  checkMode('mode', options.mode)
  checkLogLevel(options.logLevel)
  checkEnv(options.env)
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText)

function checkName(name: string): void {
  const good = isText(name) && name.length <= NAME_LENGTH_MAX
  requireOption(good, 'name', name, `give a name of 1 to ${NAME_LENGTH_MAX} characters`)
}

function checkFree(name: string): void {
  if (!isOwnApplication(name)) return
  throw new TroupeError('NAME_INVALID', {
    name,
    problem: 'Troupe keeps it for its own application',
  })
}

/** OPTION_INVALID for what a loaded application cannot be changed to. */
export function checkChange(options: ApplicationChangeOptions): void {
  requireOption(isObject(options), 'options', options, 'give an object')
  checkWeight(options.weight)
  checkTags(options.tags)
}

function checkTexts(spec: ApplicationSpec): void {
  const { dependsOn, tags, roles, name } = spec
  const goodNeeds = dependsOn === undefined || isTexts(dependsOn)
  requireOption(goodNeeds, 'dependsOn', dependsOn, 'give a list of names')
  const itself = dependsOn?.includes(name) === true
  requireOption(!itself, 'dependsOn', name, 'an application cannot depend on itself')
  checkTags(tags)
  const goodRoles = roles === undefined || (isObject(roles) && Object.values(roles).every(isText))
  requireOption(goodRoles, 'roles', roles, 'give an object of role and registered name')
}

function checkTags(tags: unknown): void {
  requireOption(tags === undefined || isTexts(tags), 'tags', tags, 'give a list of words')
}

function checkMembers(members: readonly ApplicationMember[]): void {
  requireOption(Array.isArray(members), 'members', members, 'give a list, [] for none')
  const names = new Set<string>()
  for (const [place, member] of members.entries()) {
    const option = `members[${place}]`
    requireOption(isObject(member), option, member, 'give { start }')
    const spawnable = isObject(member.start?.[behaviourOf])
    requireOption(spawnable, `${option}.start`, member.start, 'give what actor() makes')
    const { args, name, options } = member
    requireOption(args === undefined || Array.isArray(args), `${option}.args`, args, 'give a list')
    if (options !== undefined) checkProcessOptions(options)
    if (name === undefined) continue
    requireOption(isText(name), `${option}.name`, name, 'give a name or leave it out')
    requireOption(!names.has(name), `${option}.name`, name, 'two members cannot have one name')
    names.add(name)
  }
}

function checkMode(option: string, mode: unknown): void {
  const holds = mode === undefined || MODES.includes(mode)
  requireOption(holds, option, mode, `one of ${MODES.join(', ')}`)
}

function checkLogLevel(level: unknown): void {
  const levels: readonly unknown[] = [...LOG_LEVELS, 'silent']
  const holds = level === undefined || levels.includes(level)
  requireOption(holds, 'logLevel', level, `one of ${levels.join(', ')}`)
}

function checkEnv(env: unknown): void {
  requireOption(env === undefined || isObject(env), 'env', env, 'give an object')
}

function checkWeight(weight: unknown): void {
  const holds = weight === undefined || (Number.isSafeInteger(weight) && Number(weight) >= 0)
  requireOption(holds, 'weight', weight, 'give a whole number, 0 or more')
}
