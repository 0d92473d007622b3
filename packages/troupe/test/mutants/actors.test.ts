/**
 * Faults in processes, messages and supervision are caught, one in eight of them each time.
 */
import { catchesSome } from '#test/mutants/catching'
import { ACTOR_FAULTS } from '#test/mutants/planted-faults'

catchesSome(ACTOR_FAULTS)
