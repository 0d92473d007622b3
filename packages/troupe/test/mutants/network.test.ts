/**
 * Faults in the road between two nodes are caught, one in eight of them each time.
 */
import { catchesSome } from '#test/mutants/catching'
import { ROAD_FAULTS } from '#test/mutants/planted-faults'

catchesSome(ROAD_FAULTS)
