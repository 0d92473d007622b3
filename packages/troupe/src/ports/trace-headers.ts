/**
 * ports/trace-headers: the trace in which a client is spawned, told to the server it connects to.
 *
 * Only where its options say so: an id that goes to strangers ties what they see together.
 */
import { type ProcessContext, requireOption } from '#contract'

/** What of the options of a client is looked at. */
export interface TracedHeaders {
  readonly headers?: Readonly<Record<string, string>>
  readonly traceparent?: boolean
}

/** The options with further headers; in the `init`, before its first `await`. */
export function withTraceHeaders<O extends TracedHeaders>(options: O, context: ProcessContext): O {
  if (options.traceparent !== true) return options
  const told = Object.entries(context.tracing.headers).filter(([, value]) => value !== undefined)
  return { ...options, headers: { ...Object.fromEntries(told), ...options.headers } }
}

/** OPTION_INVALID unless it is left out, true or false. */
export function requireTraceFlag({ traceparent }: TracedHeaders): void {
  const isFlag = traceparent === undefined || typeof traceparent === 'boolean'
  requireOption(isFlag, 'traceparent', traceparent, 'give true or false')
}
