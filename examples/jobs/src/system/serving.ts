/**
 * system/serving: waits until a cluster that was started takes jobs and works on them.
 */

/** Longer than any election; what is still missing then is told. */
const PATIENCE_MS = 15_000
const LOOK_MS = 50

interface Shown {
  readonly leader?: string
  readonly workers?: readonly { readonly state: string }[]
  readonly wanted?: { readonly workersMin: number }
}

export interface ServingTime {
  nowMs(): number
  wait(delayMs: number): Promise<void>
}

/** Settles with undefined when it serves, else with what it lacks. Never rejects. */
export async function untilServing(
  ports: readonly string[],
  time: ServingTime,
): Promise<string | undefined> {
  let lack = 'nobody leads yet'
  // One that has nobody to ask takes a second to say so: rounds do not tell the time.
  const untilMs = time.nowMs() + PATIENCE_MS
  for (let round = 0; time.nowMs() < untilMs; round += 1) {
    const port = ports[round % ports.length]
    const shown = await look(`http://127.0.0.1:${port}/cluster`)
    if (shown !== undefined) {
      const { workers = [], wanted = { workersMin: 0 } } = shown
      const running = workers.filter(({ state }) => state === 'running').length
      if (running >= wanted.workersMin) return undefined
      lack = `${running} of ${wanted.workersMin} workers run`
    }
    await time.wait(LOOK_MS)
  }
  return lack
}

async function look(url: string): Promise<Shown | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000) })
    const shown: unknown = await response.json()
    return response.ok && typeof shown === 'object' && shown !== null ? shown : undefined
  } catch {
    return undefined
  }
}
