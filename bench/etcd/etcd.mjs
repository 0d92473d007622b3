/**
 * bench/etcd: how long a change in etcd takes until it is told by 3, 50 and 200 nodes.
 *
 * `npm run bench -- etcd`: a real etcd of one member, which keeps its data safe on the disk, and
 * registrars in programs of 50 at most, each with a line of its own. The time runs from before the
 * value is put to when a registrar has told it; a row has the times of all nodes and all changes.
 * There is no peer beside it: the registrar of Ergo cannot be had here.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { publish, summary } from '../lib/report.mjs'

const SCRIPT = fileURLToPath(new URL('./nodes.mjs', import.meta.url))
const SIZES = [3, 50, 200]
const OF_ONE_PROGRAM = 50
const CHANGES = 100
const LIMIT_MS = 60_000

const ROWS = SIZES.flatMap((size) =>
  [50, 99].map((percent) => ({
    ...{ name: `etcd-change-${size}-p${percent}`, unit: 'ms', better: 'lower' },
    ...{ title: `a changed value until ${size} nodes tell it, p${percent} of all nodes` },
    ...{ budget: [], handledPerOp: 1 },
  })),
)

const nowMs = () => performance.timeOrigin + performance.now()

/** Some registrars in a program of their own. */
class Nodes {
  #child
  #waits = []

  constructor(first, count, endpoints) {
    const words = [SCRIPT, `${first}`, `${count}`, endpoints.join(',')]
    this.#child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.ended = once(this.#child, 'exit')
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waits.shift()?.(JSON.parse(line))
    })
  }

  /** What it says next. */
  next() {
    return new Promise((resolve, reject) => {
      const told = `registrars said nothing for ${LIMIT_MS} ms`
      const limit = setTimeout(() => reject(new Error(told)), LIMIT_MS)
      this.#waits.push((one) => {
        clearTimeout(limit)
        resolve(one)
      })
    })
  }

  end() {
    this.#child.stdin.end()
    return this.ended
  }
}

/** The times from change to told of all nodes, in milliseconds. */
async function timesOf(size, etcd, client) {
  const starts = Array.from({ length: Math.ceil(size / OF_ONE_PROGRAM) }, (_, at) => at)
  const programs = starts.map((at) => {
    const first = at * OF_ONE_PROGRAM
    return new Nodes(first, Math.min(OF_ONE_PROGRAM, size - first), etcd.endpoints)
  })
  try {
    await Promise.all(programs.map((program) => program.next()))
    const times = []
    for (let value = 1; value <= CHANGES; value += 1) {
      const told = programs.map((program) => program.next())
      const begunMs = nowMs()
      const key = 'services/troupe/cluster/default/config/*/n'
      await client.txn({ acts: [{ kind: 'put', key, value: `int:${value}` }] })
      for (const { timesMs } of await Promise.all(told)) {
        times.push(...timesMs.map((atMs) => atMs - begunMs))
      }
    }
    return times.sort((left, right) => left - right)
  } finally {
    await Promise.all(programs.map((program) => program.end()))
  }
}

const at = (sorted, percent) => sorted[Math.floor(((sorted.length - 1) * percent) / 100)]

/** Runs all sizes `--runs` times and tells the rows that `--rows` names; all without it. */
export async function benchEtcd(values, say) {
  const { connectEtcd } = await import('@troupe/etcd')
  const { startEtcd } = await import('@troupe/etcd/testing')
  const samples = new Map(ROWS.map(({ name }) => [name, []]))
  const runs = Number(values.runs)
  for (let run = 1; run <= runs; run += 1) {
    for (const size of SIZES) {
      const etcd = await startEtcd()
      const client = connectEtcd({ endpoints: etcd.endpoints })
      const times = await timesOf(size, etcd, client).finally(async () => {
        client.close()
        await etcd.stop()
      })
      for (const percent of [50, 99]) {
        const name = `etcd-change-${size}-p${percent}`
        samples.get(name).push({ value: at(times, percent), cpuMicrosPerOp: null })
        say(`  ${run}/${runs} ${name}: ${at(times, percent).toFixed(1)}`)
      }
    }
  }
  const resultsOf = (one) => [summary(one, 'troupe', process.version, samples.get(one.name))]
  publish(ROWS, resultsOf, [], values, say)
  return true
}
