/**
 * Seeds of clusters that once found a fault, planted or not.
 */
import { describe, it } from 'node:test'
import { seedPasses } from './cluster-seeds.js'

const KEPT = [1, 6, 10, 11, 21, 26, 27, 88, 129, 191, 300]

describe('a kept seed', () => {
  for (const seed of KEPT) it(`passes: seed ${seed} of whole clusters`, () => seedPasses(seed))
})
