/**
 * Without a planted fault the tests that are to catch one are there, and pass.
 */
import { passesWithout } from '#test/mutants/catching'
import { PLANTED_FAULTS } from '#test/mutants/planted-faults'

passesWithout(PLANTED_FAULTS)
