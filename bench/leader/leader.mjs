/**
 * bench/leader: how long three programs are without a leader when theirs is taken away.
 *
 * `npm run bench -- leader`: by kill -9, by SIGSTOP and by an orderly stop. Each run takes the
 * leader away `KILLS` times by kill -9; the 99th percentile is that of all runs together. With
 * `--etcd` an etcd decides in place of a vote.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publish, summary } from '../lib/report.mjs'
import { Program } from '../registrar/program.mjs'

const SCRIPT = fileURLToPath(new URL('./voter.mjs', import.meta.url))
const KILLS = 20
const OTHERS = 5
const PEACE_MS = 500
const LOOK_MS = 2
const ROLES = ['leads', 'follows']

const row = (name, title, more = {}) => ({
  ...{ name, unit: 'ms', title, better: 'lower', budget: [], handledPerOp: 1, ...more },
})

const ROWS = [
  row('leader-kill', 'kill -9 of the leader until another one is told'),
  row('leader-kill-p99', 'the same, 99th percentile of all', { budget: [{ atMost: 300 }] }),
  row('leader-stop', 'an orderly stop: from the end of the lead until another one is told'),
  row('leader-stop-p99', 'the same, 99th percentile of all'),
  row('leader-frozen', 'SIGSTOP of the leader until another one is told'),
  row('leader-frozen-p99', 'the same, 99th percentile of all'),
]

/** Decided by an etcd whose lease is `LEASE_MS` long: etcd ends it up to half a second late. */
const LEASE_MS = 2_000
const ETCD_ROWS = [
  row('leader-etcd-kill', 'kill -9 of the leader until another one is told, by an etcd'),
  row('leader-etcd-kill-p99', 'the same, 99th percentile of all', { budget: [{ atMost: 4_000 }] }),
  row('leader-etcd-stop', 'an orderly stop, by an etcd'),
  row('leader-etcd-stop-p99', 'the same, 99th percentile of all'),
  row('leader-etcd-frozen', 'SIGSTOP of the leader until another one is told, by an etcd'),
  row('leader-etcd-frozen-p99', 'the same, 99th percentile of all'),
]

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Three voters of one host. */
class Voters {
  folder = mkdtempSync(join(tmpdir(), 'troupe-bench-leader-'))
  programs = new Map()
  names

  /** `etcd`: what decides, in place of a vote. */
  constructor(etcd) {
    this.etcd = etcd
    // Nodes of one name meet on one host, whatever their folder is.
    const own = this.folder.slice(-6).toLowerCase()
    this.names = ['a', 'b', 'c'].map((name) => `${name}-${own}@localhost`)
  }

  start(name) {
    const decides = this.etcd === undefined ? [] : [this.etcd.endpoints.join(','), String(LEASE_MS)]
    const more = { script: SCRIPT, given: [this.names.join(' '), ...decides] }
    this.programs.set(name, new Program(name, this.folder, more))
  }

  /** The leader, once all others that run follow it, whatever happened in between. */
  async led() {
    for (;;) {
      const all = [...this.programs.values()].map((one) => ({ one, ...roleOf(one) }))
      const [leader, ...more] = all.filter(({ kind }) => kind === 'leads')
      const others = all.filter((one) => one !== leader)
      if (
        leader !== undefined &&
        more.length === 0 &&
        others.every(({ kind, leader: name }) => kind === 'follows' && name === leader.one.name)
      ) {
        return leader
      }
      await sleep(LOOK_MS)
    }
  }

  /** Takes the leader away by `how`, and brings it back; how long there was none. */
  async strike(how) {
    const { one } = await this.led()
    this.programs.delete(one.name)
    let fromMs
    if (how === 'end') {
      one.say('end')
      fromMs = (await one.until('that it ends', ({ kind }) => kind === 'ends')).atMs
    } else fromMs = one.signal(how)
    const next = await this.led()
    await this.#restore(one, how)
    return next.atMs - fromMs
  }

  async #restore(one, how) {
    if (how === 'SIGSTOP') {
      this.programs.set(one.name, one)
      one.signal('SIGCONT')
    } else {
      await one.ended
      this.start(one.name)
    }
    await this.led()
    await sleep(PEACE_MS)
  }

  async end() {
    for (const program of this.programs.values()) program.signal('SIGKILL')
    await Promise.all([...this.programs.values()].map(({ ended }) => ended))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What a program told last of the lead. */
const roleOf = ({ told }) => told.findLast(({ kind }) => ROLES.includes(kind)) ?? {}

async function run(etcd, take) {
  const voters = new Voters(etcd)
  const kind = etcd === undefined ? 'leader' : 'leader-etcd'
  for (const name of voters.names) voters.start(name)
  try {
    await voters.led()
    await sleep(PEACE_MS)
    for (const [name, how, times] of [
      ['kill', 'SIGKILL', KILLS],
      ['stop', 'end', OTHERS],
      ['frozen', 'SIGSTOP', OTHERS],
    ]) {
      for (let at = 0; at < times; at += 1) {
        take(`${kind}-${name}`, await voters.strike(how))
      }
    }
  } finally {
    await voters.end()
  }
}

const percentile = (values, share) =>
  values.toSorted((left, right) => left - right)[Math.ceil(values.length * share) - 1]

/** An etcd of its own, if one is asked for. */
async function deciding(values) {
  if (!values.etcd) return undefined
  const { startEtcd } = await import('@troupe/etcd/testing')
  return startEtcd()
}

/** Runs all works `--runs` times and tells the rows that `--rows` names; all without it. */
export async function benchLeader(values, say) {
  const rows = values.etcd ? ETCD_ROWS : ROWS
  const samples = new Map(rows.map(({ name }) => [name, []]))
  const runs = Number(values.runs)
  const etcd = await deciding(values)
  try {
    for (let at = 1; at <= runs; at += 1) {
      await run(etcd, (name, tookMs) => {
        samples.get(name).push({ value: tookMs, cpuMicrosPerOp: null })
        say(`  ${at}/${runs} ${name}: ${tookMs.toFixed(1)}`)
      })
    }
  } finally {
    await etcd?.stop()
  }
  for (const name of [...samples.keys()].filter((one) => !one.endsWith('-p99'))) {
    const all = samples.get(name).map(({ value }) => value)
    samples.get(`${name}-p99`).push({ value: percentile(all, 0.99), cpuMicrosPerOp: null })
  }
  const resultsOf = (one) => [summary(one, 'troupe', process.version, samples.get(one.name))]
  publish(rows, resultsOf, [], values, say)
  return true
}
