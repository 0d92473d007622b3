/**
 * bench/network: Troupe and its peers between two operating system processes on loopback.
 *
 * `npm run bench -- network`: each measurement is two fresh processes, the far one on the first
 * core and the near one on the last; peers take turns. CPU is read for each side from the kernel
 * over the measured section, so `CPU us/op` is the sum and the two sides are told below.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { markdown, median, summary, table } from '../lib/report.mjs'
import { has } from '../lib/setup.mjs'
import { measurePair } from './measure-pair.mjs'
import { entrantsFor, NETWORK_PEERS } from './peers.mjs'
import { ABSENT, COUNTS, NETWORK_ROWS } from './rows.mjs'

/** The far process has the first core, the near one the last. */
function coresHere() {
  const count = availableParallelism()
  return has('taskset') && count > 1 ? { far: '0', near: String(count - 1) } : {}
}

function chosen(entries, key, names, say) {
  if (names === undefined) return entries
  const wanted = names.split(',')
  const known = entries.map((entry) => entry[key])
  const wrong = wanted.filter((name) => !known.includes(name))
  if (wrong.length === 0) return entries.filter((entry) => wanted.includes(entry[key]))
  say(`bench network knows no ${wrong.join(', ')}; there are ${known.join(', ')}`)
  return undefined
}

/** The value of a row in what one measurement told. */
function figureOf(row, told) {
  if (row.pick !== undefined) return told[`${row.pick}Micros`]
  return (told.ops / told.seconds) * (row.mega ?? 1)
}

function sampleOf(row, told) {
  const nearMicros = (told.nearSeconds * 1e6) / told.ops
  const farMicros = (told.farSeconds * 1e6) / told.ops
  return {
    value: figureOf(row, told),
    nearMicros,
    farMicros,
    cpuMicrosPerOp: nearMicros + farMicros,
  }
}

/** One kind of work, measured in turns; what each entrant told. */
async function measureWork(work, entrants, setting) {
  const { runs, cores, folder, say, factor } = setting
  const told = new Map(entrants.map((entrant) => [entrant, { samples: [], failures: [] }]))
  for (let run = 1; run <= runs; run += 1) {
    for (const entrant of entrants) {
      const count = Math.max(10, Math.round(COUNTS[entrant.peer.id][work] * factor))
      const one = await measurePair(entrant, { work, count, cores, folder })
      const { samples, failures } = told.get(entrant)
      if (one.failure === undefined) samples.push(one)
      else failures.push(one.failure)
      const figure = one.failure ?? `${Math.round(one.ops / one.seconds)} a second`
      say(`  ${work} ${run}/${runs} ${entrant.label}: ${figure}`)
    }
  }
  return told
}

/** The rows that are read from one kind of work. */
function resultsOf(row, told) {
  return [...told].flatMap(([entrant, { samples }]) => {
    if (samples.length === 0) return []
    const own = samples.map((sample) => sampleOf(row, sample))
    const sum = summary(row, entrant.label, entrant.version, own)
    const near = median(own.map(({ nearMicros }) => nearMicros))
    const far = median(own.map(({ farMicros }) => farMicros))
    return [{ ...sum, cpuNearMicrosPerOp: near, cpuFarMicrosPerOp: far }]
  })
}

function notesOf(row, results, told, peers) {
  const sides = results.map(
    ({ peer, cpuNearMicrosPerOp: near, cpuFarMicrosPerOp: far }) =>
      `${peer}: CPU us/op ${near.toFixed(3)} near, ${far.toFixed(3)} far`,
  )
  const absent = peers
    .filter(({ id }) => ABSENT[id]?.[row.work] !== undefined)
    .map(({ id }) => `${id}: left out, ${ABSENT[id][row.work]}`)
  const failed = [...told].flatMap(([{ label }, { failures }]) =>
    failures.map((failure) => `${label}: one measurement FAILED, ${failure}`),
  )
  return [...sides, ...absent, ...failed]
}

function setUp(peers, values, say) {
  return peers.filter((peer) => {
    const missing = peer.setUp({ mayInstall: !values['no-install'], say })
    say(
      missing === undefined
        ? `${peer.id}: ${peer.version()}`
        : `${peer.id} is left out: ${missing}`,
    )
    return missing === undefined
  })
}

/** Runs the rows and peers that `--rows` and `--peers` name; all without them. */
export async function benchNetwork(values, say) {
  const rows = chosen(NETWORK_ROWS, 'name', values.rows, say)
  const wanted = chosen(NETWORK_PEERS, 'id', values.peers, say)
  if (rows === undefined || wanted === undefined) return false
  const peers = setUp(wanted, values, say)
  const folder = mkdtempSync(join(tmpdir(), 'bench-network-'))
  const factor = Number(values.seconds ?? 1)
  const setting = { runs: Number(values.runs), cores: coresHere(), folder, say, factor }
  const [all, sections] = [[], []]
  let complete = true
  try {
    for (const work of new Set(rows.map((row) => row.work))) {
      const entrants = entrantsFor(peers, work, folder).filter(
        ({ peer }) => COUNTS[peer.id][work] !== undefined,
      )
      const told = await measureWork(work, entrants, setting)
      complete &&= [...told.values()].every(({ samples }) => samples.length === setting.runs)
      for (const row of rows.filter((one) => one.work === work)) {
        const results = resultsOf(row, told)
        const notes = notesOf(row, results, told, peers)
        say(`\n${table(row, results, notes).join('\n')}\n`)
        all.push(...results)
        sections.push(markdown(row, results, notes))
        if (values.json !== undefined)
          writeFileSync(values.json, `${JSON.stringify(all, null, 1)}\n`)
        if (values.markdown !== undefined) writeFileSync(values.markdown, sections.join('\n'))
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return complete
}
