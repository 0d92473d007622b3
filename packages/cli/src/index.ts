/**
 * cli: the terminal of Troupe as a function, for the command `troupe` and for programs like it.
 */
export { runInTerminal, runTroupe } from './run.js'
