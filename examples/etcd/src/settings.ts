/**
 * etcd/settings: the items of the configuration, with their types and what holds without them.
 *
 * A default tells the type, a schema tells more: any Standard Schema will do, such as one of zod.
 */
import { LOG_LEVELS, type LogLevel, type Node, type StandardSchema } from 'troupe'
import type { Terms } from './protocol.js'

const WEIGHT_MAX = 1_000

function schema<T>(read: (value: unknown) => T | undefined, wanted: string): StandardSchema<T> {
  const validate = (value: unknown): StandardSchema.Result<T> => {
    const found = read(value)
    return found === undefined ? { issues: [{ message: `give ${wanted}` }] } : { value: found }
  }
  return { '~standard': { version: 1, vendor: 'etcd-example', validate } }
}

const level = schema<LogLevel>(
  (value = 'info') => LOG_LEVELS.find((one) => one === value),
  `one of ${LOG_LEVELS.join(', ')}`,
)

const weight = schema<number>((value = 100) => {
  const isOne = Number.isInteger(value) && Number(value) >= 0 && Number(value) <= WEIGHT_MAX
  return isOne ? Number(value) : undefined
}, `a whole number from 0 to ${WEIGHT_MAX}`)

/** A whole number comes as a number as far as those are exact, and as a bigint beyond. */
const number = schema<bigint>((value = 1) => {
  if (typeof value === 'bigint') return value
  return Number.isSafeInteger(value) ? BigInt(Number(value)) : undefined
}, 'a whole number')

/** The log of a node is as chatty as `log.level` says. */
export function followLevel(node: Node): void {
  node.cluster.followConfig('log.level', level, (now) => node.log.setLevel(now))
}

/** The application of a node wants as much of the work as `tickets.weight` says. */
export function followWeight(node: Node, application: string): void {
  node.cluster.followConfig('tickets.weight', weight, (now) => {
    node.changeApplication(application, { weight: now })
  })
}

/** Gives the terms that hold, one by one, now and whenever they change. */
export function followTerms(node: Node, take: (change: Partial<Terms>) => void): void {
  const { cluster } = node
  cluster.followConfig('tickets.price', 9.5, (price) => take({ price }))
  cluster.followConfig('tickets.currency', 'EUR', (currency) => take({ currency }))
  cluster.followConfig('tickets.open', true, (open) => take({ open }))
  cluster.followConfig('tickets.next', number, (next) => take({ next }))
}

/** How long a buyer waits from ticket to ticket, in milliseconds. */
export function followPause(node: Node, take: (pauseMs: number) => void): void {
  node.cluster.followConfig('front.pauseMs', 100, take)
}
