/**
 * observer/test/mutants/places: each planted fault has its place; that it is caught the soak says.
 */
import { placesAreThere } from '@troupe/tools/planting'
import { FIELD } from './planted-faults.js'

placesAreThere(FIELD)
