/**
 * commands/soak: `npm run soak -- --minutes N`, all of them or those a word names.
 *
 * Runs the soak tests round after round, each with another seed, until the time is up. A soak test
 * reads its seed from TROUPE_SEED and its share of the time from TROUPE_SOAK_MS. Where there are
 * none yet, the tests of the packages are repeated in their place: a fault that shows in one run
 * of twenty shows here.
 */
import { randomInt } from 'node:crypto'
import { runCommand } from '#setup/command'
import { say, step } from '#setup/console'
import { CommandFault } from '#setup/fault'
import { ensureReady } from '#setup/ready'
import { matchingFiles, runQuietTests, testFiles } from '#setup/tests'

const MINUTE_MS = 60_000
const SEED_LIMIT = 2 ** 31

/** @param {string | boolean | undefined} given */
function minutesOf(given) {
  const minutes = Number(given ?? 10)
  if (minutes > 0 && Number.isFinite(minutes)) return minutes
  throw new CommandFault(
    `${given} is not a number of minutes above 0.`,
    'npm run soak -- --minutes 10',
    2,
  )
}

/** @param {string | boolean | undefined} given */
function seedOf(given) {
  if (given === undefined) return randomInt(SEED_LIMIT)
  const seed = Number(given)
  if (Number.isInteger(seed) && seed >= 0 && seed < SEED_LIMIT) return seed
  throw new CommandFault(
    `${given} is not a seed.`,
    `Use a whole number from 0 to ${SEED_LIMIT - 1}.`,
    2,
  )
}

/** @param {readonly string[]} words */
function soakFiles(words) {
  const own = testFiles('soak')
  const all =
    own.length > 0 ? own : testFiles('test').filter((path) => path.startsWith('packages/'))
  return matchingFiles(all, words)
}

/**
 * @param {readonly string[]} files
 * @param {number} round
 * @param {number} seed
 * @param {number} endMs
 */
async function oneRound(files, round, seed, endMs) {
  const leftMs = endMs - performance.now()
  const title = `round ${round}, seed ${seed}, ${(leftMs / MINUTE_MS).toFixed(1)} minutes left`
  const env = { TROUPE_SEED: String(seed), TROUPE_SOAK_MS: String(Math.round(leftMs)) }
  const { exitCode, output } = await step(title, () => runQuietTests(files, env), {
    verdict: (result) => result.exitCode === 0,
  })
  if (exitCode === 0) return
  say(output)
  throw new CommandFault(
    `The round with seed ${seed} failed.`,
    `Replay it with: npm run soak -- --minutes 1 --seed ${seed}`,
  )
}

await runCommand(
  {
    name: 'soak',
    about: 'Repeats the soak tests with new seeds until the time is up or one fails.',
    usage: 'npm run soak [-- word ...] [--minutes N] [--seed S]',
    flags: {
      minutes: { type: 'string', value: 'N', about: 'how long, default 10' },
      seed: { type: 'string', value: 'S', about: 'seed of the first round, default a random one' },
    },
    positionals: true,
  },
  async ({ flags, words }) => {
    const endMs = performance.now() + minutesOf(flags['minutes']) * MINUTE_MS
    const first = seedOf(flags['seed'])
    await ensureReady()
    const files = soakFiles(words)
    for (let round = 1; round === 1 || performance.now() < endMs; round += 1) {
      await oneRound(files, round, (first + round - 1) % SEED_LIMIT, endMs)
    }
    return 0
  },
)
