/**
 * bench/peers/node: runs one row of one Node peer and prints one JSON line.
 *
 * The same for every peer that runs on Node, Troupe included: prepare the row, warm the JIT with
 * two rounds of a fifth of the work, collect garbage, then measure. CPU is user + system time of
 * the whole process (getrusage) over the measured section, so the threads of the garbage
 * collector count too. Knows nothing of what a row does.
 */

/** Rows that measure a state or a distribution: a warm-up would distort or double them. */
const COLD = new Set(['memory', 'memory-supervised', 'timer'])

/** A promise with its resolver outside. */
export function gate() {
  let open
  const opened = new Promise((resolve) => {
    open = resolve
  })
  return { opened, open }
}

/** Fails the measurement when the receivers did not handle what was sent. */
export function expectEqual(what, actual, expected) {
  if (actual !== expected) throw new Error(`${what}: ${actual} instead of ${expected}`)
}

/** Heap in use plus memory outside the heap, in bytes, after a full collection. */
export async function settledBytes() {
  for (let round = 0; round < 4; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    globalThis.gc()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Bytes per actor that `make` adds; what it returns is held until after the reading. */
export async function bytesPerActor(count, make) {
  const before = await settledBytes()
  const held = await make(count)
  const after = await settledBytes()
  expectEqual('actors held', held.length, count)
  return { value: (after - before) / count }
}

/** Collects how late timers are; the first second belongs to the JIT and is dropped. */
export function lateness(count) {
  const late = []
  const startMs = performance.now()
  const done = gate()
  const note = (dueMs) => {
    const nowMs = performance.now()
    if (nowMs - startMs < 1_000 || late.length === count) return
    late.push(nowMs - dueMs)
    if (late.length === count) done.open()
  }
  const result = async () => {
    await done.opened
    late.sort((left, right) => left - right)
    return { value: late[Math.ceil(count * 0.99) - 1] }
  }
  return { note, result }
}

async function warm(work, count) {
  const part = Math.max(1, Math.ceil(count / 5))
  await work(part)
  await work(part)
}

/** Measures the row named on the command line; `rows` maps its name to `(row) => work`. */
export async function main(rows) {
  const [row, countText] = process.argv.slice(2)
  const count = Number(countText)
  const work = await rows[row](row)
  if (!COLD.has(row)) await warm(work, count)
  globalThis.gc()
  const cpuBefore = process.cpuUsage()
  const startMs = performance.now()
  const extra = await work(count)
  const seconds = (performance.now() - startMs) / 1_000
  const { user, system } = process.cpuUsage(cpuBefore)
  const result = { ops: count, seconds, cpuSeconds: (user + system) / 1e6, ...extra }
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))
}

/**
 * The rows that every peer has in common, from what each piece of work is called.
 *
 * @param {Record<string, Function>} work
 */
export function localRows(work) {
  const { pairs, pingPong, calls, spawnExit, memory, fanout, timer, backlog, restart } = work
  return {
    send: pairs,
    'pairs-8': pairs,
    'pairs-100': pairs,
    'ping-pong': pingPong,
    call: calls,
    'call-100': calls,
    spawn: spawnExit,
    memory,
    'fanout-100k': fanout(100_000),
    'fanout-1m': fanout(1_000_000),
    timer,
    backlog,
    restart,
  }
}
