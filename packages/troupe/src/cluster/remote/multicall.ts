/**
 * cluster/remote/multicall: one question to the process of one name on many nodes at once.
 *
 * Each node has an outcome of its own: an answer, an error or a time-out; that of one changes
 * nothing for another. So many are asked at a time, and each has its whole time from then on. A
 * node that is named twice is asked once.
 * Limit: `NODES_MAX` nodes in one question.
 *
 * @source OTP erpc:multicall/5
 */
import type { Clock } from '#base/clock'
import {
  describeThrown,
  isNodeName,
  type MulticallAnswer,
  type MulticallOptions,
  type MulticallResult,
  type Node,
  PROCESS_DEFAULTS,
  printed,
  processName,
  readObject,
  requireDuration,
  requireKnown,
  requireOption,
  TroupeError,
} from '#contract'

const NODES_MAX = 100_000
const NAME_BYTES_MAX = 255

/** What the options leave open. */
const DEFAULTS = Object.freeze({ timeoutMs: PROCESS_DEFAULTS.callTimeoutMs, concurrency: 256 })
const KNOWN = Object.freeze({ timeoutMs: true, concurrency: true } as const)

/** What is asked, of whom. */
export interface Multicall {
  readonly nodes: readonly string[]
  /** A registered name. */
  readonly to: string
  readonly request: string
  readonly payload: unknown
  readonly options: MulticallOptions | undefined
}

/** Rejects with OPTION_INVALID, NAME_INVALID; never for what a node answers. */
export async function multicall<R>(
  node: Node,
  clock: Pick<Clock, 'nowMs'>,
  asked: Multicall,
): Promise<MulticallResult<R>> {
  const { timeoutMs, concurrency } = checked(asked)
  const nodes = [...new Set(asked.nodes)]
  const answers = new Array<MulticallAnswer<R>>(nodes.length)
  let next = 0
  const askOn = async (): Promise<void> => {
    for (let place = next; place < nodes.length; place = next) {
      next += 1
      const name = nodes[place] as string
      answers[place] = await ask<R>(node, clock, asked, name, timeoutMs)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, nodes.length) }, askOn))
  return resultOf(answers)
}

/** The outcome of one node. */
async function ask<R>(
  node: Node,
  clock: Pick<Clock, 'nowMs'>,
  { to, request, payload }: Multicall,
  name: string,
  timeoutMs: number,
): Promise<MulticallAnswer<R>> {
  const sinceMs = clock.nowMs()
  try {
    const address = processName(to, undefined, name)
    const value = (await node.call(address, request, payload, { timeoutMs })) as R
    return { kind: 'answer', node: name, value, tookMs: clock.nowMs() - sinceMs }
  } catch (thrown) {
    const error = TroupeError.is(thrown) ? thrown : failed(`${to}@(${name})`, request, thrown)
    const kind = error.code === 'CALL_TIMEOUT' ? 'timeout' : 'error'
    return { kind, node: name, error, tookMs: clock.nowMs() - sinceMs }
  }
}

const failed = (to: string, request: string, thrown: unknown): TroupeError =>
  new TroupeError('HANDLER_FAILED', { to, request, problem: describeThrown(thrown) }, thrown)

/** All outcomes, and what of them is there and what is not. */
function resultOf<R>(answers: readonly MulticallAnswer<R>[]): MulticallResult<R> {
  const given = answers.filter((answer) => answer.kind === 'answer')
  const missing = answers.filter(({ kind }) => kind !== 'answer').map(({ node }) => node)
  return Object.freeze({
    complete: missing.length === 0,
    answers: Object.freeze(answers),
    values: Object.freeze(given.map(({ value }) => value)),
    missing: Object.freeze(missing),
  })
}

function checked({ nodes, to, request, options }: Multicall): Required<MulticallOptions> {
  const isList = Array.isArray(nodes) && nodes.length <= NODES_MAX
  requireOption(isList, 'nodes', nodes, `give a list of up to ${NODES_MAX} nodes`)
  for (const name of nodes) {
    const isName = typeof name === 'string' && isNodeName(name)
    requireOption(isName, 'nodes', name, 'give the names of nodes, as name@host')
  }
  if (typeof to !== 'string' || to === '' || Buffer.byteLength(to) > NAME_BYTES_MAX) {
    const problem = `give a registered name of 1 to ${NAME_BYTES_MAX} bytes`
    throw new TroupeError('NAME_INVALID', { name: printed(to), problem })
  }
  const isNamed = typeof request === 'string' && request !== ''
  requireOption(isNamed, 'request', request, 'give the name of a request')
  const given = readObject('options', options ?? {})
  requireKnown('', given, KNOWN)
  const { timeoutMs = DEFAULTS.timeoutMs, concurrency = DEFAULTS.concurrency } = given
  requireDuration('timeoutMs', timeoutMs)
  const isCount = Number.isSafeInteger(concurrency) && concurrency > 0
  requireOption(isCount, 'concurrency', concurrency, 'give a whole number above 0')
  return { timeoutMs, concurrency }
}
