/**
 * ports/sse/decode, for as long as it is given: it agrees with the plain decoder.
 *
 * Seed and time come from `npm run soak`.
 */
import { it } from 'node:test'
import { fuzz, soakBudget } from '@troupe/tools/fuzz'
import { streamFuzzer } from '#test/unit/ports/sse/stream-fuzz'

it('any event stream is read as the plain decoder reads it', (t) => {
  const budget = soakBudget()
  t.diagnostic(`seed ${budget.seed}: ${fuzz(streamFuzzer, budget)} cases`)
})
