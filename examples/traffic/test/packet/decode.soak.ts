/**
 * packet/decode, for as long as it is given: any bytes have the verdict of the plain decoder.
 *
 * Seed and time come from `npm run soak`.
 */
import { it } from 'node:test'
import { fuzz, soakBudget } from '@troupe/tools/fuzz'

const budget = soakBudget()
// The library reads text in two ways: with machine code where that is installed, and without.
if (budget.seed % 2 === 1) process.env['MSGPACKR_NATIVE_ACCELERATION_DISABLED'] = 'true'
const { packetFuzzer } = await import('#test/packet/packet-fuzz')

it('any datagram has the verdict that the plain decoder gives it', (t) => {
  t.diagnostic(`seed ${budget.seed}: ${fuzz(packetFuzzer, budget)} cases`)
})
