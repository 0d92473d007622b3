/**
 * run: brings the load up, and down again.
 */
import { randomUUID } from 'node:crypto'
import { openCorpus } from '@troupe-examples/jobs/load/corpus'
import type { ProgramEnd } from '@troupe-examples/traffic/cli/program'
import { Screen } from '@troupe-examples/traffic/cli/screen'
import { consoleSink, startNode } from 'troupe'
import { AcceptedLog } from './accepted-log.js'
import type { Flags } from './flags.js'
import { type LoadParts, loadActor } from './load.js'
import { planOf } from './plan.js'
import { Tally } from './tally.js'

/** Lines between two that are printed elsewhere than on a terminal. */
const LINES_PER_PRINT = 5

/** Submits until it is stopped or its time is over. */
export async function runLoad(flags: Flags): Promise<ProgramEnd> {
  const screen = new Screen(process.stdout)
  const log = flags.logFile === undefined ? undefined : new AcceptedLog(flags.logFile)
  const tally = new Tally()
  const corpus = await openCorpus()
  const node = await startNode('jobs-load@localhost', {
    logLevel: 'warning',
    logSinks: [consoleSink({ stream: { write: (text) => screen.print(text.trimEnd()) } })],
    stopTimeoutMs: 1_000,
  })
  let lasted = 0
  const { rate, urls, inFlightMax, seconds, kinds, seed, bytesMin, bytesMax } = flags
  const run = randomUUID().slice(0, 8)
  const parts: LoadParts = {
    ...{ rate, urls, inFlightMax, tally },
    plan: planOf({ run, seed, kinds, bytesMin, bytesMax }),
    forMs: seconds === undefined ? undefined : seconds * 1_000,
    textOf: ({ bytes, seed: of }) => corpus.text({ bytes, seed: of }),
    accepted: (planned, submitted, atMs) => log?.add(planned, submitted, atMs),
    tell: (second, done) => {
      lasted = second
      const line = tally.line(second, done)
      if (screen.isTerminal) screen.show(line)
      else if (second % LINES_PER_PRINT === 0) screen.print(line)
    },
    over: () => void node.stop(),
  }
  screen.print(`${rate} jobs a second of ${bytesMin} to ${bytesMax} bytes to ${urls.join(', ')}`)
  screen.print('ready')
  const pid = await node.spawn(loadActor, { args: [parts] })
  void node.ended(pid).then(() => node.stop())
  await node.stopped
  log?.close()
  screen.end()
  screen.print(tally.summary(seconds ?? lasted))
  return { kind: 'ended', exitCode: seconds === undefined || tally.isWhole ? 0 : 1 }
}
