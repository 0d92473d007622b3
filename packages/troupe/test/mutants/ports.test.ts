/**
 * Faults in ports, and in what fuzzes them, are caught, one in eight of them each time.
 */
import { catchesSome } from '#test/mutants/catching'
import { PORT_FAULTS } from '#test/mutants/planted-faults'

catchesSome(PORT_FAULTS)
