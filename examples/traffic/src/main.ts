/**
 * main: the traffic system as a program.
 *
 * Exit codes: 0 stopped when asked; 1 could not start, gave up, or a replay whose
 * check failed; 2 was started with flags that are wrong.
 */

import { type Flags, HELP, parseFlags } from '#traffic/cli/flags'
import { type ProgramEnd, runProgram } from '#traffic/cli/program'
import { Screen } from '#traffic/cli/screen'
import { runIngest } from '#traffic/nodes/ingest-role'
import { runPrograms } from '#traffic/nodes/launcher'
import { runStorage } from '#traffic/nodes/storage-role'
import { runWeb } from '#traffic/nodes/web-role'
import { runTraffic } from '#traffic/system/run'

/** All in one program, one of three, or the one that starts the three. */
function run(flags: Flags, screen: Screen): Promise<ProgramEnd> {
  switch (flags.role) {
    case 'storage':
      return runStorage(flags, screen)
    case 'ingest':
      return runIngest(flags, screen)
    case 'web':
      return runWeb(flags, screen)
    case undefined: {
      const [, program = '', ...words] = process.argv
      return flags.nodes === 1
        ? runTraffic(flags, screen)
        : runPrograms(program, words, flags, screen)
    }
  }
}

await runProgram({
  commandLine: parseFlags(process.argv.slice(2)),
  help: HELP,
  run: ({ flags }) => run(flags, new Screen(process.stdout)),
})
