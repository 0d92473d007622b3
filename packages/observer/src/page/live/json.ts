/**
 * page/live/json: sheets as they come over HTTP: identities are texts, and what is undefined is
 * left out.
 */
import type { PidText } from '#observer/contract/api'

/** A sheet after its way through JSON. */
export type AsJson<T> = T extends { readonly kind: 'pid' }
  ? PidText
  : T extends readonly (infer Item)[]
    ? readonly AsJson<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: AsJson<T[Key]> }
      : T
