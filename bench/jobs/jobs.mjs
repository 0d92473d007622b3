/**
 * bench/jobs: how many jobs a second are accepted and finished, and how long a 201 takes.
 *
 * `npm run bench -- jobs`: the job cluster, whose 201 says that two of three coordinators have the
 * job on their disks, beside BullMQ on one Redis, whose 201 says that Redis has it. The same small
 * jobs over HTTP from the same client, so many at a time. Servers take turns, each anew.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publish, summary } from '../lib/report.mjs'
import { attempt, has, install } from '../lib/setup.mjs'
import { startBullmq } from './bullmq.mjs'
import { loadJobs } from './load.mjs'
import { isBuilt, startTroupe } from './troupe.mjs'

const BENCH = dirname(dirname(fileURLToPath(import.meta.url)))
const PEER = join(BENCH, 'peers', 'bullmq')
const OPEN = 64
const WARM_UP = 500
const COUNT = 3_000

const row = (name, pick, title, unit, better) => ({
  ...{ name, pick, title, unit, better, budget: [], handledPerOp: 1 },
})

const ROWS = [
  row('jobs-accepted', 'acceptedPerSecond', `answered with 201, ${OPEN} open`, 'jobs/s', 'higher'),
  row('jobs-finished', 'finishedPerSecond', 'posted, worked and stored', 'jobs/s', 'higher'),
  row('jobs-p50', 'p50Ms', `median time to the 201, ${OPEN} open`, 'ms', 'lower'),
  row('jobs-p99', 'p99Ms', `p99 of the time to the 201, ${OPEN} open`, 'ms', 'lower'),
  row('jobs-alone', 'aloneMs', 'median time to the 201, one open', 'ms', 'lower'),
]

/** In the order in which they take turns. */
const ENTRANTS = [
  { label: 'troupe', peer: 'troupe', start: startTroupe },
  { label: 'bullmq, fsync always', peer: 'bullmq', start: () => startBullmq('always') },
  { label: 'bullmq, fsync each second', peer: 'bullmq', start: () => startBullmq('everysec') },
]

const NOTE =
  'durable means: troupe, two of three disks have it; fsync always, one disk; each second, none'

/** Undefined, or why a peer cannot run. */
function missing(peer, options) {
  if (peer === 'troupe') return isBuilt() ? undefined : 'not built: npm run build'
  const redis = 'apt-get install redis-server'
  if (!has('redis-server')) {
    const problem = install(options, redis, ['apt-get', 'install', '-y', 'redis-server'], BENCH)
    if (problem !== undefined) return problem
  }
  if (existsSync(join(PEER, 'node_modules', 'bullmq'))) return undefined
  const command = ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund']
  return install(options, 'npm ci --prefix bench/peers/bullmq', command, PEER)
}

function versionOf(peer) {
  if (peer === 'troupe') return 'workspace'
  const { version } = JSON.parse(
    readFileSync(join(PEER, 'node_modules', 'bullmq', 'package.json'), 'utf8'),
  )
  const [, redis = '?'] = /v=([\d.]+)/.exec(attempt.output(['redis-server', '--version'])) ?? []
  return `${version}, Redis ${redis}`
}

async function measured(start) {
  const { bases, stop } = await start()
  try {
    await loadJobs(bases, { count: WARM_UP, open: OPEN })
    const { p50Ms: aloneMs } = await loadJobs(bases, { count: 100, open: 1, first: WARM_UP })
    const first = WARM_UP + 100
    return { ...(await loadJobs(bases, { count: COUNT, open: OPEN, first })), aloneMs }
  } finally {
    await stop()
  }
}

/** Runs the peers that `--peers` names; all without it. */
export async function benchJobs(values, say) {
  const wanted = values.peers?.split(',') ?? ['troupe', 'bullmq']
  const options = { mayInstall: !values['no-install'], say }
  const versions = new Map()
  for (const peer of wanted) {
    const problem = missing(peer, options)
    if (problem === undefined) versions.set(peer, versionOf(peer))
    say(
      problem === undefined ? `${peer}: ${versions.get(peer)}` : `${peer} is left out: ${problem}`,
    )
  }
  const entrants = ENTRANTS.filter(({ peer }) => versions.has(peer))
  const told = new Map(entrants.map(({ label }) => [label, []]))
  const failures = []
  for (let run = 1; run <= Number(values.runs); run += 1) {
    for (const { label, start } of entrants) {
      try {
        const one = await measured(start)
        told.get(label).push(one)
        const rate = `${one.acceptedPerSecond.toFixed(0)} accepted/s, ${one.retries} retries`
        say(`  ${run}/${values.runs} ${label}: ${rate}, p99 ${one.p99Ms.toFixed(1)} ms`)
      } catch (error) {
        failures.push(`${label}: one measurement FAILED, ${error.message}`)
        say(`  ${run}/${values.runs} ${failures.at(-1)}`)
      }
    }
  }
  const resultsOf = (one) =>
    entrants.flatMap(({ label, peer }) => {
      const samples = told.get(label).map((sample) => ({
        ...{ value: sample[one.pick], cpuMicrosPerOp: null },
      }))
      return samples.length === 0 ? [] : [summary(one, label, versions.get(peer), samples)]
    })
  publish(ROWS, resultsOf, [NOTE, ...failures], values, say)
  return failures.length === 0
}
