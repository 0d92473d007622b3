/**
 * ask/orders: what may be done at a node over HTTP: which capability it takes, and what has to be
 * confirmed.
 *
 * Pure. What fields an order has the node knows; here pids become pids, and what an order is about
 * is printed as it has to be confirmed.
 */
import { isSamplerText, type SamplerText, type SystemOrder } from 'troupe'
import type { Capability } from '#observer/contract/api'
import { pidOf } from '#observer/text/pid-text'
import { type Refused, refused } from '#observer/text/problem'
import { valued } from './values.js'

/** One kind of order. */
interface OrderSpec {
  readonly capability: Capability
  /** The field it is about; undefined: the node itself. */
  readonly about: string | undefined
  /** It ends something, takes it away, or takes its work away; for some their fields say so. */
  readonly destroys: boolean | ((fields: Fields) => boolean)
}

type Fields = Readonly<Record<string, unknown>>
type OrderName = SystemOrder['do'] | 'application-unload' | 'config-put' | 'sampler'

const changes = (about: string | undefined, capability: Capability = 'manage'): OrderSpec =>
  Object.freeze({ about, capability, destroys: false })
const destroys = (about: string | undefined, capability: Capability = 'manage'): OrderSpec =>
  Object.freeze({ about, capability, destroys: true })

/** All orders: the compiler finds the one that is missing. */
export const ORDERS: Readonly<Record<OrderName, OrderSpec>> = Object.freeze({
  send: changes('to'),
  call: changes('to'),
  exit: destroys('pid'),
  kill: destroys('pid'),
  'log-level': changes('level'),
  'log-sink-level': changes('sink'),
  'application-start': changes('name'),
  'application-stop': destroys('name'),
  'application-unload': destroys('name'),
  // Weight 0 takes all new work from it, as a drain does.
  'application-change': {
    ...changes('name'),
    destroys: ({ weight }) => Number(weight) === 0,
  },
  drain: destroys(undefined),
  connect: changes('node'),
  disconnect: destroys('node'),
  // Without a value the key is deleted.
  env: { ...changes('key', 'config'), destroys: ({ value }) => value === undefined },
  'config-put': changes('item', 'config'),
  'config-delete': destroys('item', 'config'),
  'cron-enable': changes('name'),
  'cron-disable': destroys('name'),
  'leader-step-down': destroys('clusterId'),
  sampler: changes('of', 'trace'),
})

export interface ReadOrder {
  /** As it goes to the node. */
  readonly order: Readonly<Record<string, unknown>>
  readonly name: string
  readonly capability: Capability
  /** What it is about, printed: what has to be confirmed. */
  readonly subject: string
  readonly destroys: boolean
  readonly confirm: unknown
}

/** Longest subject that is told. */
const SUBJECT_MAX = 600
const NAME_MAX = 255
/** Fields that hold a process; `to` may be a name as well. */
const PIDS: readonly string[] = ['pid', 'to']

/** Reads the body of a request. Throws `Refused`. */
export function readOrder(given: unknown, node: string): ReadOrder {
  const { order, confirm } = fieldsOf(given, 'the body', '{ order, confirm }')
  const fields = fieldsOf(order, 'order', '{ do, … }')
  const name = String(fields['do'])
  const spec = Object.hasOwn(ORDERS, name) ? ORDERS[name as OrderName] : undefined
  if (spec === undefined) {
    throw wrong('there is no such order', `do is one of ${Object.keys(ORDERS).join(', ')}`)
  }
  const { about, capability } = spec
  const isEnd = typeof spec.destroys === 'function' ? spec.destroys(fields) : spec.destroys
  const printed = about === undefined ? node : (fields[about] ?? '')
  // What is no text could not be confirmed, nor be found again in the audit.
  if (typeof printed !== 'string' || (isEnd && printed === '')) {
    throw wrong(`${about} of the order ${name} is no text`, 'give a name, or a pid as text')
  }
  const subject = printed.slice(0, SUBJECT_MAX)
  const written = revived(capability === 'config' ? valued(fields) : fields)
  return { order: written, name, capability, subject, destroys: isEnd, confirm }
}

/** A sampler for a name, wherever it is. */
export interface NameOrder {
  readonly name: string
  readonly sampler: string
}

const NAME_ORDER = "{ do: 'sampler', scope: 'name', of, sampler }"
/** As nodes read it: here it is refused once, and not by each of them. */
const isSampler = (value: unknown): value is SamplerText | 'none' =>
  value === 'none' || isSamplerText(value)

/** Reads an order for all nodes. Throws `Refused`. */
export function readNameOrder(given: unknown): NameOrder {
  const { order } = fieldsOf(given, 'the body', '{ order }')
  const fields = fieldsOf(order, 'order', NAME_ORDER)
  const { do: name, scope, of, sampler, ...others } = fields
  if (name !== 'sampler' || scope !== 'name' || Object.keys(others).length > 0) {
    throw wrong('that is no order for all nodes', `give ${NAME_ORDER}`)
  }
  if (typeof of !== 'string' || of === '' || of.length > NAME_MAX) {
    throw wrong('of is no name', `give a registered name of at most ${NAME_MAX} characters`)
  }
  if (!isSampler(sampler)) {
    throw wrong('the sampler is none', 'off, always, ratio 0 to 1, per-second 1 or more, or none')
  }
  return { name: of, sampler }
}

/** Throws `Refused` unless what destroys something repeats what. */
export function requireConfirmed({ destroys: isEnd, confirm, subject, name }: ReadOrder): void {
  if (!isEnd || confirm === subject) return
  const remedy = `send confirm: ${JSON.stringify(subject)}`
  throw refused(409, 'CONFIRM_NEEDED', `${name} has to be confirmed`, remedy)
}

function revived(fields: Fields): Fields {
  const order: Record<string, unknown> = { ...fields }
  for (const name of PIDS) {
    const text = fields[name]
    if (typeof text === 'string') order[name] = pidOf(text) ?? text
  }
  return order
}

function fieldsOf(value: unknown, name: string, shape: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>
  }
  throw wrong(`${name} is no object`, `give ${shape}`)
}

const wrong = (problem: string, remedy: string): Refused =>
  refused(400, 'OPTION_INVALID', problem, remedy)
