/** Programs of the system are killed one after the other, under load. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { isSettled } from '#test/list/setting'
import { startSender } from '#test/sender/sender-process'
import { type Stats, SystemProcess } from '#test/system-process'
import type { Role } from '#traffic/nodes/page'

export interface Kills {
  readonly roles: readonly Role[]
  /** Packets a second. */
  readonly rate: number
  readonly flags: readonly string[]
}

const programOf = (stats: Stats, role: Role) =>
  stats.programs?.[role] ?? assert.fail(`${role} is not told of`)

/** How often a program has said that it is back. */
const backs = ({ lines }: SystemProcess, role: Role): number =>
  lines.filter((line) => line === `${role} is back`).length

/** Kills these, each under load and as soon as all goes on; the account closes at the end. */
export async function killPrograms(t: TestContext, { roles, rate, flags }: Kills): Promise<void> {
  const system = await SystemProcess.startAs(t, '--http', '--no-fleet', ...flags)
  const sender = startSender({ port: system.udpPort, rate, seconds: 0, vehicles: 50 })
  t.after(() => sender.stop())
  const stored = rate / 5
  for (const role of roles) {
    const before = await system.statsWhen((now) => now.stored > stored)
    const { pid, lives } = programOf(before, role)
    const known = backs(system, role)
    process.kill(pid, 'SIGKILL')
    await system.lineWhen(() => backs(system, role) > known)
    const after = await system.statsWhen(
      (now) => now.programs?.[role]?.lives === lives + 1 && now.stored > before.stored + stored,
    )
    assert.ok(after.sent >= before.sent, `${after.sent} after ${before.sent}`)
    t.diagnostic(`${role} killed: ${after.sent - before.sent} more came, ${after.lost} lost so far`)
  }
  sender.stop()
  const { sent } = await sender.ended
  const stats = await system.statsWhen(isSettled)
  assert.ok(stats.sent <= sent, `${stats.sent} of ${sent}`)
  assert.equal(stats.stored + stats.rejected + stats.dropped + stats.lost, stats.sent)
  const named = JSON.stringify([stats.droppedAt, stats.lostWith])
  t.diagnostic(`${sent} sent, ${stats.sent} came, ${stats.stored} stored; ${named}`)
  assert.equal(await system.stop(), 0)
  const last = system.lines.findLast((line) => line.startsWith('web')) ?? ''
  const told = stats.stored.toLocaleString('en-US')
  assert.match(last, new RegExp(`= stored ${told} .* waiting 0$`))
}
