/**
 * commands/address: a process as it is typed: by its number, its pid, or its name.
 */
import { safeText } from '#terminal/safe-text'

/** What was meant. */
export type TypedProcess =
  | { readonly kind: 'number'; readonly node: string | undefined; readonly id: number }
  | { readonly kind: 'name'; readonly name: string }

/**
 * `12`, `<shop@localhost.12>` or `shop@localhost.12` is a pid; `stock` is a name, and so is
 * whatever follows `name:`.
 */
export function typedProcess(text: string): TypedProcess {
  if (text.startsWith('name:')) return { kind: 'name', name: text.slice('name:'.length) }
  if (/^\d{1,15}$/.test(text)) return { kind: 'number', node: undefined, id: Number(text) }
  const [, node, id] = /^<?([^<>@]+@[^<>@]+)\.(\d{1,15})>?$/.exec(text) ?? []
  if (node !== undefined && id !== undefined) return { kind: 'number', node, id: Number(id) }
  return { kind: 'name', name: text }
}

/** As it is printed in a sentence. */
export const typedText = (typed: TypedProcess): string =>
  typed.kind === 'name' ? safeText(typed.name, 200) : `process ${typed.id}`
