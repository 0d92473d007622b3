/**
 * Faults in how nodes find each other are caught.
 */
import { catches } from '#test/mutants/catching'
import { CLUSTER_FAULTS } from '#test/mutants/planted-faults'

catches(CLUSTER_FAULTS)
