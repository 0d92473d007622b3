/**
 * ports/tcp/chunk-decoder, for as long as it is given: it agrees with the plain decoder.
 *
 * Seed and time come from `npm run soak`.
 */
import { it } from 'node:test'
import { fuzz, soakBudget } from '@troupe/tools/fuzz'
import { chunkFuzzer } from '#test/unit/ports/tcp/chunk-fuzz'

it('any stream is cut as the plain decoder cuts it', (t) => {
  const budget = soakBudget()
  t.diagnostic(`seed ${budget.seed}: ${fuzz(chunkFuzzer, budget)} cases`)
})
