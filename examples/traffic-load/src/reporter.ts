/**
 * reporter: the actor that prints how many packets have left, every few seconds.
 */

import { actor, protocol } from 'troupe'
import { type Outlet, totals } from './convoy.js'

/** How often the total is printed. */
export const PRINT_MS = 5_000

const count = (number: number): string => number.toLocaleString('en-US')

/** Nobody is told that a datagram arrived nowhere; that none is answered may tell it. */
const UNANSWERED = 'none was answered: is a system there, without --reply none?'

/** One line: `sent 2,000 packets`, and how many could not be sent when there are any. */
export function totalLine(outlets: readonly Outlet[]): string {
  const { sent, failed, answers } = totals(outlets)
  const notSent = failed === 0 ? '' : `, ${count(failed)} could not be sent`
  const toNobody = sent > 0 && answers === 0 ? `; ${UNANSWERED}` : ''
  return `sent ${count(sent)} packets${notSent}${toNobody}`
}

export const Reporter = protocol('reporter', {})

export const reporterActor = actor(Reporter, {
  init: (outlets: readonly Outlet[], print: (line: string) => void) => ({ outlets, print }),
  started({ outlets, print }, context) {
    context.every(PRINT_MS, () => print(totalLine(outlets)))
  },
  on: {},
})
