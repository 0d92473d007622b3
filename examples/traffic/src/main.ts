/**
 * main: the traffic system as a program.
 *
 * Exit codes: 0 stopped when asked; 1 could not start, gave up, or a replay whose
 * check failed; 2 was started with flags that are wrong.
 */

import { HELP, parseFlags } from '#traffic/cli/flags'
import { runProgram } from '#traffic/cli/program'
import { Screen } from '#traffic/cli/screen'
import { runTraffic } from '#traffic/system/run'

await runProgram({
  commandLine: parseFlags(process.argv.slice(2)),
  help: HELP,
  run: ({ flags }) => runTraffic(flags, new Screen(process.stdout)),
})
