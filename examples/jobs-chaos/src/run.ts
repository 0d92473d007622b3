/**
 * run: one run of chaos, from the first program to the verdict.
 *
 * Starts the cluster, the client and the store of effects; makes the faults; heals; cuts the power
 * once; waits until the account can close; asks for the end of every job; judges from the files.
 */
import { randomInt } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readClient, readEffects } from '#chaos/account/fact-lines'
import type { FinalAnswer } from '#chaos/account/facts'
import { judge } from '#chaos/account/judge'
import { closes, reportLines, sceneLines, shortcomings } from '#chaos/account/report'
import { sceneOf } from '#chaos/account/scene-judge'
import { finalAnswer } from '#chaos/client/final'
import { Ledger } from '#chaos/client/ledger'
import { poll } from '#chaos/client/poller'
import { type Probed, probe } from '#chaos/client/prober'
import { Submitter } from '#chaos/client/submitter'
import { makeTemplates } from '#chaos/client/templates'
import { watchLeads } from '#chaos/client/watcher'
import { EffectServer } from '#chaos/effects/effect-server'
import { Fence } from '#chaos/effects/fence'
import type { Engine } from '#chaos/etcd/engine'
import { startEngine } from '#chaos/etcd/start-engine'
import { Breaker } from '#chaos/faults/breaker'
import { planFaults } from '#chaos/faults/plan'
import { Cluster } from '#chaos/system/cluster'
import { type Chance, chanceOf } from '#chaos/world/chance'
import { machineWorld, until, type World } from '#chaos/world/world'
import type { ChaosArguments } from './cli/arguments.js'

const MINUTE_MS = 60_000
/** At each fault at least so many jobs are in flight. */
const IN_FLIGHT_MIN = 10
/** A minute has at least so many faults. */
const FAULTS_PER_MINUTE = 6
/** A fault of a short run stands at most this part of it. */
const LASTS_PART = 0.25
const LASTS_MAX_MS = 15_000
/** After everything has healed the account is to close within this time. */
export const CLOSE_MS = 90_000
const STOP_MS = 5_000
/** Whoever is stopped before the end does not wait for others. */
const HURRY_MS = 300
const LIVE_MS = 5_000
const POLL_MS = 50
/** On an etcd each coordinator is asked so often who leads. */
const WATCH_MS = 250
/** Part of the jobs that are taken back. */
const REMOVED = 0.02

const MAIN = fileURLToPath(import.meta.resolve('@troupe-examples/jobs/main'))

export interface RunWorld {
  readonly print: (line: string) => void
  /** Given when the run is to end early. */
  readonly stop: AbortSignal
}

/** All that a run consists of. */
interface Run {
  readonly world: World
  readonly folder: string
  /** The etcd that the cluster is on, if it is on one. */
  readonly engine: Engine | undefined
  readonly cluster: Cluster
  readonly ledger: Ledger
  readonly fence: Fence
  readonly effects: EffectServer
  readonly breaker: Breaker
  readonly say: (line: string) => void
}

/** Runs, and answers with the exit code. */
export async function runChaos(given: ChaosArguments, outside: RunWorld): Promise<number> {
  const problem = outProblem(given)
  if (problem !== undefined) {
    outside.print(problem)
    return 1
  }
  const seed = given.seed ?? randomInt(2 ** 31)
  const folder = folderFor(given)
  outside.print(`seed ${seed}, ${given.minutes} minutes, logs in ${folder}`)
  const run = await prepare(given, folder, outside.print)
  const { cluster, effects, ledger, engine } = run
  try {
    await cluster.start()
    const isUp = await until(run.world, { limitMs: 20_000, everyMs: 200 }, async () => {
      return outside.stop.aborted || (await cluster.view()) !== undefined
    })
    if (!isUp) {
      outside.print('no coordinator leads within 20 s')
      return 1
    }
    outside.print('ready')
    await breakIt(run, given, chanceOf(seed), outside.stop)
    if (outside.stop.aborted) {
      outside.print('stopped before its end: nothing is judged')
      return 0
    }
    const final = await closeAccount(run)
    const code = tell(run, final, given)
    if (code === 0 && given.out === undefined && !given.isKept) removeLater(folder)
    return code
  } finally {
    await cluster.stop(outside.stop.aborted ? HURRY_MS : STOP_MS)
    await effects.close()
    ledger.close()
    await engine?.stop(outside.stop.aborted)
  }
}

