/**
 * client/template: a piece of work that is asked for again and again, under ever new ids.
 *
 * Its one right result is computed beforehand, here and by nobody of the cluster.
 */
import type { Expected } from '#chaos/account/facts'

export interface Template {
  readonly kind: string
  readonly parameters: Readonly<Record<string, number>>
  readonly text: Uint8Array
  readonly expected: Expected
  /** Of its result; undefined where there is to be none. */
  readonly digest: string | undefined
}

/** Path and query of the POST for it. */
export function pathOf({ kind, parameters }: Template, id: string): string {
  const query = new URLSearchParams({ kind, id })
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value))
  return `/jobs?${query}`
}
