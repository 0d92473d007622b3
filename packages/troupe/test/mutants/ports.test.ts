/**
 * Faults in ports, and in what fuzzes them, are caught.
 */
import { catches } from '#test/mutants/catching'
import { PORT_FAULTS } from '#test/mutants/planted-faults'

catches(PORT_FAULTS)
