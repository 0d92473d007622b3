/**
 * runtime/entrance: the check of what enters the node from outside, against its schema.
 *
 * Outside are ports and, later, other nodes. Between local actors nothing is checked: the types
 * have done that already.
 *
 * @source design section 3; standardschema.dev
 */
import { type Address, describeThrown, type StandardSchema } from '#contract'
import type { Kernel } from './kernel.js'
import { OUTSIDE, type Process } from './process.js'

/** What a payload becomes at the entrance. */
export type Entered =
  /** As the schema gives it back: defaults filled in, values converted. */
  | { readonly kind: 'accepted'; readonly payload: unknown }
  | { readonly kind: 'refused'; readonly problem: string }

/** True for a sender through which the outside world speaks: a port. */
export const isOutside = (process: Process): boolean => (process.flags & OUTSIDE) !== 0

/** Checks a payload for a local receiver; what nobody declared a schema for is accepted. */
export function enter(kernel: Kernel, to: Address, message: string, payload: unknown): Entered {
  const { messages } = kernel.post.find(to)?.program.behaviour.protocol ?? {}
  const type = messages !== undefined && Object.hasOwn(messages, message) && messages[message]
  if (!type || type.schema === undefined) return { kind: 'accepted', payload }
  return validate(type.schema, payload)
}

function validate(schema: StandardSchema, payload: unknown): Entered {
  try {
    const result = schema['~standard'].validate(payload)
    if (result instanceof Promise) {
      result.catch(() => {})
      return { kind: 'refused', problem: 'its schema is asynchronous' }
    }
    if (result.issues === undefined) return { kind: 'accepted', payload: result.value }
    const problems = result.issues.map((issue) => issue.message)
    return { kind: 'refused', problem: problems.slice(0, ISSUES_MAX).join('; ') }
  } catch (thrown) {
    return { kind: 'refused', problem: describeThrown(thrown) }
  }
}

/** Issues told of one payload; hostile input could make very many. */
const ISSUES_MAX = 5