/** Data of another run would be judged as well. */
function outProblem({ out }: ChaosArguments): string | undefined {
  const isTaken = out !== undefined && existsSync(out) && readdirSync(out).length > 0
  return isTaken ? `${out} is not empty; give a folder of its own with --out` : undefined
}

function folderFor({ out }: ChaosArguments): string {
  if (out === undefined) return mkdtempSync(join(tmpdir(), 'jobs-chaos-'))
  mkdirSync(out, { recursive: true })
  return resolve(out)
}

/** Programs that end write into it until they have ended. */
const removeLater = (folder: string): void => {
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
}

async function prepare(
  given: ChaosArguments,
  folder: string,
  print: (line: string) => void,
): Promise<Run> {
  const world = machineWorld
  const startMs = world.nowMs()
  const say = (line: string): void => {
    const seconds = ((world.nowMs() - startMs) / 1_000).toFixed(1)
    print(`${seconds.padStart(6)} ${line}`)
  }
  const fence = new Fence()
  const { wallMs } = world
  const log = join(folder, 'effects.jsonl')
  const effects = await EffectServer.open({ fence, log, wallMs, port: 0 })
  const main = given.main === undefined ? MAIN : resolve(given.main)
  const engine = given.registrar === 'etcd' ? await startEngine({ folder, world }) : undefined
  const options = { main, folder, effectsUrl: effects.url, world, say, engine }
  const cluster = await Cluster.make(options)
  const hasEffect = (id: string): boolean => fence.has(id)
  const ledger = new Ledger({ log: join(folder, 'client.jsonl'), world, hasEffect })
  const faults = join(folder, 'faults.jsonl')
  const inFlightMin = IN_FLIGHT_MIN
  const breaker = new Breaker({ cluster, engine, ledger, world, log: faults, inFlightMin, say })
  return { world, folder, engine, cluster, ledger, fence, effects, breaker, say }
}

/** Load and faults, until the time is up. */
async function breakIt(
  run: Run,
  given: ChaosArguments,
  chance: Chance,
  stop: AbortSignal,
): Promise<void> {
  const { world, cluster, ledger, breaker } = run
  const templates = await makeTemplates(chance.fork())
  const over = new AbortController()
  // Each thing that waits listens to one of both.
  setMaxListeners(0, over.signal, stop)
  const client = {
    ...{ ledger, world, templates, urls: cluster.urls, chance: chance.fork() },
    ...{ wanted: given.inFlight, atOnce: 12, removed: REMOVED, prefix: 'chaos' },
  }
  const work = [
    new Submitter(client).run(over.signal),
    poll({ ...client, everyMs: POLL_MS, chance: chance.fork() }, over.signal),
    live(run, over.signal),
    ...(run.engine === undefined
      ? []
      : [watchLeads({ ...client, everyMs: WATCH_MS }, over.signal)]),
  ]
  const durationMs = given.minutes * MINUTE_MS
  const lastsMaxMs = Math.min(LASTS_MAX_MS, durationMs * LASTS_PART)
  const everyMs = given.everySeconds * 1_000
  const { only, registrar } = given
  const limits = { durationMs, everyMs, lastsMaxMs, registrar }
  const plan = planFaults(only === undefined ? limits : { ...limits, only }, chance.fork())
  const coordinators = probedOf(cluster)
  const asked = { ...client, coordinators, prefix: 'probe', chance: chance.fork() }
  await breaker.run(plan, stop, (signal) => probe(asked, signal))
  if (!stop.aborted) await powerCut(run)
  over.abort()
  await Promise.all(work)
}

/** What is asked while etcd has no majority counts where nothing else was done. */
const probedOf = ({ urls, coordinators, programs }: Cluster): readonly Probed[] =>
  urls.map((url, at) => {
    const program = programs.find(({ node }) => node === coordinators[at])
    return { url, quiet: () => (program?.state === 'ready' ? program.touched : undefined) }
  })

