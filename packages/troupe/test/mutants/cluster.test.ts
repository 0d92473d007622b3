/**
 * Faults in how nodes find each other are caught, one in eight of them each time.
 */
import { catchesSome } from '#test/mutants/catching'
import { CLUSTER_FAULTS } from '#test/mutants/planted-faults'

catchesSome(CLUSTER_FAULTS)
