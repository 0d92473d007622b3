/**
 * nodes/chaos-parts: the actor that kills random parts of its own program, when it is asked for.
 */

import { chaosActor } from '#traffic/chaos/chaos'
import type { PartSpec } from '#traffic/system/tree'
import type { Setting } from './role-node.js'

export function chaosParts({ flags, roster }: Setting): readonly PartSpec[] {
  const periodMs = flags.chaosSeconds * 1_000
  return periodMs === 0 ? [] : [{ name: 'chaos', start: chaosActor, args: [roster, periodMs] }]
}
