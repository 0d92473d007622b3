/**
 * metrics/test/mutants: faults planted in this package are caught, and nothing is without them.
 */
import { faultsAreCaught } from '@troupe/tools/planting'
import { FIELD } from './planted-faults.js'

faultsAreCaught(FIELD)
