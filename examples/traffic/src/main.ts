/**
 * main: the traffic system as a program.
 *
 * Exit codes: 0 stopped when asked; 1 could not start, gave up, or a replay whose check failed.
 */

import { describeThrown, TroupeError } from 'troupe'
import { HELP, parseFlags } from '#traffic/cli/flags'
import { Screen } from '#traffic/cli/screen'
import { runTraffic } from '#traffic/system/run'

// A reader that has gone must not end the system; what is printed then is lost.
process.stdout.on('error', () => {})

function refuse(problem: string): void {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const verdict = parseFlags(process.argv.slice(2))
  switch (verdict.kind) {
    case 'help':
      process.stdout.write(HELP)
      return
    case 'refused':
      refuse(`OPTION_INVALID: ${verdict.problem}`)
      return
    case 'run': {
      const end = await runTraffic(verdict.flags, new Screen(process.stdout))
      if (end.kind === 'refused') refuse(end.problem)
      else process.exitCode = end.exitCode
    }
  }
}

try {
  await main()
} catch (error) {
  // A coded error says what happened and what to do; its stack would only hide that.
  refuse(TroupeError.is(error) ? `${error.code}: ${error.message}` : describeThrown(error))
}
