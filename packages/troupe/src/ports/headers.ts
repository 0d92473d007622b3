/**
 * ports/headers: the headers of a message of HTTP as a value.
 */
import type { IncomingMessage } from 'node:http'

/** By lower-case name; several of one name are joined with a comma. Has no prototype. */
export function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const known: Record<string, string> = Object.create(null)
  for (const name in headers) {
    const value = headers[name]
    if (typeof value === 'string') known[name] = value
    else if (value !== undefined) known[name] = value.join(', ')
  }
  return known
}
