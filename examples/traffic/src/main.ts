/**
 * main: the traffic system as a program.
 *
 * Exit codes: 0 stopped when asked; 1 could not start, gave up, or a replay whose
 * check failed; 2 was started with flags that are wrong.
 */

import { type Flags, HELP, parseFlags } from '#traffic/cli/flags'
import { type ProgramEnd, runProgram } from '#traffic/cli/program'
import { Screen } from '#traffic/cli/screen'

/**
 * All in one program, one of three, or the one that starts the three. Each loads what it needs, so
 * that all of them are there the sooner.
 */
async function run(flags: Flags, screen: Screen): Promise<ProgramEnd> {
  switch (flags.role) {
    case 'storage':
      return (await import('#traffic/nodes/storage-role')).runStorage(flags, screen)
    case 'ingest':
      return (await import('#traffic/nodes/ingest-role')).runIngest(flags, screen)
    case 'web':
      return (await import('#traffic/nodes/web-role')).runWeb(flags, screen)
    case undefined:
      return flags.nodes === 1
        ? (await import('#traffic/system/run')).runTraffic(flags, screen)
        : runThree(flags, screen)
  }
}

async function runThree(flags: Flags, screen: Screen): Promise<ProgramEnd> {
  const { runPrograms } = await import('#traffic/nodes/launcher')
  const [, program = '', ...words] = process.argv
  return runPrograms(program, words, flags, screen)
}

await runProgram({
  commandLine: parseFlags(process.argv.slice(2)),
  help: HELP,
  run: ({ flags }) => run(flags, new Screen(process.stdout)),
})
