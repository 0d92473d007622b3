/**
 * commands/simulate: `npm run simulate -- [--election] --seeds N [--scenario X] [--seed S]`.
 *
 * Runs whole clusters under faults in virtual time, seed after seed; with `--election` voters that
 * do nothing but elect, a hundred times as fast. A seed that fails is printed
 * with what was violated and the command that replays it; one seed alone shows its transcript.
 */
import { runCommand } from '#setup/command'
import { say } from '#setup/console'
import { CommandFault } from '#setup/fault'
import { ensureReady } from '#setup/ready'
import { ROOT } from '#setup/workspace'

const SHOWN_MAX = 10
const PROGRESS_EVERY = 25
const TRANSCRIPT_MAX = 1_000_000
const TRIAL = `${ROOT}/packages/troupe/dist/testing/simulation/cluster-trial.js`
const FAULTS = `${ROOT}/packages/troupe/dist/testing/simulation/cluster-faults.js`
const ELECTION_TRIAL = `${ROOT}/packages/troupe/dist/testing/simulation/election-trial.js`
const ELECTION_FAULTS = `${ROOT}/packages/troupe/dist/testing/simulation/election-faults.js`

/**
 * @param {string | boolean | undefined} given
 * @param {string} flag
 * @param {number} otherwise
 */
function wholeNumber(given, flag, otherwise) {
  if (given === undefined) return otherwise
  const number = Number(given)
  if (/^\d+$/.test(String(given)) && Number.isSafeInteger(number) && number > 0) return number
  const remedy = `Give one from 1 upwards: npm run simulate -- ${flag} 7`
  throw new CommandFault(`${flag} ${given} is not a whole number.`, remedy, 2)
}

/** @param {any} result */
function describe(result) {
  if (result.leaders !== undefined) {
    const { seed, scenario, voters, isDurable, leaders, words } = result
    const ran = `${voters} voters ${isDurable ? 'with' : 'without'} disks`
    return `seed ${seed}: ${scenario}, ${ran}, ${leaders.length} leaders, ${words} words`
  }
  const { seed, scenario, kinds, nodes, messages, downs } = result
  const faults = kinds.join(' ') || 'no faults'
  const ran = `${nodes} nodes, ${messages} messages, ${downs} downs`
  return `seed ${seed}: ${scenario} (${faults}), ${ran}`
}

/** @param {any} result @param {string} command */
function report(result, command) {
  say(`FAILED ${describe(result)}`)
  for (const violation of result.violations.slice(0, SHOWN_MAX)) say(`  ${violation}`)
  const more = result.violations.length - SHOWN_MAX
  if (more > 0) say(`  and ${more} more`)
  say(`  replay: ${command}`)
}

/** @param {any} result */
function replay(result) {
  for (const line of result.transcript) say(line)
  say(describe(result))
  if (result.faults !== undefined) {
    const counts = [...result.faults].map(([kind, count]) => `${count} ${kind}`).join(', ')
    say(`faults: ${counts || 'none'}`)
  }
  for (const violation of result.violations.slice(0, SHOWN_MAX)) say(`  ${violation}`)
  const { length } = result.violations
  if (length > SHOWN_MAX) say(`  and ${length - SHOWN_MAX} more; look for VIOLATED above`)
  say(result.violations.length === 0 ? 'The seed passes.' : 'The seed fails.')
  return result.violations.length === 0 ? 0 : 1
}

async function clusters() {
  const [{ runTrial }, { SCENARIOS }] = await Promise.all([import(TRIAL), import(FAULTS)])
  return { runTrial, SCENARIOS }
}

async function voters() {
  const { runElectionTrial } = await import(ELECTION_TRIAL)
  const { ELECTION_SCENARIOS } = await import(ELECTION_FAULTS)
  return { runTrial: runElectionTrial, SCENARIOS: ELECTION_SCENARIOS }
}

await runCommand(
  {
    name: 'simulate',
    about: 'Runs whole clusters under faults in virtual time; the same seed is the same run.',
    usage: 'npm run simulate -- [--election] [--seeds N] [--seed S] [--scenario X]',
    flags: {
      election: { type: 'boolean', about: 'voters alone, at some hundred seeds a second' },
      seeds: { type: 'string', value: 'N', about: 'how many seeds, default 100' },
      seed: {
        type: 'string',
        value: 'S',
        about: 'the first seed, default 1; without --seeds this one alone, with its transcript',
      },
      scenario: {
        type: 'string',
        value: 'X',
        about:
          'one of calm, resets, partitions, crashes, deaths, freezes, busy, weather, clocks, ' +
          'cuts and mix (of voters: see the guide); default by seed',
      },
    },
  },
  async ({ flags }) => {
    const first = wholeNumber(flags['seed'], '--seed', 1)
    const isReplay = flags['seed'] !== undefined && flags['seeds'] === undefined
    const count = isReplay ? 1 : wholeNumber(flags['seeds'], '--seeds', 100)
    await ensureReady()
    const isElection = flags['election'] === true
    const { runTrial, SCENARIOS } = await (isElection ? voters() : clusters())
    const scenario = flags['scenario']
    if (scenario !== undefined && !Object.hasOwn(SCENARIOS, String(scenario))) {
      const names = Object.keys(SCENARIOS).join(', ')
      throw new CommandFault(`${scenario} is no scenario.`, `Use one of ${names}.`, 2)
    }
    const given = scenario === undefined ? {} : { scenario }
    const transcriptMax = isReplay ? TRANSCRIPT_MAX : 1
    let failed = 0
    for (let seed = first; seed < first + count; seed += 1) {
      const result = await runTrial({ seed, transcriptMax, ...given })
      if (isReplay) return replay(result)
      const named = scenario === undefined ? '' : ` --scenario ${scenario}`
      const kind = isElection ? '--election ' : ''
      if (result.violations.length > 0) {
        failed += 1
        report(result, `npm run simulate -- ${kind}--seed ${seed}${named}`)
      }
      const done = seed - first + 1
      if (done % (isElection ? 1_000 : PROGRESS_EVERY) === 0)
        say(`${done} of ${count} seeds, ${failed} failed`)
    }
    say(`${count - failed} of ${count} seeds passed.`)
    return failed === 0 ? 0 : 1
  },
)
