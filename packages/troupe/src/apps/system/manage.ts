/**
 * apps/system/manage: carries out what other nodes want done here, where that is allowed.
 *
 * Denied unless the option `system.manage` names the asking node; every order is written into the
 * audit with its outcome, also one that is denied or cannot be read.
 * Limit: `OPEN_MAX` orders at a time.
 */
import type { OrderOutcome, SystemOrder } from '#cluster'
import { printable, readObject, requireKnown, requireOption, TroupeError } from '#contract'
import type { Access, Asker } from './access.js'
import type { AuditTrail } from './audit-trail.js'
import { coded } from './coded.js'
import type { Fields } from './order-reading.js'
import { ORDERS, type OrderName, type OrderParts, subjectOf } from './orders.js'
import { told } from './reading.js'

const OPEN_MAX = 64
const RETRY_MS = 1_000
const OPERATION = 'system.manage'
const BY_CHARS_MAX = 255

export class Manager {
  readonly #parts: OrderParts
  readonly #access: Access
  readonly #audit: AuditTrail
  #open = 0

  constructor(parts: OrderParts, access: Access, audit: AuditTrail) {
    this.#parts = parts
    this.#access = access
    this.#audit = audit
  }

  /** NOT_ALLOWED, INSPECTION_LIMITED, OPTION_INVALID, and what the order itself ends with. */
  async carryOut(asker: Asker, given: unknown): Promise<OrderOutcome> {
    const { fields, name, subject, by } = readOrder(given)
    const named = by === undefined ? {} : { by }
    const note = (outcome: string): void =>
      this.#audit.record({ ...asker, operation: name ?? 'unknown', subject, outcome, ...named })
    try {
      this.#requireAllowed(asker)
      requireOption(name !== undefined, 'do', told(fields['do']), `one of ${NAMES.join(', ')}`)
      const order = ORDERS[name as OrderName]
      requireKnown('manage', fields, knownOf(order.fields))
      this.#open += 1
      const value = await this.#run(name as OrderName, fields)
      // A send tells what became of it as a value.
      note(name === 'send' && typeof value === 'string' ? value : 'done')
      return { value }
    } catch (thrown) {
      const error = coded('manage', thrown)
      note(error.code)
      throw error
    }
  }

  async #run(name: OrderName, fields: Fields): Promise<unknown> {
    try {
      return await ORDERS[name].run(fields, this.#parts)
    } finally {
      this.#open -= 1
    }
  }

  #requireAllowed(asker: Asker): void {
    if (!this.#access.mayManage(asker.node)) {
      const { name } = this.#parts.inspection.node
      const problem = `the option system.manage of ${name} does not name ${asker.node}`
      throw new TroupeError('NOT_ALLOWED', { operation: OPERATION, problem })
    }
    if (this.#open >= OPEN_MAX) {
      throw this.#access.limited(asker, `${OPEN_MAX} orders are being carried out`, RETRY_MS)
    }
  }
}

const NAMES = Object.keys(ORDERS) as readonly OrderName[]

interface ReadOrder {
  readonly fields: Fields
  readonly name: OrderName | undefined
  readonly subject: string
  /** For whom it is done, as the asking node says. */
  readonly by: string | undefined
}

/** What can be told of an order, whatever it is. */
function readOrder(given: unknown): ReadOrder {
  let fields: Fields = {}
  try {
    fields = readObject('manage', given as SystemOrder) as unknown as Fields
  } catch {
    // It is no object: it is refused as an order that nobody knows.
  }
  const { by, ...order } = fields
  const name = NAMES.find((one) => one === order['do'])
  const subject = name === undefined ? '' : subjectOf(ORDERS[name], order)
  const told = typeof by === 'string' ? printable(by, BY_CHARS_MAX) : undefined
  return { fields: order, name, subject, by: told }
}

const knownOf = (fields: readonly string[]): Readonly<Record<string, true>> =>
  Object.fromEntries(['do', ...fields].map((field) => [field, true as const]))
