/**
 * cli/account-line: the account as one line for people.
 *
 * Pure. Causes and stages that are 0 are left out, so that the line fits most terminals.
 */

import type { Account } from '#traffic/account/account'
import { balance } from '#traffic/account/account'

const count = (number: number): string => number.toLocaleString('en-US')

/** The causes and stages that are not 0, biggest first: `kernel 12, pool 3`. */
export function namedCounts(counts: Readonly<Record<string, number | 'unknown'>>): string {
  return Object.entries(counts)
    .filter((entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0)
    .sort((left, right) => right[1] - left[1])
    .map(([name, number]) => `${name} ${count(number)}`)
    .join(', ')
}

/** One line: totals, what they are made of in brackets, and whether they close. */
export function accountLine(account: Account, vehicles: number): string {
  const total = balance(account)
  const withParts = (name: 'rejected' | 'dropped' | 'lost'): string => {
    const named = namedCounts(account[name])
    return `${name} ${count(total[name])}${named === '' ? '' : ` (${named})`}`
  }
  const parts = [
    `sent ${count(total.sent)} = stored ${count(total.stored)}`,
    withParts('rejected'),
    withParts('dropped'),
    withParts('lost'),
    `waiting ${count(total.waiting)}`,
  ]
  // First comes what must not be cut off by a narrow terminal.
  const alarm = total.difference === 0 ? '' : `UNEXPLAINED ${count(total.difference)} | `
  return `${alarm}${count(vehicles)} vehicles | ${parts.join(' + ')}`
}
