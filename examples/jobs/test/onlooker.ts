/**
 * examples/jobs/test/onlooker: what somebody sees of a cluster: its Observer and its metrics, by
 * the lines that it printed.
 */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { ClusterSheet } from '@troupe/observer'

/** How often it looks again, in milliseconds, and how long. */
const LOOK_MS = 50
const LOOKS_MAX = 2_000

export class Onlooker {
  readonly #lines: readonly string[]
  readonly #observer: string

  constructor(lines: readonly string[]) {
    this.#lines = lines
    const [, address] = /^Observer {2}(http:\/\/127\.0\.0\.1:\d+)\/$/.exec(lines[0] ?? '') ?? []
    assert.ok(address !== undefined, `the Observer is told first, not ${lines[0]}`)
    this.#observer = address
  }

  async sheet(): Promise<ClusterSheet> {
    const answer = await fetch(`${this.#observer}/api/cluster`)
    assert.equal(answer.status, 200)
    return (await answer.json()) as ClusterSheet
  }

  /** Waits until so many nodes are up, beside the one that looks. */
  async seesAll(nodes: number): Promise<void> {
    await this.#when(`${nodes} nodes are up`, (sheet) => {
      const others = sheet.nodes.filter(({ node }) => node !== sheet.node)
      return others.filter(({ state }) => state === 'up').length === nodes
    })
  }

  /** Waits until a notice says what is true now: it may change while nobody has told of it. */
  async isTold(trueNow: () => Promise<string>): Promise<void> {
    await this.#when('what is true', async ({ notices }) => {
      const told = await trueNow()
      return notices.some(({ text }) => text === told)
    })
  }

  async #when(
    what: string,
    holds: (sheet: ClusterSheet) => boolean | Promise<boolean>,
  ): Promise<void> {
    for (let look = 0; look < LOOKS_MAX; look += 1) {
      if (await holds(await this.sheet())) return
      await pause(LOOK_MS)
    }
    assert.fail(`never seen: ${what}`)
  }

  async pageStatus(): Promise<number> {
    const answer = await fetch(`${this.#observer}/`, { headers: { accept: 'text/html' } })
    await answer.body?.cancel()
    return answer.status
  }

  /** The node whose metrics are where a program has said. */
  async metricsOf(program: string): Promise<string | undefined> {
    const line = this.#lines.find((one) => one.startsWith(`${program} `) && / metrics /.test(one))
    const [, address = ''] = / (http:\S+\/metrics)$/.exec(line ?? '') ?? []
    const ready = await fetch(address.replace('/metrics', '/health/ready'))
    assert.deepEqual(
      [ready.status, ((await ready.json()) as { status: string }).status],
      [200, 'up'],
    )
    const page = await (await fetch(address)).text()
    return /^troupe_node_up\{node="([^"]+)"\} 1$/m.exec(page)?.[1]
  }
}
