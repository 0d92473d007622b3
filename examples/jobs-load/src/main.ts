/**
 * main: the load of the job cluster as a program.
 *
 * Exit codes: 0 stopped when asked, or every job was accepted; 1 could not start, or jobs were
 * given up; 2 was started with flags that are wrong.
 */
import { runProgram } from '@troupe-examples/traffic/cli/program'
import { HELP, parseFlags } from '#load/flags'
import { runLoad } from '#load/run'

await runProgram({
  commandLine: parseFlags(process.argv.slice(2)),
  help: HELP,
  run: ({ flags }) => runLoad(flags),
})
