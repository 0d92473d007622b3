/**
 * runtime/spawn-options: the check of what one spawn says beside the options of its definition.
 *
 * Names are checked where they are taken. Limit: `args` is checked to be a list, no more.
 */
import {
  checkProcessOptions,
  Pid,
  requireOption,
  requireSampler,
  type SpawnOptions,
} from '#contract'
import { requireEnv } from './lineage.js'
import { requireLevel } from './log/level.js'

/** Throws OPTION_INVALID naming the first option that cannot be. */
export function checkSpawnOptions(
  options: SpawnOptions & { readonly args?: readonly unknown[] },
): void {
  checkProcessOptions(options)
  const { args, env, leader, link, logLevel, monitor, restarts, sampler } = options
  requireOption(args === undefined || Array.isArray(args), 'args', args, 'give a list')
  requireEnv(env)
  if (sampler !== undefined) requireSampler('sampler', sampler)
  if (logLevel !== undefined) requireLevel('logLevel', logLevel)
  requireOption(leader === undefined || Pid.is(leader), 'leader', leader, 'give a pid')
  for (const [option, value] of [['link', link] as const, ['monitor', monitor] as const]) {
    const isFlag = value === undefined || typeof value === 'boolean'
    requireOption(isFlag, option, value, 'give true or false')
  }
  const isCount = restarts === undefined || (Number.isSafeInteger(restarts) && restarts >= 0)
  requireOption(isCount, 'restarts', restarts, 'give a whole number, 0 or more')
}
