/**
 * Faults in processes, messages and supervision are caught.
 */
import { catches } from '#test/mutants/catching'
import { ACTOR_FAULTS } from '#test/mutants/planted-faults'

catches(ACTOR_FAULTS)
