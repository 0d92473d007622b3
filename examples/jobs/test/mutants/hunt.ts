/**
 * test/mutants/hunt: looks for a story of the stores that ends badly.
 */
import { hunt } from '#test/mutants/hunting'
import { tell } from '#test/store/sim-story'

await hunt(tell)
