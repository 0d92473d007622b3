/**
 * test/traffic.acceptance: what the traffic system promises, at full length, on real sockets.
 *
 * The list T1 to T28 but for the steady loads, which are in a file of their own: a file that takes
 * longer than five minutes is ended by the runner. About two minutes. What was sent is counted by
 * senders of the tests, not by the system. `npm test` has each fact in a shorter form.
 */
import { describe } from 'node:test'
import { faultFacts } from '#test/list/faults'
import { hostileFacts } from '#test/list/hostile'
import { packetFacts } from '#test/list/packets'
import { FULL } from '#test/list/setting'
import { webFacts } from '#test/list/web'

describe('the traffic system keeps', { timeout: 280_000 }, () => {
  packetFacts()
  webFacts()
  faultFacts(FULL)
  hostileFacts(FULL)
})
