/**
 * Faults in the road between two nodes are caught.
 */
import { catches } from '#test/mutants/catching'
import { ROAD_FAULTS } from '#test/mutants/planted-faults'

catches(ROAD_FAULTS)
