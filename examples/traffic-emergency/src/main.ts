/**
 * main: the fake emergency service as a program.
 *
 * Exit codes: 0 stopped when asked; 1 could not start; 2 was started with arguments that are wrong.
 */

import { randomInt } from 'node:crypto'
import { type ProgramEnd, print, runProgram } from '@troupe-examples/traffic/cli/program'
import { seededChance } from '@troupe-examples/traffic/fleet/chance'
import { describeThrown } from 'troupe'
import { HELP, parseArguments, type ServiceArguments } from '#service/arguments'
import { GuestBook } from '#service/guest-book'
import { Service } from '#service/service'

/** Between two lines of counts, in milliseconds. */
const PRINT_MS = 2_000

const after = (delayMs: number, run: () => void): void => {
  AbortSignal.timeout(delayMs).onabort = run
}

const count = (number: number): string => number.toLocaleString('en-US')

/** One line: `12 emergencies taken from 15 requests (3 repeats); fail 1, take 14`. */
function countsLine(book: GuestBook): string {
  const { taken, requests, repeats, endings } = book.counts()
  const named = Object.entries(endings).map(([ending, times]) => `${ending} ${count(times)}`)
  const from = `${count(requests)} requests (${count(repeats)} repeats)`
  return `${count(taken)} emergencies taken from ${from}; ${named.sort().join(', ') || 'quiet'}`
}

/** Prints the counts every few seconds when they have changed. */
function watch(book: GuestBook, printed: number): void {
  const { requests } = book.counts()
  if (requests !== printed) print(countsLine(book))
  after(PRINT_MS, () => watch(book, requests))
}

async function serve(given: ServiceArguments): Promise<ProgramEnd> {
  const book = new GuestBook()
  const chance = seededChance(given.seed ?? randomInt(2 ** 32 - 1)).unit
  const service = await Service.open(given, { book, chance, after })
  const host = given.host.includes(':') ? `[${given.host}]` : given.host
  print(`emergencies  http://${host}:${service.port}/`)
  watch(book, 0)
  print('ready')
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
  await service.close()
  print(countsLine(book))
  return { kind: 'ended', exitCode: 0 }
}

/** What the system says of an address that cannot be had, as the other systems say it. */
function startProblem(error: unknown, { host, port }: ServiceArguments): string {
  const code = (error as { readonly code?: unknown } | undefined)?.code
  const address = `the tcp port ${host}:${port}`
  if (code === 'EADDRINUSE') {
    return `PORT_IN_USE: ${address} is in use; stop its holder or choose another port`
  }
  return `PORT_FAILED: ${address} failed: ${describeThrown(error)}`
}

await runProgram({
  commandLine: parseArguments(process.argv.slice(2)),
  help: HELP,
  run: ({ given }) =>
    serve(given).catch((error) => ({ kind: 'refused', problem: startProblem(error, given) })),
})