/** All programs at once, and etcd with them; what was acknowledged is on disks. */
async function powerCut({ cluster, engine, ledger, say }: Run): Promise<void> {
  say('power cut: all programs are killed at once, and started again')
  if (engine !== undefined) ledger.write({ kind: 'quorum', is: 'cut' })
  const nodes = [...cluster.coordinators, ...cluster.workers]
  const members = engine?.names ?? []
  const cut = members.map((name) => engine?.kill(name))
  await Promise.all(
    nodes.map(async (node) => {
      cluster.mean(node)
      const program = cluster.program(node)
      const ended = program?.end()
      program?.signal('SIGKILL')
      await ended
    }),
  )
  await Promise.all(cut)
  await Promise.all(members.map((name) => engine?.mend(name)))
  await Promise.all(nodes.map((node) => cluster.revive(node)))
}

/** A line every so often. */
async function live({ world, ledger, fence, cluster, breaker, say }: Run, stop: AbortSignal) {
  while (!stop.aborted) {
    await world.wait(LIVE_MS, stop)
    const view = await cluster.view()
    const leader = view === undefined ? 'nobody leads' : `${view.leader} leads term ${view.term}`
    const states = cluster.programs.map(({ state }) => state)
    const frozen = states.filter((state) => state === 'frozen').length
    const down = states.filter((state) => state === 'down' || state === 'starting').length - 1
    say(
      `${leader}; ${ledger.acknowledged.length} accepted, ${fence.jobs} with effect, ` +
        `${ledger.inFlight().length} in flight; ${breaker.faults.length} faults, ` +
        `${frozen} frozen, ${Math.max(0, down)} down, ${cluster.wiring.walls.count} walls`,
    )
  }
}

/** Waits until nothing is pending, then asks every coordinator for every job. */
async function closeAccount({ cluster, ledger, world, folder, say }: Run) {
  const startMs = world.nowMs()
  const isClosed = await until(world, { limitMs: CLOSE_MS, everyMs: 500 }, async () => {
    return (await cluster.view())?.pending === 0
  })
  const seconds = ((world.nowMs() - startMs) / 1_000).toFixed(1)
  say(isClosed ? `nothing is pending after ${seconds} s` : `still pending after ${seconds} s`)
  const final: FinalAnswer[] = []
  for (const [at, url] of cluster.urls.entries()) {
    const coordinator = cluster.coordinators[at] ?? url
    final.push(await finalAnswer({ coordinator, url }, ledger.asked, world))
  }
  writeFileSync(join(folder, 'final.json'), JSON.stringify(final))
  return final
}

/** Judges from the files alone, and prints it. */
function tell(
  { folder, breaker, cluster, engine, say }: Run,
  final: readonly FinalAnswer[],
  given: ChaosArguments,
) {
  const client = readClient(readFileSync(join(folder, 'client.jsonl'), 'utf8'))
  const effects = readEffects(readFileSync(join(folder, 'effects.jsonl'), 'utf8'))
  const verdict = judge({ client: client.facts, effects: effects.facts, final })
  for (const line of reportLines(verdict, breaker.faults)) say(line)
  if (engine !== undefined) {
    for (const line of sceneLines(sceneOf(client.facts))) say(line)
    say(`${cluster.failedStarts} starts failed while etcd could not be had`)
  }
  const faultsMin = Math.floor(given.minutes * FAULTS_PER_MINUTE)
  const damaged = client.unreadable.length + effects.unreadable.length
  const lacks = [
    ...shortcomings(breaker.faults, { faultsMin, inFlightMin: IN_FLIGHT_MIN }),
    ...(damaged > 0 ? [`${damaged} lines of the logs cannot be read`] : []),
    ...(verdict.account.submitted === 0 ? ['no job was acknowledged'] : []),
    ...cluster.surprises,
    ...breaker.failures,
  ]
  for (const line of lacks) say(`LACKS ${line}`)
  const holds = verdict.breaches.length === 0 && closes(verdict.account) && lacks.length === 0
  say(
    holds
      ? 'the cluster kept its word'
      : 'THE CLUSTER DID NOT KEEP ITS WORD, or too little was shown',
  )
  return holds ? 0 : 1
}
