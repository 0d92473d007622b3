/**
 * test/list/setting: how long the list T1 to T28 takes: in full, or shortened for `npm test`.
 *
 * The facts are the same; what differs is for how long, and how fast, packets are sent.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Stats, SystemProcess } from '#test/system-process'

export interface Setting {
  /** Seconds of a steady load. */
  readonly loadSeconds: number
  /** Packets a second of T20 and T21. */
  readonly calmRate: number
  readonly highRate: number
  /** Packets of the flood of T23. */
  readonly flood: number
  /** When T18 kills, each in a run of its own: parts of a flush window after a flush. */
  readonly killedAt: readonly number[]
  /** Connections that are opened and then left alone. */
  readonly idleConnections: number
  /** Seconds the generator runs for T19. */
  readonly generatorSeconds: number
  /** Whether CPU, memory and latency are judged: a busy test machine proves nothing of them. */
  readonly judgesSpeed: boolean
}

export const FULL: Setting = {
  loadSeconds: 60,
  calmRate: 5_000,
  highRate: 15_000,
  flood: 100_000,
  killedAt: [0.1, 0.5, 0.8, 0.9],
  idleConnections: 10_000,
  generatorSeconds: 22,
  judgesSpeed: true,
}

export const SHORT: Setting = {
  loadSeconds: 2,
  calmRate: 1_000,
  highRate: 3_000,
  flood: 20_000,
  killedAt: [0.8],
  idleConnections: 400,
  generatorSeconds: 6,
  judgesSpeed: false,
}

/** Part of the time in which a system that wants to run may be kept from it, to be judged by it. */
export const HELD_UP_MAX = 0.1

/** Everything that came in has been dealt with, and every packet is accounted for. */
export const isSettled = ({ waiting, difference }: Stats): boolean =>
  waiting === 0 && difference === 0

/** What has become of packets must be what somebody else has sent. */
export function assertAccount(stats: Stats, sent: number): void {
  assert.equal(stats.sent, sent, 'what the sender counted has all been seen')
  assert.equal(stats.stored + stats.rejected + stats.dropped + stats.lost, sent)
  assert.equal(stats.difference, 0)
}

/** A folder of its own, gone after the test. */
export function dataFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-traffic-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Time of all cores, time held up, memory of its programs by the kernel; undefined elsewhere. */
export async function usageOf(system: SystemProcess) {
  const { programs } = await system.stats()
  const pids = programs === undefined ? [] : Object.values(programs).map(({ pid }) => pid)
  const usages = await Promise.all((pids.length === 0 ? [system.pid] : pids).map(usageOfProgram))
  const known = usages.filter((usage) => usage !== undefined)
  if (known.length === 0) return undefined
  return {
    cpuSeconds: known.reduce((sum, usage) => sum + usage.cpuSeconds, 0),
    heldUpSeconds: Math.max(...known.map((usage) => usage.heldUpSeconds)) + (await stolenSeconds()),
    residentMB: known.reduce((sum, usage) => sum + usage.residentMB, 0),
  }
}

/** Time for which a host has had the cores of this machine for itself. */
async function stolenSeconds(): Promise<number> {
  const [all = ''] = (await readFile('/proc/stat', 'latin1')).split('\n')
  // The eighth figure of all cores together, in hundredths.
  return Number(all.trim().split(/\s+/)[8] ?? 0) / 100
}

async function usageOfProgram(pid: number) {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
    const status = await readFile(`/proc/${pid}/status`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // Fields 14 and 15 of the line, in hundredths of a second.
    const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / 100
    // Nanoseconds in which its main thread could have run and others had the cores.
    const schedule = await readFile(`/proc/${pid}/schedstat`, 'latin1').catch(() => '0 0 0')
    const heldUpSeconds = Number(schedule.split(' ')[1]) / 1e9
    return {
      cpuSeconds,
      heldUpSeconds,
      residentMB: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024,
    }
  } catch {
    return undefined
  }
}
