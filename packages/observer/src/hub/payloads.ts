/**
 * hub/payloads: answers and records without the contents of messages and the values of
 * environments, which are for those alone who may see them. Pure.
 */

/** An answer of a node. */
export function withoutPayloads(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return answer
  const { waiting, env: _env, ...rest } = answer as Readonly<Record<string, unknown>>
  if (waiting === undefined) return rest
  // Of a process these are messages, of figures it is their number.
  if (typeof waiting === 'number') return { ...rest, waiting }
  return { ...rest, waiting: Array.isArray(waiting) ? waiting.map(withoutPayload) : [] }
}

/** One message, or one publication. */
export function withoutPayload(record: unknown): unknown {
  if (typeof record !== 'object' || record === null || !('payload' in record)) return record
  const { payload: _payload, ...rest } = record
  return rest
}
