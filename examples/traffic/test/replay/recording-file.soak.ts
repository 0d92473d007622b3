/**
 * replay/recording-file, for as long as it is given: it reads what is in a file, or refuses it.
 *
 * Seed and time come from `npm run soak`.
 */
import { it } from 'node:test'
import { fuzzSlowly, soakBudget } from '@troupe/tools/fuzz'
import { recordingFileFuzzer } from '#test/replay/recording-file-fuzz'

it('any file of a recording is read as the plain way reads what is in it', async (t) => {
  const budget = soakBudget()
  t.diagnostic(`seed ${budget.seed}: ${await fuzzSlowly(recordingFileFuzzer(t), budget)} cases`)
})
