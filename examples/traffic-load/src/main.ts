/**
 * main: the load generator of the traffic system as a program.
 *
 * Exit codes: 0 stopped when asked, or its time is over; 1 could not start, or gave up.
 */

import { describeThrown, TroupeError } from 'troupe'
import { HELP, parseArguments } from '#load/arguments'
import { runLoad } from '#load/run'

// A reader that has gone must not end the program; what is printed then is lost.
process.stdout.on('error', () => {})

const print = (line: string): void => void process.stdout.write(`${line}\n`)

function refuse(problem: string): void {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const verdict = parseArguments(process.argv.slice(2))
  switch (verdict.kind) {
    case 'help':
      process.stdout.write(HELP)
      return
    case 'refused':
      refuse(`OPTION_INVALID: ${verdict.problem}`)
      return
    case 'run': {
      const end = await runLoad(verdict.given, print)
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
