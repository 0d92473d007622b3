/**
 * runtime/stopping: the ordered, bounded stop of a node.
 *
 * Applications first, in reverse order of their start; then processes from the roots down, each
 * told by a signal that cannot be trapped; then cron, calls, network, timers and log. What is left
 * after the limit is killed and named. A stop never rejects.
 *
 * @source ergo-features 2 (signals and stop)
 */
import { describeThrown, formatTarget, TroupeError } from '#contract'
import type { Kernel } from './kernel.js'
import { DEAD, Process } from './process.js'

/** While waiting, what is still alive is told this often. */
const REPORT_MS = 5_000
const REPORTED_MAX = 10

/** What is stopped around the processes. */
export interface StopVerbs {
  /** After `timeoutMs` nothing of them is waited for any more. */
  stopApplications(timeoutMs: number): Promise<void>
  stopCron(): void
}

/** Stops everything in order within `timeoutMs`. */
export async function stopNode(kernel: Kernel, verbs: StopVerbs, timeoutMs: number): Promise<void> {
  const deadlineMs = kernel.clock.nowMs() + timeoutMs
  const cancelReport = report(kernel)
  await verbs.stopApplications(timeoutMs).catch((thrown: unknown) => {
    kernel.log.error('an application did not stop', { error: describeThrown(thrown) })
  })
  kernel.closeBirths()
  while (kernel.table.size > 0) {
    const leftMs = deadlineMs - kernel.clock.nowMs()
    if (leftMs <= 0) {
      killRest(kernel, timeoutMs)
      break
    }
    await endRoots(kernel, leftMs)
  }
  cancelReport()
  verbs.stopCron()
  kernel.post.open = false
  kernel.calls.rejectAll(() => new TroupeError('NODE_STOPPED', { node: kernel.name }))
  await kernel.wire.stop()
  kernel.timers.clear()
  await kernel.log.stop()
}

/** Ends all processes without a living parent and waits for them. */
async function endRoots(kernel: Kernel, leftMs: number): Promise<void> {
  const roots = kernel.table.all().filter(isRoot)
  const node = { kind: 'node' as const, node: kernel.name }
  const ended = roots.map((process) => kernel.deaths.whenEnded(process))
  for (const process of roots) kernel.relations.exit(process, node, 'shutdown', 'stop')
  await new Promise<void>((resolve) => {
    const wait = kernel.timers.after(leftMs, resolve)
    void Promise.all(ended).then(() => {
      kernel.timers.cancel(wait)
      resolve()
    })
  })
}

function isRoot(process: Process): boolean {
  const { parent } = process.lineage
  return !(parent instanceof Process) || (parent.flags & DEAD) !== 0
}

const told = (process: Process): string => {
  const { name } = process.program.behaviour
  return `${process.extension?.name ?? name} ${formatTarget(process)}`
}

function killRest(kernel: Kernel, timeoutMs: number): void {
  const left = kernel.table.all()
  const names = left.slice(0, REPORTED_MAX).map(told).join(', ')
  const detail = { node: kernel.name, timeoutMs, left: `${left.length} processes (${names})` }
  kernel.log.error(new TroupeError('NODE_STOP_TIMEOUT', detail).message)
  for (const process of left) kernel.deaths.kill(process)
}

/** Tells every few seconds who is still alive. */
function report(kernel: Kernel): () => void {
  let wait = kernel.timers.after(REPORT_MS, tell)
  function tell(): void {
    const left = kernel.table.all()
    const names = left.slice(0, REPORTED_MAX).map(told)
    if (left.length > 0)
      kernel.log.warning('waiting for processes to end', { left: left.length, names })
    wait = kernel.timers.after(REPORT_MS, tell)
  }
  return () => void kernel.timers.cancel(wait)
}
