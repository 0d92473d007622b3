/**
 * Every planted fault is caught.
 */
import { catches } from '#test/mutants/catching'
import { PLANTED_FAULTS } from '#test/mutants/planted-faults'

catches(PLANTED_FAULTS)
