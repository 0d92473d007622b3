/**
 * main: the job cluster as programs: one that starts all others, or one of them.
 *
 * Exit codes: 0 stopped when asked; 1 could not start, or gave up; 2 was started with flags that
 * are wrong.
 */
import { type ProgramEnd, print, runProgram } from '@troupe-examples/traffic/cli/program'
import { type Flags, HELP, parseFlags } from '#jobs/cli/flags'

/** A program loads what its role needs: each of six is there the sooner. */
async function run(flags: Flags): Promise<ProgramEnd> {
  switch (flags.role) {
    case 'coordinator':
      return (await import('#jobs/system/coordinator-program')).runCoordinator(flags, print)
    case 'worker':
      return (await import('#jobs/system/worker-program')).runWorker(flags, print)
    case undefined:
      return runAll(flags)
  }
}

async function runAll(flags: Flags): Promise<ProgramEnd> {
  const { runPrograms } = await import('#jobs/system/launcher')
  const [, program = '', ...words] = process.argv
  return runPrograms(program, words, flags, print)
}

await runProgram({
  commandLine: parseFlags(process.argv.slice(2)),
  help: HELP,
  run: ({ flags }) => run(flags),
})
