/**
 * contract/config-item: one item of the configuration as a program asks for it: typed.
 *
 * What is asked for is a default, whose type is the type of the item, or a schema. Pure: whether
 * a value fits; what follows when it does not is known to the cluster.
 *
 * @source ergo-features 21
 */
import { describeThrown } from './errors.js'
import type { ConfigValue } from './registrar.js'
import type { StandardSchema } from './schema.js'
import { printable } from './visible.js'

/** What tells the type of an item: a default, or any Standard Schema (which may have one). */
export type ConfigGiven = ConfigValue | StandardSchema

/** The type of an item: that of the default, or what the schema gives. */
export type ConfigTyped<G extends ConfigGiven> = G extends StandardSchema
  ? StandardSchema.Output<G>
  : G extends string
    ? string
    : G extends number
      ? number
      : G extends bigint
        ? bigint
        : boolean

/** What came of asking for an item. `missing`: there is none, and nothing stands for it. */
export type ConfigReply =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly problem: string }

/** Issues of a schema that are told. */
const ISSUES_MAX = 5

export const isSchema = (given: unknown): given is StandardSchema =>
  // Schemas of some libraries are functions.
  (typeof given === 'object' || typeof given === 'function') &&
  given !== null &&
  '~standard' in given

/** What the configuration says of an item, or what stands for it, in the type asked for. */
export function configReply(
  value: ConfigValue | undefined,
  given: ConfigGiven | undefined,
): ConfigReply {
  if (isSchema(given)) return schemaReply(value, given)
  const standing = value ?? given
  if (standing === undefined) return { kind: 'missing' }
  if (given === undefined || typeof standing === typeof given)
    return { kind: 'value', value: standing }
  const problem = `it is a ${typeof standing} where a ${typeof given} is asked for`
  return { kind: 'invalid', problem }
}

function schemaReply(value: ConfigValue | undefined, schema: StandardSchema): ConfigReply {
  try {
    const result = schema['~standard'].validate(value)
    if (result instanceof Promise) {
      result.catch(() => {})
      return { kind: 'invalid', problem: 'its schema is asynchronous' }
    }
    if (result.issues === undefined) return { kind: 'value', value: result.value }
    if (value === undefined) return { kind: 'missing' }
    const problems = result.issues.slice(0, ISSUES_MAX).map((issue) => issue.message)
    return { kind: 'invalid', problem: printable(problems.join('; ')) }
  } catch (thrown) {
    return { kind: 'invalid', problem: printable(describeThrown(thrown)) }
  }
}
