/**
 * client/http: one question to one coordinator, with its answer or what came in place of it.
 */

/** What was asked for. */
export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly body?: Uint8Array | string
  readonly timeoutMs: number
}

/** `status` 0: no answer, or not all of it; then `problem` says why. */
export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly problem: string
}

/** Asks. Never rejects. */
export async function ask({ method, url, body, timeoutMs }: Question): Promise<Answer> {
  const isText = typeof body === 'string'
  try {
    const response = await fetch(url, {
      method,
      ...(body === undefined ? {} : { body }),
      headers: { 'content-type': isText ? 'application/json' : 'application/octet-stream' },
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await response.text()
    return { status: response.status, body: bodyOf(text), problem: '' }
  } catch (error) {
    return { status: 0, body: undefined, problem: problemOf(error) }
  }
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  return `${error.name}: ${error.message}${code}`
}

/** The code in an answer that is an error. */
export function codeOf({ body }: Answer): string {
  const { error } = fieldsOf(body)
  return String(fieldsOf(error)['code'] ?? '')
}

/** The fields of an object, or none. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
