/**
 * main: chaos for the job cluster as a program.
 *
 * Exit codes: 0 the cluster kept its word; 1 it did not, or too little was shown; 2 was started
 * with flags that are wrong.
 */
import { HELP, parseArguments } from '#chaos/cli/arguments'
import { runChaos } from '#chaos/run'

const print = (line: string): void => void process.stdout.write(`${line}\n`)
// A reader that has gone must not end the program.
process.stdout.on('error', () => {})

const asked = parseArguments(process.argv.slice(2))
switch (asked.kind) {
  case 'help':
    process.stdout.write(HELP)
    break
  case 'refused':
    process.stderr.write(`OPTION_INVALID: ${asked.problem}\n`)
    process.exitCode = 2
    break
  case 'run': {
    const stop = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
    process.exitCode = await runChaos(asked.given, { print, stop: stop.signal })
    break
  }
}
