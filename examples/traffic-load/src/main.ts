/**
 * main: the load generator of the traffic system as a program.
 *
 * Exit codes: 0 stopped when asked, or its time is over; 1 could not start, or gave up;
 * 2 was started with arguments that are wrong.
 */

import { print, runProgram } from '@troupe-examples/traffic/cli/program'
import { HELP, parseArguments } from '#load/arguments'
import { runLoad } from '#load/run'

await runProgram({
  commandLine: parseArguments(process.argv.slice(2)),
  help: HELP,
  run: ({ given }) => runLoad(given, print),
})
