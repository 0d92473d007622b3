/**
 * query/route and map/viewport, for as long as it is given: a request asks what it plainly says.
 *
 * Seed and time come from `npm run soak`.
 */
import { it } from 'node:test'
import { fuzz, soakBudget } from '@troupe/tools/fuzz'
import { routeFuzzer } from '#test/query/route-fuzz'

it('any request asks what the plain way says it does', (t) => {
  const budget = soakBudget()
  t.diagnostic(`seed ${budget.seed}: ${fuzz(routeFuzzer, budget)} cases`)
})
