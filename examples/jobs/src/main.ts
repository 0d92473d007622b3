/**
 * main: the job cluster as programs: one that starts all others, or one of them.
 *
 * Exit codes: 0 stopped when asked; 1 could not start, or gave up; 2 was started with flags that
 * are wrong.
 */
import { type ProgramEnd, print, runProgram } from '@troupe-examples/traffic/cli/program'
import { type Flags, HELP, parseFlags } from '#jobs/cli/flags'
import { runCoordinator } from '#jobs/system/coordinator-program'
import { runPrograms } from '#jobs/system/launcher'
import { runWorker } from '#jobs/system/worker-program'

function run(flags: Flags): Promise<ProgramEnd> {
  switch (flags.role) {
    case 'coordinator':
      return runCoordinator(flags, print)
    case 'worker':
      return runWorker(flags, print)
    case undefined: {
      const [, program = '', ...words] = process.argv
      return runPrograms(program, words, flags, print)
    }
  }
}

await runProgram({
  commandLine: parseFlags(process.argv.slice(2)),
  help: HELP,
  run: ({ flags }) => run(flags),
})
