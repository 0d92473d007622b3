/**
 * ports/sse/header: whether HTTP can send a header, asked before it is sent.
 */
import { validateHeaderName, validateHeaderValue } from 'node:http'
import { requireObject, requireOption } from '#contract'

/** True for a name and a value that HTTP can send. */
export function isHeader(name: string, value: unknown): boolean {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value as string)
    return typeof value === 'string'
  } catch {
    // Node says it by throwing.
    return false
  }
}

/** Throws OPTION_INVALID naming the first header that cannot be sent. */
export function requireHeaders(headers: Readonly<Record<string, string>> = {}): void {
  requireObject('headers', headers)
  for (const [name, value] of Object.entries(headers)) {
    requireOption(isHeader(name, value), `headers.${name}`, value, 'give what HTTP can send')
  }
}
