/**
 * contract/schema: the part of Standard Schema that Troupe uses.
 *
 * Any library that implements Standard Schema version 1 fits (zod, valibot, arktype, …). Only
 * synchronous validation is accepted.
 *
 * @source standardschema.dev, specification version 1
 */
export interface StandardSchema<I = unknown, O = I> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (
      value: unknown,
    ) => StandardSchema.Result<O> | Promise<StandardSchema.Result<O>>
    readonly types?: { readonly input: I; readonly output: O } | undefined
  }
}

export declare namespace StandardSchema {
  type Result<O> =
    | { readonly value: O; readonly issues?: undefined }
    | { readonly issues: readonly { readonly message: string }[] }
  type Output<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output']
}
